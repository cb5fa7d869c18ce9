using AccountGrid.V1;

namespace AccountGrid.Client;

/// <summary>
/// Reads accounts, takes them down and brings them back. A command gets a request id of its own where the request has
/// none, and keeps it over all attempts: it acts once. Requests are copied before they are sent and never changed.
/// Thread-safe.
/// </summary>
public sealed class AccountsClient
{
    /// <summary>The most ids in one batch.</summary>
    public const int MaxBatch = 1000;

    private readonly AccountService.AccountServiceClient _stub;
    private readonly CallPipeline _calls;

    internal AccountsClient(AccountService.AccountServiceClient stub, CallPipeline calls)
    {
        _stub = stub;
        _calls = calls;
    }

    /// <summary>Registers an account. Role: registrar.</summary>
    /// <param name="request">Id and handle.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public Task<RegisterAccountResponse> RegisterAsync(
        RegisterAccountRequest request, CancellationToken cancellationToken = default) =>
        _calls.CallAsync(request, _stub.RegisterAccountAsync, cancellationToken);

    /// <summary>Reads one account. Role: reader or staff.</summary>
    /// <param name="id">The account.</param>
    /// <param name="minVersion">The version that the caller has seen: the answer is never older. 0 = none.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public Task<Account> GetAsync(long id, long minVersion = 0, CancellationToken cancellationToken = default) =>
        _calls.CallAsync(
            new GetAccountRequest { Id = id, MinVersion = minVersion }, _stub.GetAccountAsync, cancellationToken);

    /// <summary>
    /// What a visitor may see. A down account is <see cref="AccountGridReasons.NotFound"/>, like one that never was.
    /// Role: reader.
    /// </summary>
    /// <param name="id">The account.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public Task<PublicAccount> GetPublicAsync(long id, CancellationToken cancellationToken = default) =>
        _calls.CallAsync(new GetPublicAccountRequest { Id = id }, _stub.GetPublicAccountAsync, cancellationToken);

    /// <summary>
    /// Reads many accounts, in the order asked for; unknown ids are listed apart. Role: reader or staff.
    /// </summary>
    /// <param name="ids">1 to <see cref="MaxBatch"/> ids.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public Task<BatchGetAccountsResponse> BatchGetAsync(
        IEnumerable<long> ids, CancellationToken cancellationToken = default) =>
        BatchGetAsync(ids, onAttempt: null, atMost: null, cancellationToken);

    /// <summary>One page of the accounts that pass a filter. Role: reader or staff.</summary>
    /// <param name="request">Filter, page size and page token.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public Task<ListAccountsResponse> ListPageAsync(
        ListAccountsRequest request, CancellationToken cancellationToken = default) =>
        _calls.CallAsync(request, _stub.ListAccountsAsync, cancellationToken);

    /// <summary>
    /// All accounts that pass a filter, read page by page as they are asked for. Role: reader or staff.
    /// </summary>
    /// <param name="filter">
    /// Terms joined by AND: <c>status = SUSPENDED</c>, <c>tier = PROTECTED</c>, <c>handle = "pre*"</c>; empty = all.
    /// </param>
    /// <param name="cancellationToken">Ends the listing.</param>
    public IAsyncEnumerable<Account> ListAsync(string filter = "", CancellationToken cancellationToken = default) =>
        Pages.ReadAsync(
            new ListAccountsRequest { Filter = filter },
            ListPageAsync,
            static page => page.Accounts,
            cancellationToken);

    /// <summary>
    /// Takes an account down, or proposes it where that takes a second person or a later time. Role: support; on the
    /// owner's behalf: service.
    /// </summary>
    /// <param name="request">The account, the reason and further fields.</param>
    /// <param name="cancellationToken">Ends the call; the outcome is unknown then.</param>
    public Task<DeactivateAccountResponse> DeactivateAsync(
        DeactivateAccountRequest request, CancellationToken cancellationToken = default) =>
        _calls.CallAsync(request, _stub.DeactivateAccountAsync, cancellationToken);

    /// <summary>Suspends an account, perhaps until an instant. Role: support.</summary>
    /// <param name="request">The account, the reason and further fields.</param>
    /// <param name="cancellationToken">Ends the call; the outcome is unknown then.</param>
    public Task<SuspendAccountResponse> SuspendAsync(
        SuspendAccountRequest request, CancellationToken cancellationToken = default) =>
        _calls.CallAsync(request, _stub.SuspendAccountAsync, cancellationToken);

    /// <summary>
    /// Moves the end of a running suspension: later is a harm, by the rules of all harms; earlier takes one person.
    /// Role: support.
    /// </summary>
    /// <param name="request">The account, the new end, the reason and further fields.</param>
    /// <param name="cancellationToken">Ends the call; the outcome is unknown then.</param>
    public Task<ChangeSuspensionResponse> ChangeSuspensionAsync(
        ChangeSuspensionRequest request, CancellationToken cancellationToken = default) =>
        _calls.CallAsync(request, _stub.ChangeSuspensionAsync, cancellationToken);

    /// <summary>Lifts holds; takes one person, always. Role: support; on the owner's behalf: service.</summary>
    /// <param name="request">The account, the reason and further fields.</param>
    /// <param name="cancellationToken">Ends the call; the outcome is unknown then.</param>
    public Task<RestoreAccountResponse> RestoreAsync(
        RestoreAccountRequest request, CancellationToken cancellationToken = default) =>
        _calls.CallAsync(request, _stub.RestoreAccountAsync, cancellationToken);

    /// <summary>Erases an account for good; takes two people, always. Role: support.</summary>
    /// <param name="request">The account, the reason and further fields.</param>
    /// <param name="cancellationToken">Ends the call; the outcome is unknown then.</param>
    public Task<EraseAccountResponse> EraseAsync(
        EraseAccountRequest request, CancellationToken cancellationToken = default) =>
        _calls.CallAsync(request, _stub.EraseAccountAsync, cancellationToken);

    /// <summary>Raises or renews the explicit protection. Role: support.</summary>
    /// <param name="request">The account, the reason and further fields.</param>
    /// <param name="cancellationToken">Ends the call; the outcome is unknown then.</param>
    public Task<ProtectAccountResponse> ProtectAsync(
        ProtectAccountRequest request, CancellationToken cancellationToken = default) =>
        _calls.CallAsync(request, _stub.ProtectAccountAsync, cancellationToken);

    /// <summary>Ends the explicit protection: two people and a cool-off. Role: support.</summary>
    /// <param name="request">The account, the reason and further fields.</param>
    /// <param name="cancellationToken">Ends the call; the outcome is unknown then.</param>
    public Task<UnprotectAccountResponse> UnprotectAsync(
        UnprotectAccountRequest request, CancellationToken cancellationToken = default) =>
        _calls.CallAsync(request, _stub.UnprotectAccountAsync, cancellationToken);

    /// <summary>
    /// Lets a protected account lose more followers than the limit, so many and so long; takes two people, always.
    /// Role: support.
    /// </summary>
    /// <param name="request">The account, the number, until when, the reason and further fields.</param>
    /// <param name="cancellationToken">Ends the call; the outcome is unknown then.</param>
    public Task<AllowFollowerLossResponse> AllowFollowerLossAsync(
        AllowFollowerLossRequest request, CancellationToken cancellationToken = default) =>
        _calls.CallAsync(request, _stub.AllowFollowerLossAsync, cancellationToken);

    /// <summary>
    /// Ends the allowance to lose followers before its time; takes one person. Role: support or approver.
    /// </summary>
    /// <param name="request">The account, the reason and further fields.</param>
    /// <param name="cancellationToken">Ends the call; the outcome is unknown then.</param>
    public Task<CloseFollowerLossResponse> CloseFollowerLossAsync(
        CloseFollowerLossRequest request, CancellationToken cancellationToken = default) =>
        _calls.CallAsync(request, _stub.CloseFollowerLossAsync, cancellationToken);

    /// <summary>One page of an account's journal, newest first. Role: staff or auditor.</summary>
    /// <param name="request">Account, page size and page token.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public Task<ListJournalEntriesResponse> ListJournalPageAsync(
        ListJournalEntriesRequest request, CancellationToken cancellationToken = default) =>
        _calls.CallAsync(request, _stub.ListJournalEntriesAsync, cancellationToken);

    /// <summary>
    /// An account's journal, newest first, read page by page as it is asked for. Role: staff or auditor.
    /// </summary>
    /// <param name="id">The account.</param>
    /// <param name="cancellationToken">Ends the listing.</param>
    public IAsyncEnumerable<JournalEntry> ListJournalAsync(long id, CancellationToken cancellationToken = default) =>
        Pages.ReadAsync(
            new ListJournalEntriesRequest { Id = id },
            ListJournalPageAsync,
            static page => page.Entries,
            cancellationToken);

    /// <summary>The intervals in which an account was down, newest first. Role: staff or auditor.</summary>
    /// <param name="id">The account.</param>
    /// <param name="max">How many at most, 1 to 1,000.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public Task<ListIncidentsResponse> ListIncidentsAsync(
        long id, int max = 50, CancellationToken cancellationToken = default) =>
        _calls.CallAsync(
            new ListIncidentsRequest { Id = id, PageSize = max }, _stub.ListIncidentsAsync, cancellationToken);

    /// <summary>
    /// What the caller may do to an account now: alone, with a second person, or not, and why. Role: staff.
    /// </summary>
    /// <param name="id">The account.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public Task<ListAccountActionsResponse> ListActionsAsync(long id, CancellationToken cancellationToken = default) =>
        _calls.CallAsync(
            new ListAccountActionsRequest { Id = id }, _stub.ListAccountActionsAsync, cancellationToken);

    /// <summary>
    /// The same, telling when each attempt begins: an answer shows the accounts at some moment after that.
    /// </summary>
    internal Task<BatchGetAccountsResponse> BatchGetAsync(
        IEnumerable<long> ids, Action? onAttempt, TimeSpan? atMost, CancellationToken cancellationToken) =>
        _calls.CallAsync(
            new BatchGetAccountsRequest { Ids = { ids } },
            (request, options) =>
            {
                onAttempt?.Invoke();
                return _stub.BatchGetAccountsAsync(request, options);
            },
            cancellationToken,
            atMost);
}
