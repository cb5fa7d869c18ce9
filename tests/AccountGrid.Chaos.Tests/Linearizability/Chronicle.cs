using System.Collections.Immutable;
using AccountGrid.Chaos.Histories;
using AccountGrid.Chaos.Linearizability;
using AccountGrid.V1;

namespace AccountGrid.Chaos.Tests.Linearizability;

/// <summary>
/// A history with a timetable, in seconds, of one account that is registered at 0; what has no end was not answered.
/// </summary>
internal sealed class Chronicle
{
    public const long Id = 1;
    private readonly List<Operation> _operations = [];
    private readonly Dictionary<int, TimeSpan> _deaths = [];

    public Chronicle() => Does(0, 1, OperationKind.Register, 1, Account.Types.Status.Active);

    /// <summary>A command that was acknowledged with the account as it was then.</summary>
    public Chronicle Does(
        double from, double to, OperationKind kind, long version, Account.Types.Status status,
        Verdict verdict = Verdict.Done, long? about = null, bool endsByItself = false) =>
        Tell(Command(kind, about, endsByItself),
            (from, to, new Answer(verdict)
            {
                Seen = [new Seen(Id, version, status)],
                Proposal = verdict == Verdict.Pending ? about ?? version : about,
            }));

    /// <summary>A command that was refused.</summary>
    public Chronicle Refused(double from, double to, OperationKind kind, string reason, long? about = null) =>
        Tell(Command(kind, about), (from, to, new Answer(Verdict.Refused, reason)));

    /// <summary>A command that nobody knows about.</summary>
    public Chronicle Tries(double from, OperationKind kind, long? about = null) =>
        Tell(Command(kind, about), (from, null, null));

    /// <summary>A read.</summary>
    public Chronicle Reads(double from, double to, long version, Account.Types.Status status, long minVersion = 0) =>
        Tell(new Intent("reader", OperationKind.Read, Id) { MinVersion = minVersion },
            (from, to, new Answer(Verdict.Done) { Seen = [new Seen(Id, version, status)] }));

    /// <summary>A visitor's read.</summary>
    public Chronicle Visits(double from, double to, bool isUp) =>
        Tell(new Intent("visitor", OperationKind.ReadPublic, Id),
            (from, to, new Answer(Verdict.Done) { Seen = isUp ? [new Seen(Id)] : [] }));

    /// <summary>A follow that was answered with whether it changed anything and the count afterwards.</summary>
    public Chronicle Follows(
        double from, double to, long follower, bool changed, long count, long version, bool follows = true) =>
        Tell(Follow(follower, follows), (from, to, FollowAnswer(changed, count, version)));

    /// <summary>A follow that nobody knows about.</summary>
    public Chronicle TriesToFollow(double from, long follower, bool follows = true) =>
        Tell(Follow(follower, follows), (from, null, null));

    /// <summary>An ingest of so many new followers.</summary>
    public Chronicle Ingests(double from, double to, long firstFollower, int followers) => Tell(
        new Intent("bulk", OperationKind.Ingest, 0)
        {
            Edges = [.. Enumerable.Range(0, followers).Select(i => new EdgeChange(Id, firstFollower + i, true))],
        },
        (from, to, new Answer(Verdict.Done) { Changed = followers }));

    /// <summary>A read of the count.</summary>
    public Chronicle Counts(double from, double to, long count, long version) => Tell(
        new Intent("reader", OperationKind.Read, Id),
        (from, to, new Answer(Verdict.Done)
        {
            Seen = [new Seen(Id, Followers: new FollowersSeen(count, version, Exact: true))],
        }));

    /// <summary>An operation with attempts, all sent to the first life of the process.</summary>
    public Chronicle Tell(Intent intent, params ReadOnlySpan<(double From, double? To, Answer? Answer)> attempts)
    {
        var told = ImmutableArray.CreateBuilder<Attempt>();
        foreach (var (from, to, answer) in attempts)
        {
            told.Add(new Attempt(1, Textbook.At(from), to is { } end ? Textbook.At(end) : null, answer));
        }

        _operations.Add(new Operation(_operations.Count, intent, told.ToImmutable()));
        return this;
    }

    /// <summary>The process dies: what it has not done by then it never does.</summary>
    public Chronicle Dies(double at)
    {
        _deaths[1] = Textbook.At(at);
        return this;
    }

    /// <summary>What a client means to do.</summary>
    public static Intent Command(OperationKind kind, long? about = null, bool endsByItself = false) =>
        new("staff", kind, Id) { RequestId = "r", Proposal = about, EndsByItself = endsByItself };

    /// <summary>What a client means to do.</summary>
    public static Intent Follow(long follower, bool follows = true) =>
        new("fan", follows ? OperationKind.Follow : OperationKind.Unfollow, Id)
        {
            Edges = [new EdgeChange(Id, follower, follows)],
        };

    /// <summary>What it is told.</summary>
    public static Answer FollowAnswer(bool changed, long count, long version) =>
        new(Verdict.Done)
        {
            Changed = changed ? 1 : 0,
            Seen = [new Seen(Id, Followers: new FollowersSeen(count, version, Exact: true))],
        };

    /// <summary>The history.</summary>
    public HistorySnapshot History() =>
        new([.. _operations], _deaths.ToImmutableDictionary(), ImmutableSortedDictionary<string, int>.Empty);

    /// <summary>The names of what is broken.</summary>
    public IEnumerable<string> Broken(ReadConsistency? reads = null)
    {
        var report = LinearizabilityChecker.Check(History(), reads ?? ReadConsistency.Linearizable);
        Assert.Empty(report.Undecided);
        return report.Violations.Select(v => v.Check);
    }
}
