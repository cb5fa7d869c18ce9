using AccountGrid.Chaos.Checkers;
using AccountGrid.Chaos.Histories;
using AccountGrid.Chaos.Running;
using LedgerCall = AccountGrid.Chaos.Linearizability.Call<AccountGrid.Chaos.Linearizability.LedgerInput, AccountGrid.Chaos.Linearizability.LedgerOutput>;

namespace AccountGrid.Chaos.Linearizability;

/// <summary>
/// What a history says about every account's count, as calls. Goes through the follows in the order in which they were begun, because what one does to the count depends on whether
/// its edge was there, and only its one client's earlier follows say that. Used once.
/// </summary>
internal sealed class LedgerCalls
{
    private readonly HistorySnapshot _history;
    private readonly ReadConsistency _reads;
    private readonly Dictionary<(long Account, long Follower), Edge> _edges = [];
    private readonly List<(long Account, LedgerCall Call)> _calls = [];

    private LedgerCalls(HistorySnapshot history, ReadConsistency reads) => (_history, _reads) = (history, reads);

    /// <param name="history">The history.</param>
    /// <param name="reads">How old a read may be.</param>
    /// <param name="recovered">What was served at the end, with no client at work; <c>null</c> = not looked at.</param>
    public static ILookup<long, LedgerCall> Of(HistorySnapshot history, ReadConsistency reads, RecoveredState? recovered)
    {
        var calls = new LedgerCalls(history, reads);
        foreach (var operation in history.Operations)
        {
            calls.Add(operation);
        }

        foreach (var account in recovered?.Accounts.Values ?? [])
        {
            calls.Look(account.Served, history.End, history.End, "at the end");
        }

        return calls._calls
            .Concat(calls._edges.SelectMany(e => e.Value.Drafts.Select(d => (e.Key.Account, d))))
            .ToLookup(c => c.Item1, c => c.Item2);
    }

    private void Add(Operation operation)
    {
        foreach (var part in operation.Intent.Edges.Index().GroupBy(e => e.Item.Account))
        {
            Follow(operation, part.Key, [.. part]);
        }

        var isFollow = operation.Intent.Kind is OperationKind.Follow or OperationKind.Unfollow;
        foreach (var seen in operation.Answer?.Seen ?? [])
        {
            // A follow is answered with what its own transaction made, which no silo's memory can make old.
            var calledAt = operation.Attempts[^1].StartedAt;
            Look(seen, isFollow ? calledAt : _reads.OldestOf(calledAt, operation.AnsweredAt), operation.AnsweredAt, JournalCalls.Name(operation));
        }
    }

    private void Look(Seen seen, TimeSpan from, TimeSpan to, string name)
    {
        if (seen.Followers is { Exact: true } followers)
        {
            _calls.Add((seen.Account, new(new LedgerInput.Look(), new LedgerOutput.Shown(followers.Count, followers.Version), from, to, name)));
        }
    }

    /// <summary>The changes of one operation on one account.</summary>
    private void Follow(Operation operation, long account, IReadOnlyList<(int Index, EdgeChange Item)> changes)
    {
        var net = default(Net);
        foreach (var (index, change) in changes)
        {
            net += Touch(operation, change, operation.Answer?.RefusedEdges.Contains(index) == true);
        }

        if (operation.Intent.Kind == OperationKind.Ingest)
        {
            AddBulk(operation, account, changes, net);
        }
        else if (operation.Answer is { Verdict: not Verdict.Refused } answer)
        {
            AddChange(operation, account, changes[0].Item, answer, net);
        }
    }

    private void AddChange(Operation operation, long account, EdgeChange change, Answer answer, Net net)
    {
        // A gateway sends a follow again whose silo went away: the one that is answered may find done what the one before it did.
        var step = change.Follows ? 1 : -1;
        var onlyOnce = operation.Attempts.Length == 1 && !_reads.IsUnsettled(operation.InvokedAt, operation.AnsweredAt);
        var input = answer.Changed == 1 ? new LedgerInput.Change(step, step)
            : onlyOnce ? new LedgerInput.Change(0, 0)
            : new LedgerInput.Change(net.Least, net.Most);
        if (input is not { Least: 0, Most: 0 })
        {
            _calls.Add((account, new(
                input, new LedgerOutput.Done(answer.Seen.FirstOrDefault()?.Followers?.Version), operation.InvokedAt, operation.AnsweredAt, JournalCalls.Name(operation))));
        }
    }

    /// <summary>
    /// Begins and ends at once: that it may do anything in between explains whatever a later beginning or an earlier end would. With attempts that were never answered it lasts as long as one
    /// of these may act, and may do everything as often as there are attempts, since others may undo it in between.
    /// </summary>
    private void AddBulk(Operation operation, long account, IReadOnlyList<(int Index, EdgeChange Item)> changes, Net net)
    {
        var follows = changes.Count(c => c.Item.Follows) * operation.Attempts.Length;
        var all = changes.Count * operation.Attempts.Length;
        var bulk = new Bulk(follows, all - follows);
        var isPlain = operation.Answer is not null && operation.Attempts.Length == 1;
        var (began, ends, name) = (operation.InvokedAt, operation.Attempts.Max(_history.EffectEnds), JournalCalls.Name(operation));
        _calls.Add((account, new(new LedgerInput.BulkBegins(bulk), new LedgerOutput.Done(), began, began, name)));
        if (ends < TimeSpan.MaxValue)
        {
            var end = isPlain ? new LedgerInput.BulkEnds(bulk, net.Least, net.Most, all) : new LedgerInput.BulkEnds(bulk, follows - all, follows, all);
            _calls.Add((account, new(end, new LedgerOutput.Done(), ends, ends, name)));
        }
    }

    /// <summary>What one change does to the count by the operation's end.</summary>
    private Net Touch(Operation operation, EdgeChange change, bool refused)
    {
        var key = (change.Account, change.Follower);
        if (!_edges.TryGetValue(key, out var edge))
        {
            _edges[key] = edge = new Edge();
        }

        var (model, follows) = (edge.Model, change.Follows);
        var isDone = !refused && operation.Answer is { Verdict: not Verdict.Refused };
        model.Begin(operation.InvokedAt);
        var (must, may) = (model.MustChange(follows) && isDone, model.MayChange(follows));
        if (edge.LingersUntil(!follows, operation.InvokedAt) is { } until)
        {
            edge.Drafts.Add(Perhaps(!follows, operation, until));
        }

        var silent = operation.Attempts.Where(a => a.Answer is null).ToArray();
        foreach (var attempt in silent)
        {
            model.Perhaps(follows, _history.EffectEnds(attempt), operation);
            if (operation.Intent.Kind != OperationKind.Ingest)
            {
                edge.Lingering.Add((follows, _history.EffectEnds(attempt)));
            }
        }

        if (isDone)
        {
            model.Certainly(follows, operation);
            edge.EndDrafts(operation);
        }
        else if (silent.Length > 0 && operation.Intent.Kind != OperationKind.Ingest && may)
        {
            edge.Drafts.Add(Perhaps(follows, operation, silent.Max(_history.EffectEnds)));
        }

        may &= isDone || silent.Length > 0;
        return follows ? new(must ? 1 : 0, may ? 1 : 0) : new(may ? -1 : 0, must ? -1 : 0);
    }

    private static LedgerCall Perhaps(bool follows, Operation operation, TimeSpan until) =>
        new(follows ? new LedgerInput.Change(1, 1) : new LedgerInput.Change(-1, -1), null, operation.InvokedAt, until, JournalCalls.Name(operation));

    /// <summary>What something does to the count, at least and at most.</summary>
    private readonly record struct Net(int Least, int Most)
    {
        public static Net operator +(Net one, Net other) => new(one.Least + other.Least, one.Most + other.Most);
    }

    /// <summary>One edge, and what may yet become of attempts that were never answered.</summary>
    private sealed class Edge
    {
        public EdgeModel Model { get; } = new();

        public List<LedgerCall> Drafts { get; } = [];

        /// <summary>Attempts to follow or unfollow that were never answered, and until when they may act; not those of ingests, which last until then as a whole.</summary>
        public List<(bool Follows, TimeSpan Until)> Lingering { get; } = [];

        /// <summary>Until when such an attempt may still act; <c>null</c> = there is none.</summary>
        public TimeSpan? LingersUntil(bool follows, TimeSpan now) =>
            Lingering.Where(l => l.Follows == follows && l.Until > now).Select(l => (TimeSpan?)l.Until).Max();

        /// <summary>
        /// Its client has been told how the edge is. Whatever was under way has changed it by then, or finds it so; only where it wants the opposite it may still act, and then the
        /// next operation of the client makes another draft of it.
        /// </summary>
        public void EndDrafts(Operation operation)
        {
            for (var i = 0; i < Drafts.Count; i++)
            {
                var draft = Drafts[i];
                if (draft.CalledAt < operation.InvokedAt && draft.AnsweredAt > operation.AnsweredAt)
                {
                    Drafts[i] = draft with { AnsweredAt = operation.AnsweredAt };
                }
            }
        }
    }
}
