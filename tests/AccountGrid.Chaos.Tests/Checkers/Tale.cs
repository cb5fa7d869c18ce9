using System.Collections.Immutable;
using AccountGrid.Chaos.Checkers;
using AccountGrid.Chaos.Histories;
using AccountGrid.Chaos.Running;
using AccountGrid.V1;

namespace AccountGrid.Chaos.Tests.Checkers;

/// <summary>
/// Tells a history and what came of it, step by step: each call is one second later than the one before. Begins good:
/// one account, registered; every test adds what it is about.
/// </summary>
internal sealed class Tale
{
    public const long Id = 1;
    private readonly List<Operation> _operations = [];
    private readonly List<JournalLine> _journal = [];
    private readonly Dictionary<int, TimeSpan> _deaths = [];
    private int _seconds;

    public Tale() =>
        Did(OperationKind.Register, "first", Entry("registered", "first") with { Actor = "service:shop" },
            actor: "service:shop");

    /// <summary>The followers on disk.</summary>
    public List<long> Edges { get; } = [];

    /// <summary>The count on disk; <c>null</c> = the number of edges.</summary>
    public long? DiskCount { get; set; }

    /// <summary>Whether the store fails in this tale.</summary>
    public bool StoreFails { get; init; }

    /// <summary>When silos of a cluster may have disagreed in this tale.</summary>
    public (int From, int To)? Disturbed { get; set; }

    /// <summary>Whether the database can be read.</summary>
    public bool HasDisk { get; init; } = true;

    /// <summary>The last instant told, in seconds.</summary>
    public int Now => _seconds;

    /// <summary>Changes what is served from what the journal and the edges say.</summary>
    public Func<RecoveredAccount, RecoveredAccount> Distort { get; set; } = a => a;

    /// <summary>What the audit says.</summary>
    public AuditVerdict Audit { get; set; } = new(Intact: true, "", Entries: 1_000, Checkpoints: 5);

    /// <summary>The journal so far; tests damage it.</summary>
    public List<JournalLine> Journal => _journal;

    /// <summary>The last operation told.</summary>
    public Operation Last => _operations[^1];

    /// <summary>An instant later than the one before.</summary>
    public TimeSpan Tick() => TimeSpan.FromSeconds(++_seconds);

    /// <summary>A journal entry behind the last one.</summary>
    public JournalLine Entry(string type, string requestId = "") => new(_journal.Count + 1, type)
    {
        RequestId = requestId,
        Actor = "operator:kim",
        TraceId = requestId.Length > 0 ? requestId + ".1" : "",
        Hash = "hash" + (_journal.Count + 1),
        At = DateTimeOffset.UnixEpoch + Tick(),
    };

    /// <summary>An entry by which one person takes the account down.</summary>
    public JournalLine Takedown(string requestId, string action = "deactivate") =>
        Entry("hold-placed", requestId) with
        {
            Action = action,
            PlacedBy = "operator:kim",
            Tier = "standard",
            Followers = 0,
        };

    /// <summary>Adds an entry to the journal.</summary>
    public Tale Write(params ReadOnlySpan<JournalLine> lines)
    {
        _journal.AddRange(lines);
        return this;
    }

    /// <summary>A command that was acknowledged at the first attempt, with its entries.</summary>
    public Tale Did(OperationKind kind, string requestId, JournalLine entry, Verdict verdict = Verdict.Done,
        string actor = "operator:kim", long? proposal = null)
    {
        Write(entry);
        var version = (long)_journal.Count;
        return Tell(
            new Intent(actor, kind, Id) { RequestId = requestId, Actor = actor, Proposal = proposal },
            new Answer(verdict) { Seen = [new Seen(Id, version, AccountFold.Of([.. _journal])[^1].Status)] });
    }

    /// <summary>An operation with one attempt.</summary>
    public Tale Tell(Intent intent, Answer? answer, int incarnation = 1) => Tell(intent, (answer, incarnation));

    /// <summary>An operation with attempts, each with its answer and the life of the process that it went to.</summary>
    public Tale Tell(Intent intent, params ReadOnlySpan<(Answer? Answer, int Incarnation)> attempts)
    {
        var told = new List<Attempt>();
        foreach (var (answer, incarnation) in attempts)
        {
            told.Add(new Attempt(incarnation, Tick(), Tick(), answer, TraceId: $"{intent.RequestId}.{told.Count + 1}"));
        }

        _operations.Add(new Operation(_operations.Count, intent, [.. told]));
        return this;
    }

    /// <summary>A read by a client.</summary>
    public Tale Reads(
        string client, long version, Account.Types.Status status, FollowersSeen? followers = null,
        long minVersion = 0) =>
        Tell(new Intent(client, OperationKind.Read, Id) { MinVersion = minVersion },
            new Answer(Verdict.Done) { Seen = [new Seen(Id, version, status, followers)] });

    /// <summary>A follow or unfollow; <paramref name="changed"/> <c>null</c> = not answered.</summary>
    public Tale Follows(long follower, bool follows, bool? changed, int incarnation = 1) =>
        Tell(
            new Intent("fan", follows ? OperationKind.Follow : OperationKind.Unfollow, Id)
            {
                Edges = [new EdgeChange(Id, follower, follows)],
            },
            changed is { } c ? new Answer(Verdict.Done) { Changed = c ? 1 : 0 } : null,
            incarnation);

    /// <summary>The process dies.</summary>
    public Tale Dies(int incarnation = 1)
    {
        _deaths[incarnation] = Tick();
        return this;
    }

    /// <summary>Changes the last operation.</summary>
    public Tale Amend(Func<Operation, Operation> change)
    {
        _operations[^1] = change(_operations[^1]);
        return this;
    }

    /// <summary>The history.</summary>
    public HistorySnapshot History() =>
        new([.. _operations], _deaths.ToImmutableDictionary(), ImmutableSortedDictionary<string, int>.Empty);

    /// <summary>What the silo and the disk say.</summary>
    public RecoveredState Recovered()
    {
        var fold = AccountFold.Of([.. _journal])[^1];
        var account = new RecoveredAccount(
            Id, new Seen(Id, _journal.Count, fold.Status, new FollowersSeen(Edges.Count, 100, Exact: true)),
            [.. _journal])
        {
            Holds = fold.Holds,
            Pending = fold.Pending,
            Listed = fold.Status,
        };
        return new(
            ImmutableDictionary<long, RecoveredAccount>.Empty.Add(Id, Distort(account)),
            HasDisk
                ? new DiskState(
                    ImmutableDictionary<long, ImmutableHashSet<long>>.Empty.Add(Id, [.. Edges]),
                    ImmutableDictionary<long, long>.Empty.Add(Id, DiskCount ?? Edges.Count), LastCheckpoint: 5)
                : null,
            Audit);
    }

    private CheckRules Rules => new(ProtectedReach: 1000, MaxHarms: 3, StoreFails)
    {
        Disturbances = Disturbed is var (from, to) ? [new(TimeSpan.FromSeconds(from), TimeSpan.FromSeconds(to))] : [],
    };

    /// <summary>The names of the requirements that are broken.</summary>
    public IEnumerable<string> Broken(RecoveredState? before = null) =>
        AllCheckers.Check(History(), Recovered(), before, Rules).Select(v => v.Check).Distinct().Order();
}
