using System.Collections.Immutable;
using Orleans.Concurrency;

namespace AccountGrid.Grains;

/// <summary>
/// One account: its activation state and its follower-count cache. Commands and follow batches take turns, one at a
/// time, in order of arrival, through a bounded queue; a full queue refuses at once with <c>Overloaded</c>. Reads never
/// queue: they answer from the last published immutable view, also while a command waits for the disk. An unknown
/// account is refused before an activation is made.
/// </summary>
/// <remarks>
/// Refusals are values. Exceptions mean infrastructure: a call that fails or times out has an unknown outcome and is
/// retried with the same request id.
/// </remarks>
[Alias("ag.IAccountGrain")]
public partial interface IAccountGrain : IGrainWithIntegerKey
{
    /// <summary>
    /// The account as last published. Never older than what any earlier answer of this activation showed.
    /// </summary>
    /// <param name="minVersion">
    /// The version that the caller has seen: an activation that is behind it reloads from the store first. 0 = as
    /// memory has it.
    /// </param>
    /// <param name="cancellationToken">Ends the wait for a reload.</param>
    [AlwaysInterleave, Alias("Get")]
    ValueTask<Answer<AccountInfo>> GetAsync(long minVersion, CancellationToken cancellationToken);

    /// <summary>
    /// What a visitor may see; NotFound for an account that is down (counted) as for one that never was.
    /// </summary>
    [AlwaysInterleave, Alias("Visit")]
    ValueTask<Answer<PublicAccountInfo>> VisitAsync(CancellationToken cancellationToken);

    /// <summary>Runs one command. Durable before it answers.</summary>
    /// <param name="command">The command.</param>
    /// <param name="caller">The caller, verified by the gateway.</param>
    /// <param name="requestId">The idempotency key, or <c>null</c>.</param>
    /// <param name="expectedStateVersion">The etag's state version, or <c>null</c>.</param>
    /// <param name="cancellationToken">
    /// Honoured while queued; once the append is handed to the store the outcome is awaited.
    /// </param>
    [AlwaysInterleave, Alias("Execute")]
    Task<CommandReply> ExecuteAsync(
        CommandInput command, CallerInfo caller, string? requestId, long? expectedStateVersion,
        CancellationToken cancellationToken);

    /// <summary>
    /// Says what <see cref="ExecuteAsync"/> would answer now, with the same arguments; nothing is written or reserved.
    /// A method of its own, so that a silo of a version without it fails the call, and carries nothing out.
    /// </summary>
    [AlwaysInterleave, Alias("Validate")]
    Task<PreviewReply> ValidateAsync(
        CommandInput command, CallerInfo caller, string? requestId, long? expectedStateVersion,
        CancellationToken cancellationToken);

    /// <summary>What each action would come to for a person now; nothing is written or reserved.</summary>
    [AlwaysInterleave, Alias("ListActions")]
    Task<Answer<ActionList>> ListActionsAsync(CallerInfo caller, CancellationToken cancellationToken);

    /// <summary>Applies follows and unfollows in one transaction.</summary>
    [AlwaysInterleave, Alias("Follow")]
    Task<FollowReply> FollowAsync(
        ImmutableArray<FollowInput> changes, CallerInfo caller, CancellationToken cancellationToken);

    /// <summary>The system's: do what is due.</summary>
    [AlwaysInterleave, Alias("FireDue")]
    Task FireDueAsync(CancellationToken cancellationToken);

    /// <summary>The system's: void what an offboarded person has pending here.</summary>
    [AlwaysInterleave, Alias("Freeze")]
    Task FreezeAsync(string person, CancellationToken cancellationToken);

    /// <summary>The journal below a sequence, newest first; 0 = from the end.</summary>
    [AlwaysInterleave, Alias("ReadJournal")]
    Task<Answer<EntryPage>> ReadJournalAsync(long beforeSequence, int max, CancellationToken cancellationToken);

    /// <summary>The incidents, newest first, at most <paramref name="max"/>.</summary>
    [AlwaysInterleave, Alias("ReadIncidents")]
    Task<Answer<IncidentList>> ReadIncidentsAsync(int max, CancellationToken cancellationToken);
}
