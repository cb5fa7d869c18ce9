using System.Collections.Immutable;
using AccountGrid.Chaos.Histories;
using AccountGrid.V1;

namespace AccountGrid.Chaos.Running;

/// <summary>One journal entry as the silo serves it, with the fields that checks look at.</summary>
internal sealed record JournalLine(long Sequence, string Type)
{
    /// <summary>When, as stored.</summary>
    public DateTimeOffset At { get; init; }

    /// <summary><c>operator:p001</c>, <c>service:shop</c> or <c>system:system</c>.</summary>
    public string Actor { get; init; } = "";

    /// <summary>The idempotency key, or empty.</summary>
    public string RequestId { get; init; } = "";

    /// <summary>The trace that it came about in, or empty.</summary>
    public string TraceId { get; init; } = "";

    /// <summary>Whether it sums up refused attempts that have no entry of their own.</summary>
    public bool IsSum { get; init; }

    /// <summary>The entry's hash in hex.</summary>
    public string Hash { get; init; } = "";

    /// <summary>
    /// What was asked for, in lower case without separators: <c>deactivate</c>, <c>ownerdeactivate</c>.
    /// </summary>
    public string Action { get; init; } = "";

    /// <summary>The hold that was lifted, in lower case: <c>suspension</c>.</summary>
    public string Hold { get; init; } = "";

    /// <summary>On whose initiative, like <see cref="Actor"/>.</summary>
    public string PlacedBy { get; init; } = "";

    /// <summary>The second person's name, or empty.</summary>
    public string ApprovedBy { get; init; } = "";

    /// <summary>The proposal that it is about.</summary>
    public long? Proposal { get; init; }

    /// <summary>The tier at that instant, in lower case, or empty.</summary>
    public string Tier { get; init; } = "";

    /// <summary>The followers at that instant.</summary>
    public long? Followers { get; init; }

    /// <summary>How a proposal was closed, in lower case.</summary>
    public string Closed { get; init; } = "";

    /// <summary>The stable reason of a refused attempt, in upper snake case.</summary>
    public string Refusal { get; init; } = "";

    /// <summary>For a person who reads a violation.</summary>
    public override string ToString() =>
        $"{Sequence} {Type} {Action}{Hold}{Closed}{Refusal} by {Actor} request {(RequestId.Length > 0 ? RequestId : "-")} at {At:HH:mm:ss.ffffff}";
}

/// <summary>One account after a recovery.</summary>
/// <param name="Id">Which.</param>
/// <param name="Served">What the silo serves; version 0 = it says that there is no such account.</param>
/// <param name="Journal">Ascending, read after <paramref name="Served"/>.</param>
internal sealed record RecoveredAccount(long Id, Seen Served, ImmutableArray<JournalLine> Journal)
{
    /// <summary>The holds that are served, in lower case: <c>suspension</c>.</summary>
    public ImmutableSortedSet<string> Holds { get; init; } = [];

    /// <summary>The pending proposal that is served.</summary>
    public long? Pending { get; init; }

    /// <summary>The status that the listing has it under; <c>null</c> = it is not listed.</summary>
    public Account.Types.Status? Listed { get; init; }
}

/// <summary>What the audit says.</summary>
internal sealed record AuditVerdict(bool Intact, string Problem, long Entries, long Checkpoints);

/// <summary>What is on disk after the process is dead, before it starts again.</summary>
/// <param name="Followers">The follow edges, by account.</param>
/// <param name="Counts">The counts kept beside them, by account.</param>
/// <param name="LastCheckpoint">The number of the last checkpoint in the database; 0 = none.</param>
internal sealed record DiskState(
    ImmutableDictionary<long, ImmutableHashSet<long>> Followers, ImmutableDictionary<long, long> Counts,
    long LastCheckpoint)
{
    /// <summary>Journal entries of all streams; 0 = not counted.</summary>
    public long Entries { get; init; }

    /// <summary>The followers of an account.</summary>
    public ImmutableHashSet<long> Of(long account) => Followers.GetValueOrDefault(account, []);
}

/// <summary>Everything that a recovery shows while no client does anything.</summary>
/// <param name="Accounts">By id.</param>
/// <param name="Disk">What the database says; <c>null</c> where it cannot be read.</param>
/// <param name="Audit">What the audit says.</param>
internal sealed record RecoveredState(
    ImmutableDictionary<long, RecoveredAccount> Accounts, DiskState? Disk, AuditVerdict Audit)
{
    /// <summary>Takedowns and erasures of protected accounts.</summary>
    public int ProtectedTakedowns =>
        Journal.Count(static l => l is { Type: "hold-placed" or "erased", Tier: "protected" });

    /// <summary>Entries that the system made: ended suspensions, fired and expired actions.</summary>
    public int SystemActs => Journal.Count(static l => l.Actor.StartsWith("system:", StringComparison.Ordinal));

    /// <summary>Every account's entries.</summary>
    public IEnumerable<JournalLine> Journal => Accounts.Values.SelectMany(static a => a.Journal);
}
