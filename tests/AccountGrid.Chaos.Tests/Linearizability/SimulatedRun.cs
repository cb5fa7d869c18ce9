using System.Collections.Immutable;
using AccountGrid.Chaos.Histories;
using AccountGrid.V1;

namespace AccountGrid.Chaos.Tests.Linearizability;

/// <summary>
/// A run as it would be if every account were perfect: each operation has one instant between its call and its answer,
/// and what it is told is what is true then. Some are sent twice, some are never answered. By the seed alone.
/// </summary>
internal sealed class SimulatedRun
{
    private readonly Random _random;
    private readonly SimulatedAccount[] _accounts;
    private readonly Operation[] _operations;

    public SimulatedRun(int seed, int accounts, int clients, int operations)
    {
        _random = new Random(seed);
        _accounts = [.. Enumerable.Range(1, accounts).Select(id => new SimulatedAccount(id))];
        var free = new double[clients];
        var plans = new List<Plan>();
        for (var i = 0; i < operations; i++)
        {
            var client = i % clients;
            var from = free[client] + (_random.NextDouble() * 0.02);
            var at = from + (_random.NextDouble() * 0.05);
            var to = at + (_random.NextDouble() * 0.05);
            free[client] = to;
            plans.Add(new(client, _accounts[_random.Next(accounts)], from, at, to, _random.Next(50),
                _random.Next(100)));
        }

        // Registered before anything else; then in the order of the instants at which they act.
        var registered = _accounts.Select(a => Tell(a.Register(), -2, -1, Fate.Answered));
        var told = plans.OrderBy(p => p.At)
            .Select(p => Tell(p.Account.Act(p.Client, p.Follower, p.Dice), p.From, p.To, FateOf(p.At)));
        _operations = [.. registered.Concat(told).ToArray().OrderBy(o => o.InvokedAt)
            .Select((o, i) => o with { Number = i })];
    }

    private enum Fate
    {
        Answered,
        Retried,
        Unknown,
    }

    public HistorySnapshot History() => Of(_operations);

    /// <summary>The same, but that one read in the middle shows what was no longer true when it was made.</summary>
    public HistorySnapshot HistoryWithAStaleRead(out long account)
    {
        var reads = _operations.Where(o => o.Intent.Kind == OperationKind.Read).ToArray();
        var read = reads[reads.Length / 2];
        var id = account = read.Intent.Account;
        var old = _operations.First(o => o.Intent.Account == id && o.Answer is { Seen: [{ Version: 3 }] }).Answer;
        return Of(_operations.Select(o => o == read ? o with { Attempts = [o.Attempts[0] with { Answer = old }] } : o));
    }

    private static HistorySnapshot Of(IEnumerable<Operation> operations) =>
        new([.. operations], ImmutableDictionary<int, TimeSpan>.Empty, ImmutableSortedDictionary<string, int>.Empty);

    private Fate FateOf(double at) =>
        at < 0 ? Fate.Answered : _random.Next(100) switch
        {
            < 2 => Fate.Unknown,
            < 6 => Fate.Retried,
            _ => Fate.Answered
        };

    private static Operation Tell((Intent Intent, Answer Answer) acted, double from, double to, Fate fate)
    {
        // Only what a client sends again by a request id is told here as sent twice or lost; it acted all the same.
        fate = acted.Intent.IsCommand ? fate : Fate.Answered;
        var answered = new Attempt(1, Textbook.At(from + 10), Textbook.At(to + 10), acted.Answer);
        return new(0, acted.Intent, fate switch
        {
            Fate.Unknown => [answered with { Answer = null }],
            Fate.Retried => [answered with { Answer = null, EndedAt = answered.StartedAt }, answered],
            _ => [answered],
        });
    }

    private sealed record Plan(
        int Client, SimulatedAccount Account, double From, double At, double To, int Follower, int Dice);

    /// <summary>One account that makes no mistakes.</summary>
    private sealed class SimulatedAccount(long id)
    {
        private readonly HashSet<long> _followers = [];
        private bool _isDown;
        private bool _isSuspended;
        private long _version;
        private long _changes;

        public (Intent Intent, Answer Answer) Register()
        {
            _version = 1;
            return (new Intent("first", OperationKind.Register, id) { RequestId = "first" }, Show());
        }

        public (Intent Intent, Answer Answer) Act(int client, int follower, int dice) => dice switch
        {
            < 12 => Command(OperationKind.Deactivate, !_isDown, () => _isDown = true),
            < 20 => Command(OperationKind.Suspend, !_isSuspended, () => _isSuspended = true),
            < 32 => Command(OperationKind.Restore, _isDown || _isSuspended, Restore),
            < 50 => Follow(client, follower, follows: true),
            < 60 => Follow(client, follower, follows: false),
            _ => (new Intent("reader", OperationKind.Read, id), Show()),
        };

        private void Restore()
        {
            _version += _isDown && _isSuspended ? 1 : 0;
            _isDown = _isSuspended = false;
        }

        private (Intent Intent, Answer Answer) Command(OperationKind kind, bool isAllowed, Action act)
        {
            var intent = new Intent("staff", kind, id) { RequestId = "r" };
            if (!isAllowed)
            {
                // The attempt is an entry, which remembers the request id.
                _version++;
                return (intent, new Answer(Verdict.Refused, "WRONG_STATUS"));
            }

            _version++;
            act();
            return (intent, Show());
        }

        private (Intent Intent, Answer Answer) Follow(int client, int follower, bool follows)
        {
            var edge = (client * 1000L) + follower;
            var changed = follows ? _followers.Add(edge) : _followers.Remove(edge);
            _changes += changed ? 1 : 0;
            return (
                new Intent($"fan{client}", follows ? OperationKind.Follow : OperationKind.Unfollow, id)
                {
                    Edges = [new EdgeChange(id, edge, follows)],
                },
                new Answer(Verdict.Done) { Changed = changed ? 1 : 0, Seen = [new Seen(id, Followers: Count())] });
        }

        private FollowersSeen Count() => new(_followers.Count, _changes, Exact: true);

        private Answer Show() => new(Verdict.Done)
        {
            Seen =
            [
                new Seen(id, _version, _isSuspended ? Account.Types.Status.Suspended
                    : _isDown ? Account.Types.Status.Deactivated : Account.Types.Status.Active, Count()),
            ],
        };
    }
}
