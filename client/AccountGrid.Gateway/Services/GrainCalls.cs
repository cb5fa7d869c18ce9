using System.Collections.Immutable;
using AccountGrid.Domain;
using AccountGrid.Gateway.Errors;
using AccountGrid.Grains;
using Microsoft.Extensions.Options;

namespace AccountGrid.Gateway;

/// <summary>
/// The way to the grains: their keys, and the one place where their refusals become errors. Thread-safe.
/// </summary>
/// <param name="grains">The cluster.</param>
/// <param name="accounts">Its accounts.</param>
/// <param name="options">How many calls at a time.</param>
/// <param name="clock">Measures the pauses before a lost call is sent again.</param>
/// <param name="local">The accounts of this process; <c>null</c> where it has none.</param>
internal sealed class GrainCalls(
    IGrainFactory grains, AccountGrains accounts, IOptions<GatewayOptions> options, TimeProvider clock,
    ILocalAccounts? local = null)
{
    /// <summary>So few accounts are as quickly read one by one.</summary>
    private const int Few = 4;

    /// <summary>How long a person's grain may take before the journal is read as well.</summary>
    private static readonly TimeSpan RecordPatience = TimeSpan.FromSeconds(1);

    private readonly int _inFlight = options.Value.Limits.GrainCallsInFlight;

    /// <summary>Registers accounts.</summary>
    public IRegistrarGrain Registrar => grains.GetGrain<IRegistrarGrain>(0);

    /// <summary>Questions over many accounts.</summary>
    public IDirectoryGrain Directory => grains.GetGrain<IDirectoryGrain>(0);

    /// <summary>The register of operators as a whole.</summary>
    private IRegisterGrain Register => grains.GetGrain<IRegisterGrain>(0);

    /// <summary>The policy record.</summary>
    public IPolicyGrain Policy => grains.GetGrain<IPolicyGrain>(0);

    /// <summary>Checkpoints and verification.</summary>
    public IAuditGrain Audit => grains.GetGrain<IAuditGrain>(0);

    /// <summary>The brake over the whole grid.</summary>
    public IBrakeGrain Brake => grains.GetGrain<IBrakeGrain>(0);

    /// <summary>What the silos remember of traces.</summary>
    public ITraceGrain Traces => grains.GetGrain<ITraceGrain>(0);

    /// <summary>Whether this process is a silo itself.</summary>
    public bool IsInSilo => local is not null;

    /// <summary>One account; the id is known to be positive.</summary>
    public IAccountGrain Account(long id) => accounts[new AccountId(id)];

    /// <summary>
    /// An account that was read here a moment ago, without a call; <c>null</c> says nothing about it.
    /// </summary>
    public AccountInfo? FindLocal(long id, long minVersion) => local?.Get(id, minVersion);

    /// <summary>What a visitor may see of such an account; <c>null</c> says nothing about it.</summary>
    public PublicAccountInfo? FindLocalPublic(long id) => local?.Visit(id);

    /// <summary>One operator; the id is known to be well formed.</summary>
    public IOperatorGrain Operator(string id) =>
        grains.GetGrain<IOperatorGrain>(StreamId.Of(OperatorId.Parse(id)).Value);

    /// <summary>Reads an account by a call to its grain; sent again if its silo goes away meanwhile.</summary>
    /// <exception cref="ApiException">It was refused.</exception>
    public async Task<AccountInfo> GetAsync(long id, long minVersion, CancellationToken cancellationToken) =>
        Unwrap(
            await RepeatAsync(() => Account(id).GetAsync(minVersion, cancellationToken).AsTask(), cancellationToken));

    /// <summary>What a visitor may see, by a call to the grain; sent again if its silo goes away meanwhile.</summary>
    /// <exception cref="ApiException">It was refused, or there is nothing to see.</exception>
    public async Task<PublicAccountInfo> VisitAsync(long id, CancellationToken cancellationToken) =>
        Unwrap(await RepeatAsync(() => Account(id).VisitAsync(cancellationToken).AsTask(), cancellationToken));

    /// <summary>An operator's record, by a call to the grain; sent again if its silo goes away meanwhile.</summary>
    public Task<OperatorInfo> GetOperatorAsync(string id, CancellationToken cancellationToken) =>
        RepeatAsync(() => Operator(id).GetAsync(cancellationToken), cancellationToken);

    /// <summary>
    /// A person's standing and roles now: as the person's grain answers, or as the journal says where the grain's
    /// silo does not answer within <see cref="RecordPatience"/>.
    /// </summary>
    public async Task<(Standing Standing, Roles Roles)> GetAuthorityAsync(
        string person, CancellationToken cancellationToken)
    {
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var record = GetOperatorAsync(person, both.Token);
        try
        {
            await record.WaitAsync(RecordPatience, clock, cancellationToken);
        }
        catch (TimeoutException) when (!record.IsCompleted)
        {
            var journal = RepeatAsync(() => Directory.ReadAuthorityAsync(person, both.Token), both.Token);
            await Task.WhenAny(record, journal);
            if (!record.IsCompleted && journal.IsCompletedSuccessfully)
            {
                await both.CancelAsync();
                return (journal.Result.Standing, journal.Result.Roles);
            }
        }

        // Also where the journal could not be read, for example by a silo of an older version.
        var found = await record;
        await both.CancelAsync();
        return (found.Standing, found.Roles);
    }

    /// <summary>
    /// Applies follows; sent again if the account's silo goes away meanwhile. They say what shall be, so twice is once;
    /// what was changed by an attempt whose answer was lost is then answered as not changed.
    /// </summary>
    public Task<FollowReply> FollowAsync(
        long id, ImmutableArray<FollowInput> changes, CallerInfo caller, CancellationToken cancellationToken) =>
        RepeatAsync(() => Account(id).FollowAsync(changes, caller, cancellationToken), cancellationToken);

    /// <summary>
    /// Makes a call that may be repeated; again if its silo goes away meanwhile. Not if this process is itself a silo
    /// that was declared dead: then the caller is told at once, and can go to another gateway.
    /// </summary>
    public Task<T> RepeatAsync<T>(Func<Task<T>> call, CancellationToken cancellationToken) =>
        LostCalls.RepeatAsync(call, clock, cancellationToken, MayRepeat);

    private bool MayRepeat(Exception failure) => local is not { IsCutOff: true } && LostCalls.IsLost(failure);

    /// <summary>Sends a command on an account, as <see cref="SendAsync"/> does.</summary>
    /// <exception cref="ApiException">It was refused, or its outcome is unknown.</exception>
    public Task<CommandReply> ExecuteAsync(
        long id,
        CommandInput command,
        CallerInfo caller,
        string? requestId,
        long? expectedStateVersion,
        CancellationToken cancellationToken) => SendAsync(
            () => Account(id).ExecuteAsync(command, caller, requestId, expectedStateVersion, cancellationToken),
            requestId, static reply => reply.Refusal, cancellationToken, static reply => reply.IsFinal);

    /// <summary>Sends a command on an operator, as <see cref="SendAsync"/> does.</summary>
    /// <exception cref="ApiException">It was refused, or its outcome is unknown.</exception>
    public Task<OperatorReply> ExecuteAsync(
        string id, OperatorInput command, CallerInfo caller, CancellationToken cancellationToken) => SendAsync(
            () => OperatorDecider.TakesTurnOfRegister(command.ToCommand())
                ? Register.ExecuteAsync(id, command, caller, cancellationToken)
                : Operator(id).ExecuteAsync(command, caller, cancellationToken),
            command.RequestId, static reply => reply.Refusal, cancellationToken);

    /// <summary>Sends a command on the policy record, as <see cref="SendAsync"/> does.</summary>
    /// <exception cref="ApiException">It was refused, or its outcome is unknown.</exception>
    public Task<PolicyReply> ExecuteAsync(
        PolicyInput command, CallerInfo caller, CancellationToken cancellationToken) => SendAsync(
            () => Policy.ExecuteAsync(command, caller, cancellationToken), command.RequestId,
            static reply => reply.Refusal, cancellationToken);

    /// <summary>Releases the brake, as <see cref="SendAsync"/> sends a command.</summary>
    /// <exception cref="ApiException">It was refused, or its outcome is unknown.</exception>
    public async Task<BrakeInfo> ReleaseBrakeAsync(
        string note, string? requestId, CallerInfo caller, CancellationToken cancellationToken) => (await SendAsync(
            () => Brake.ReleaseAsync(note, requestId, caller, cancellationToken), requestId,
            static reply => reply.Refusal, cancellationToken)).Brake!;

    /// <summary>
    /// Sends a command; again if its silo goes away meanwhile and it has a request id, or if it was never delivered.
    /// </summary>
    /// <exception cref="ApiException">
    /// It was refused, or its outcome is unknown: it was refused, but an earlier attempt may still be carried out. Not
    /// where <paramref name="isFinal"/> says that the refusal stands in the journal under the request id.
    /// </exception>
    private async Task<T> SendAsync<T>(
        Func<Task<T>> call, string? requestId, Func<T, RefusalInfo?> refusalOf, CancellationToken cancellationToken,
        Func<T, bool>? isFinal = null)
    {
        var (reply, mayHaveActed) =
            await LostCalls.SendCommandAsync(call, requestId is not null, MayRepeat, clock, cancellationToken);
        return refusalOf(reply) is not { } refusal
            ? reply
            : throw Refused(mayHaveActed && isFinal?.Invoke(reply) != true ? ExceptionMap.NoAnswer : refusal);
    }

    /// <summary>Asks what a command would come to; again if its silo goes away meanwhile.</summary>
    /// <exception cref="ApiException">It would be refused, or cannot be told.</exception>
    public async Task<T> ValidateAsync<T>(
        Func<Task<T>> call, Func<T, RefusalInfo?> refusalOf, CancellationToken cancellationToken)
    {
        var reply = await RepeatAsync(call, cancellationToken);
        return refusalOf(reply) is { } refusal ? throw Refused(refusal) : reply;
    }

    /// <summary>The value of an answer.</summary>
    /// <exception cref="ApiException">It was refused.</exception>
    public static T Unwrap<T>(Answer<T> answer)
        where T : class =>
        answer.Value ?? throw Refused(answer.Refusal);

    /// <summary>A reply that was not refused.</summary>
    /// <exception cref="ApiException">It was refused.</exception>
    public static CommandReply Unwrap(CommandReply reply) =>
        reply.Refusal is null ? reply : throw Refused(reply.Refusal);

    /// <summary>The exception for a refusal.</summary>
    public static ApiException Refused(RefusalInfo? refusal) => new(
        refusal is null
            ? ApiError.Failure
            : ApiError.Of(refusal.Reason, refusal.Message, refusal.Field, refusal.RetryAfter));

    /// <summary>
    /// Reads many accounts: those that are active with one call to each silo at the most, the others, which have to be
    /// loaded, by calls of their own, at most so many at a time. The answers keep the order of the ids, unknown ones
    /// are <c>null</c>.
    /// </summary>
    public async Task<AccountInfo?[]> ReadAsync(IReadOnlyList<long> ids, CancellationToken cancellationToken)
    {
        var found = new AccountInfo?[ids.Count];
        for (var i = 0; i < found.Length; i++)
        {
            found[i] = FindLocal(ids[i], minVersion: 0);
        }

        if (found.Count(static account => account is null) > Few)
        {
            await ReadActiveAsync(ids, found, cancellationToken);
        }

        var options = new ParallelOptions { MaxDegreeOfParallelism = _inFlight, CancellationToken = cancellationToken };
        await Parallel.ForEachAsync(Enumerable.Range(0, found.Length).Where(i => found[i] is null), options,
            async (i, token) => found[i] = await TryGetAsync(ids[i], token));
        return found;
    }

    private async Task ReadActiveAsync(
        IReadOnlyList<long> ids, AccountInfo?[] found, CancellationToken cancellationToken)
    {
        var wanted = ImmutableArray.CreateRange(
            Enumerable.Range(0, found.Length).Where(i => found[i] is null).Select(i => ids[i]));
        var active = new Dictionary<long, AccountInfo>(wanted.Length);
        try
        {
            foreach (var account in (await Directory.ReadActiveAsync(wanted, cancellationToken)).Accounts)
            {
                // Two silos may believe to have it for a moment; the one that is behind has seen less.
                active[account.Id] = active.TryGetValue(account.Id, out var other) && other.Version > account.Version
                    ? other
                    : account;
            }
        }
        catch (Exception) when (!cancellationToken.IsCancellationRequested)
        {
            // A silo that went away, or one of a version that cannot do this: the accounts' own grains answer, or say
            // what is wrong.
        }

        for (var i = 0; i < found.Length; i++)
        {
            found[i] ??= active.GetValueOrDefault(ids[i]);
        }
    }

    /// <summary>An account by a call to its grain; <c>null</c> if it is unknown.</summary>
    private async Task<AccountInfo?> TryGetAsync(long id, CancellationToken cancellationToken)
    {
        try
        {
            var answer = await RepeatAsync(
                () => Account(id).GetAsync(minVersion: 0, cancellationToken).AsTask(), cancellationToken);
            return answer.Refusal is { Reason: not RefusalReason.NotFound } refusal
                ? throw Refused(refusal)
                : answer.Value;
        }
        catch (GrainRefusedException refused) when (refused.Refusal.Reason == RefusalReason.NotFound)
        {
            // Unknown ids are refused before they take a place, which no value can say.
            return null;
        }
    }

    /// <summary>Calls <paramref name="body"/> for every account id, at most so many at a time.</summary>
    public Task ForEachAsync(
        ImmutableArray<long> ids, Func<long, CancellationToken, ValueTask> body, CancellationToken cancellationToken) =>
        Parallel.ForEachAsync(
            ids, new ParallelOptions { MaxDegreeOfParallelism = _inFlight, CancellationToken = cancellationToken },
            body);
}
