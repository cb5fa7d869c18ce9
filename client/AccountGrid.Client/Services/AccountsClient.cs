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

    /// <summary>Registers an account. Role: service.</summary>
    /// <param name="request">Id and handle.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public Task<RegisterAccountResponse> RegisterAsync(RegisterAccountRequest request, CancellationToken cancellationToken = default)
    {
        var sent = RequestIds.Ensure(request, static r => r.RequestId, static (r, id) => r.RequestId = id);
        return _calls.CallAsync(ServiceMethods.RegisterAccount, o => _stub.RegisterAccountAsync(sent, o), cancellationToken, sent.RequestId);
    }

    /// <summary>Reads one account. Role: service or staff.</summary>
    /// <param name="id">The account.</param>
    /// <param name="minVersion">The version that the caller has seen: the answer is never older. 0 = none.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public Task<Account> GetAsync(long id, long minVersion = 0, CancellationToken cancellationToken = default)
    {
        var request = new GetAccountRequest { Id = id, MinVersion = minVersion };
        return _calls.CallAsync(ServiceMethods.GetAccount, o => _stub.GetAccountAsync(request, o), cancellationToken);
    }

    /// <summary>
    /// What a visitor may see. A down account is <see cref="AccountGridReasons.NotFound"/>, like one that never was.
    /// Role: service.
    /// </summary>
    /// <param name="id">The account.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public Task<PublicAccount> GetPublicAsync(long id, CancellationToken cancellationToken = default)
    {
        var request = new GetPublicAccountRequest { Id = id };
        return _calls.CallAsync(ServiceMethods.GetPublicAccount, o => _stub.GetPublicAccountAsync(request, o), cancellationToken);
    }

    /// <summary>
    /// Reads many accounts, in the order asked for; unknown ids are listed apart. Role: service or staff.
    /// </summary>
    /// <param name="ids">1 to <see cref="MaxBatch"/> ids.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public Task<BatchGetAccountsResponse> BatchGetAsync(IEnumerable<long> ids, CancellationToken cancellationToken = default) =>
        BatchGetAsync(ids, onAttempt: null, atMost: null, cancellationToken);

    /// <summary>One page of the accounts that pass a filter. Role: service or staff.</summary>
    /// <param name="request">Filter, page size and page token.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public Task<ListAccountsResponse> ListPageAsync(ListAccountsRequest request, CancellationToken cancellationToken = default)
    {
        var sent = request.Clone();
        return _calls.CallAsync(ServiceMethods.ListAccounts, o => _stub.ListAccountsAsync(sent, o), cancellationToken);
    }

    /// <summary>
    /// All accounts that pass a filter, read page by page as they are asked for. Role: service or staff.
    /// </summary>
    /// <param name="filter">
    /// Terms joined by AND: <c>status = SUSPENDED</c>, <c>tier = PROTECTED</c>, <c>handle = "pre*"</c>; empty = all.
    /// </param>
    /// <param name="cancellationToken">Ends the listing.</param>
    public IAsyncEnumerable<Account> ListAsync(string filter = "", CancellationToken cancellationToken = default) => Pages.ReadAsync(
        (token, stop) => ListPageAsync(new ListAccountsRequest { Filter = filter, PageSize = Pages.Size, PageToken = token }, stop),
        static page => page.Accounts,
        static page => page.NextPageToken,
        cancellationToken);

    /// <summary>
    /// Takes an account down, or proposes it where that takes a second person or a later time. Role: support; on the
    /// owner's behalf: service.
    /// </summary>
    /// <param name="request">What and why.</param>
    /// <param name="cancellationToken">Ends the call; the outcome is unknown then.</param>
    public Task<DeactivateAccountResponse> DeactivateAsync(DeactivateAccountRequest request, CancellationToken cancellationToken = default)
    {
        var sent = RequestIds.Ensure(request, static r => r.RequestId, static (r, id) => r.RequestId = id);
        return _calls.CallAsync(ServiceMethods.DeactivateAccount, o => _stub.DeactivateAccountAsync(sent, o), cancellationToken, sent.RequestId);
    }

    /// <summary>Suspends an account, perhaps until an instant. Role: support.</summary>
    /// <param name="request">What and why.</param>
    /// <param name="cancellationToken">Ends the call; the outcome is unknown then.</param>
    public Task<SuspendAccountResponse> SuspendAsync(SuspendAccountRequest request, CancellationToken cancellationToken = default)
    {
        var sent = RequestIds.Ensure(request, static r => r.RequestId, static (r, id) => r.RequestId = id);
        return _calls.CallAsync(ServiceMethods.SuspendAccount, o => _stub.SuspendAccountAsync(sent, o), cancellationToken, sent.RequestId);
    }

    /// <summary>Lifts holds; takes one person, always. Role: support; on the owner's behalf: service.</summary>
    /// <param name="request">What and why.</param>
    /// <param name="cancellationToken">Ends the call; the outcome is unknown then.</param>
    public Task<RestoreAccountResponse> RestoreAsync(RestoreAccountRequest request, CancellationToken cancellationToken = default)
    {
        var sent = RequestIds.Ensure(request, static r => r.RequestId, static (r, id) => r.RequestId = id);
        return _calls.CallAsync(ServiceMethods.RestoreAccount, o => _stub.RestoreAccountAsync(sent, o), cancellationToken, sent.RequestId);
    }

    /// <summary>Erases an account for good; takes two people, always. Role: support.</summary>
    /// <param name="request">What and why.</param>
    /// <param name="cancellationToken">Ends the call; the outcome is unknown then.</param>
    public Task<EraseAccountResponse> EraseAsync(EraseAccountRequest request, CancellationToken cancellationToken = default)
    {
        var sent = RequestIds.Ensure(request, static r => r.RequestId, static (r, id) => r.RequestId = id);
        return _calls.CallAsync(ServiceMethods.EraseAccount, o => _stub.EraseAccountAsync(sent, o), cancellationToken, sent.RequestId);
    }

    /// <summary>Raises or renews the explicit protection. Role: support.</summary>
    /// <param name="request">What and why.</param>
    /// <param name="cancellationToken">Ends the call; the outcome is unknown then.</param>
    public Task<ProtectAccountResponse> ProtectAsync(ProtectAccountRequest request, CancellationToken cancellationToken = default)
    {
        var sent = RequestIds.Ensure(request, static r => r.RequestId, static (r, id) => r.RequestId = id);
        return _calls.CallAsync(ServiceMethods.ProtectAccount, o => _stub.ProtectAccountAsync(sent, o), cancellationToken, sent.RequestId);
    }

    /// <summary>Ends the explicit protection: two people and a cool-off. Role: support.</summary>
    /// <param name="request">What and why.</param>
    /// <param name="cancellationToken">Ends the call; the outcome is unknown then.</param>
    public Task<UnprotectAccountResponse> UnprotectAsync(UnprotectAccountRequest request, CancellationToken cancellationToken = default)
    {
        var sent = RequestIds.Ensure(request, static r => r.RequestId, static (r, id) => r.RequestId = id);
        return _calls.CallAsync(ServiceMethods.UnprotectAccount, o => _stub.UnprotectAccountAsync(sent, o), cancellationToken, sent.RequestId);
    }

    /// <summary>One page of an account's journal, newest first. Role: staff or auditor.</summary>
    /// <param name="request">Account, page size and page token.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public Task<ListJournalEntriesResponse> ListJournalPageAsync(ListJournalEntriesRequest request, CancellationToken cancellationToken = default)
    {
        var sent = request.Clone();
        return _calls.CallAsync(ServiceMethods.ListJournalEntries, o => _stub.ListJournalEntriesAsync(sent, o), cancellationToken);
    }

    /// <summary>
    /// An account's journal, newest first, read page by page as it is asked for. Role: staff or auditor.
    /// </summary>
    /// <param name="id">The account.</param>
    /// <param name="cancellationToken">Ends the listing.</param>
    public IAsyncEnumerable<JournalEntry> ListJournalAsync(long id, CancellationToken cancellationToken = default) => Pages.ReadAsync(
        (token, stop) => ListJournalPageAsync(new ListJournalEntriesRequest { Id = id, PageSize = Pages.Size, PageToken = token }, stop),
        static page => page.Entries,
        static page => page.NextPageToken,
        cancellationToken);

    /// <summary>The intervals in which an account was down, newest first. Role: staff or auditor.</summary>
    /// <param name="id">The account.</param>
    /// <param name="max">How many at most, 1 to 1,000.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public Task<ListIncidentsResponse> ListIncidentsAsync(long id, int max = 50, CancellationToken cancellationToken = default)
    {
        var request = new ListIncidentsRequest { Id = id, PageSize = max };
        return _calls.CallAsync(ServiceMethods.ListIncidents, o => _stub.ListIncidentsAsync(request, o), cancellationToken);
    }

    /// <summary>
    /// The same, telling when each attempt begins: an answer shows the accounts at some moment after that.
    /// </summary>
    internal Task<BatchGetAccountsResponse> BatchGetAsync(IEnumerable<long> ids, Action? onAttempt, TimeSpan? atMost, CancellationToken cancellationToken)
    {
        var request = new BatchGetAccountsRequest { Ids = { ids } };
        return _calls.CallAsync(
            ServiceMethods.BatchGetAccounts,
            o =>
            {
                onAttempt?.Invoke();
                return _stub.BatchGetAccountsAsync(request, o);
            },
            cancellationToken,
            atMost: atMost);
    }
}
