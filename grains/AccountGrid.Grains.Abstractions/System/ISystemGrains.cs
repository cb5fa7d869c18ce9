using System.Collections.Immutable;
using AccountGrid.Domain;

namespace AccountGrid.Grains;

/// <summary>Which accounts to list.</summary>
[GenerateSerializer, Immutable, Alias("ag.account-filter")]
public sealed record AccountFilterInput(
    [property: Id(0)] AccountStatus? Status, [property: Id(1)] Tier? Tier, [property: Id(2)] string? HandlePrefix);

/// <summary>Which entries an auditor asks for.</summary>
[GenerateSerializer, Immutable, Alias("ag.audit-filter")]
public sealed record AuditFilterInput(
    [property: Id(0)] string? Stream,
    [property: Id(1)] string? Subject,
    [property: Id(2)] string? Type,
    [property: Id(3)] DateTimeOffset? Since,
    [property: Id(4)] DateTimeOffset? Until);

/// <summary>Some accounts, in no order; one that has an activation on two silos is there twice.</summary>
[GenerateSerializer, Immutable, Alias("ag.account-batch")]
public sealed record AccountBatch([property: Id(0)] ImmutableArray<AccountInfo> Accounts);

/// <summary>A page of account ids.</summary>
[GenerateSerializer, Immutable, Alias("ag.id-page")]
public sealed record IdPage([property: Id(0)] ImmutableArray<long> Ids, [property: Id(1)] long Next);

/// <summary>
/// Questions over many accounts, answered from the index: a stateless worker. Key 0.
/// </summary>
[Alias("ag.IDirectoryGrain")]
public interface IDirectoryGrain : IGrainWithIntegerKey
{
    /// <summary>
    /// Those of the accounts that are active in any silo, in no order; each silo is called once at the most. What is
    /// left out is read by a call to its own grain, which also says why.
    /// </summary>
    /// <param name="ids">At most <see cref="Limits.BatchGet"/>; more are not looked for.</param>
    /// <param name="cancellationToken">Ends the wait for silos.</param>
    [Alias("ReadActive")]
    Task<AccountBatch> ReadActiveAsync(ImmutableArray<long> ids, CancellationToken cancellationToken);

    /// <summary>Account ids above <paramref name="after"/>, ascending.</summary>
    [Alias("ListAccounts")]
    Task<IdPage> ListAccountsAsync(AccountFilterInput filter, long after, int max, CancellationToken cancellationToken);

    /// <summary>Accounts with something pending, above <paramref name="after"/>, ascending.</summary>
    [Alias("ListProposals")]
    Task<IdPage> ListProposalAccountsAsync(
        string? proposedBy, long after, int max, CancellationToken cancellationToken);

    /// <summary>
    /// Operators above <paramref name="after"/>, ordinally ascending; <c>Next</c> is empty at the end.
    /// </summary>
    [Alias("ListOperators")]
    Task<OperatorPage> ListOperatorsAsync(string after, int max, CancellationToken cancellationToken);

    /// <summary>
    /// A person's standing and roles now, from the journal instead of the person's own grain, whose silo may not
    /// answer; without a budget. <c>Ended</c> for a person who is not registered.
    /// </summary>
    [Alias("ReadAuthority")]
    Task<AuthorityInfo> ReadAuthorityAsync(string person, CancellationToken cancellationToken);

    /// <summary>
    /// Accounts that a person harmed or approved harm to since an instant, above <paramref name="after"/>, ascending.
    /// </summary>
    [Alias("ListHarmed")]
    Task<IdPage> ListHarmedAsync(
        string person, DateTimeOffset since, long after, int max, CancellationToken cancellationToken);

    /// <summary>Entries below a position (0 = from the end), newest first.</summary>
    [Alias("ListAudit")]
    Task<EntryPage> ListAuditAsync(
        AuditFilterInput filter, long beforePosition, int max, CancellationToken cancellationToken);

    /// <summary>
    /// Entries above a position, oldest first; waits up to <paramref name="wait"/> (at most 20 seconds) for one to
    /// come. <c>Next</c> is the position to resume from.
    /// </summary>
    [ResponseTimeout("00:00:30"), Alias("ReadFeed")]
    Task<EntryPage> ReadFeedAsync(long afterPosition, int max, TimeSpan wait, CancellationToken cancellationToken);

    /// <summary>The position of the last committed entry.</summary>
    [Alias("ReadFeedHead")]
    Task<long> ReadFeedHeadAsync(CancellationToken cancellationToken);
}

/// <summary>A checkpoint on its way to an auditor.</summary>
[GenerateSerializer, Immutable, Alias("ag.checkpoint")]
public sealed record CheckpointInfo(
    [property: Id(0)] long Number,
    [property: Id(1)] long Position,
    [property: Id(2)] ReadOnlyMemory<byte> Root,
    [property: Id(3)] ReadOnlyMemory<byte> Previous,
    [property: Id(4)] DateTimeOffset At,
    [property: Id(5)] string KeyId,
    [property: Id(6)] ReadOnlyMemory<byte> Signature);

/// <summary>A page of checkpoints, newest first.</summary>
[GenerateSerializer, Immutable, Alias("ag.checkpoint-page")]
public sealed record CheckpointPage(
    [property: Id(0)] ImmutableArray<CheckpointInfo> Checkpoints, [property: Id(1)] long Next);

/// <summary>What a verification found.</summary>
/// <param name="Intact">Whether nothing is wrong.</param>
/// <param name="Problem">What is wrong first, in a sentence; empty if intact.</param>
/// <param name="ProblemKind">
/// A stable name for it: <c>ENTRY_CHANGED</c>, <c>ENTRY_MISSING</c>, <c>TAIL_CUT</c>, <c>ROOT_MISMATCH</c>,
/// <c>BAD_SIGNATURE</c>, <c>CHECKPOINT_MISSING</c> ...
/// </param>
/// <param name="Stream">The stream of the first bad entry, or empty.</param>
/// <param name="Sequence">Its sequence, or 0.</param>
/// <param name="Entries">Entries recomputed.</param>
/// <param name="Streams">Streams recomputed.</param>
/// <param name="Checkpoints">Checkpoints recomputed.</param>
/// <param name="Position">The last position verified.</param>
[GenerateSerializer, Immutable, Alias("ag.verification")]
public sealed record VerificationInfo(
    [property: Id(0)] bool Intact,
    [property: Id(1)] string Problem,
    [property: Id(2)] string ProblemKind,
    [property: Id(3)] string Stream,
    [property: Id(4)] long Sequence,
    [property: Id(5)] long Entries,
    [property: Id(6)] long Streams,
    [property: Id(7)] long Checkpoints,
    [property: Id(8)] long Position);

/// <summary>Makes checkpoints and verifies everything. One in the cluster. Key 0.</summary>
[Alias("ag.IAuditGrain")]
public interface IAuditGrain : IGrainWithIntegerKey
{
    /// <summary>Signs a checkpoint if anything was appended since the last one.</summary>
    [Alias("MakeCheckpoint")]
    Task<CheckpointInfo?> MakeCheckpointAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Recomputes every chain, root and signature. One at a time; a second call meanwhile is refused with
    /// <c>Overloaded</c>.
    /// </summary>
    [Orleans.Concurrency.AlwaysInterleave, ResponseTimeout("01:00:00"), Alias("Verify")]
    Task<Answer<VerificationInfo>> VerifyAsync(CancellationToken cancellationToken);

    /// <summary>Checkpoints below a number (0 = from the last), newest first.</summary>
    [Orleans.Concurrency.AlwaysInterleave, Alias("ListCheckpoints")]
    Task<CheckpointPage> ListCheckpointsAsync(long beforeNumber, int max, CancellationToken cancellationToken);
}

/// <summary>
/// Calls accounts that have due work. One in the cluster, called by every silo, so that it works as long as any silo
/// lives. Key 0.
/// </summary>
[Alias("ag.IDueWorkGrain")]
public interface IDueWorkGrain : IGrainWithIntegerKey
{
    /// <summary>
    /// Looks for due accounts and unfinished offboardings and works them off; returns at once if a round is under way.
    /// </summary>
    [Orleans.Concurrency.AlwaysInterleave, Alias("Tick")]
    Task TickAsync(CancellationToken cancellationToken);
}

/// <summary>
/// Compares follower counts with their edges, at a bounded rate. One in the cluster, called by every silo, so that it
/// works as long as any silo lives. Key 0.
/// </summary>
[Alias("ag.IReconcilerGrain")]
public interface IReconcilerGrain : IGrainWithIntegerKey
{
    /// <summary>
    /// Compares as much as the time since the last call allows; returns at once if a call is under way.
    /// </summary>
    [Orleans.Concurrency.AlwaysInterleave, Alias("Tick")]
    Task TickAsync(CancellationToken cancellationToken);
}
