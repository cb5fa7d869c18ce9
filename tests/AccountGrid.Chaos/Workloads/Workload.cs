using System.Globalization;
using System.Threading.Channels;
using AccountGrid.Chaos.Histories;

namespace AccountGrid.Chaos.Workloads;

/// <summary>
/// All the clients at once, each with its own seeded source of randomness: staff, followers, and one for big ingests on demand. Knows nothing of processes: it works
/// against whatever <see cref="Connection"/> leads to.
/// </summary>
internal sealed class Workload : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly Channel<TaskCompletionSource> _bigIngests = Channel.CreateBounded<TaskCompletionSource>(1);
    private readonly SharedBoard _board = new(maxProposals: 64);
    private readonly WorkloadOptions _options;
    private readonly Func<int, Client> _newClient;
    private readonly int _seed;
    private readonly TimeProvider _clock;
    private Task _running = Task.CompletedTask;

    public Workload(
        History history, Connection connection, Func<string, IEnumerable<string>, string> tokenFor, WorkloadOptions options, int seed, TimeProvider clock)
    {
        (_options, _seed, _clock) = (options, seed, clock);
        _newClient = number => new Client(history, connection, tokenFor, NewRandom(number), options);
    }

    /// <summary>The accounts that exist for certain.</summary>
    public IReadOnlyCollection<long> Accounts => _board.Accounts;

    /// <summary>Registers the first accounts, then lets every client go.</summary>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var planner = new StaffPlanner("first", NewRandom(-1), _board, _options, _clock);
        var client = _newClient(-1);
        for (var account = _options.FirstAccount; account < _options.FirstAccount + _options.FirstAccounts; account++)
        {
            var answer = await client.RunAsync(planner.Register(account), mayGiveUp: false, cancellationToken);
            _board.Add(answer is { Verdict: Verdict.Done } ? account : throw new InvalidOperationException($"Account {account} was not registered: {answer}"));
        }

        _running = Task.WhenAll(
        [
            .. Enumerable.Range(0, _options.StaffClients).Select(i => Task.Run(() => RunStaffAsync(i), cancellationToken)),
            .. Enumerable.Range(0, _options.FollowClients).Select(i => Task.Run(() => RunFollowerAsync(i), cancellationToken)),
            Task.Run(RunBigIngestsAsync, cancellationToken),
        ]);
    }

    /// <summary>Begins a big ingest.</summary>
    /// <returns>A task that completes when its first attempt is about to leave.</returns>
    public async Task BeginBigIngestAsync(CancellationToken cancellationToken)
    {
        var begins = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await _bigIngests.Writer.WriteAsync(begins, cancellationToken);
        await begins.Task.WaitAsync(cancellationToken);
    }

    /// <summary>Throws what a client threw, if one has ended before its time.</summary>
    public async Task ThrowIfBrokenAsync()
    {
        if (_running.IsFaulted)
        {
            await _running;
        }
    }

    /// <summary>Lets every client finish the attempt that it is in, and no more. What one threw is thrown by <see cref="ThrowIfBrokenAsync"/>.</summary>
    public async Task StopAsync()
    {
        await _stop.CancelAsync();
        await _running.ContinueWith(static _ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _stop.Dispose();
    }

    private static string Name(string kind, int number) => string.Create(CultureInfo.InvariantCulture, $"{kind}{number}");

    private async Task RunStaffAsync(int number)
    {
        var (client, random) = (_newClient(number), NewRandom(100 + number));
        var planner = new StaffPlanner(Name("staff", number), random, _board, _options, _clock);
        while (!client.IsFull)
        {
            var planned = planner.Next();
            var answer = await client.RunAsync(planned, mayGiveUp: true, _stop.Token);
            if (planned.Intent.Kind == OperationKind.Register && answer is { Verdict: Verdict.Done })
            {
                _board.Add(planned.Intent.Account);
            }

            await PauseAsync(random);
        }
    }

    private async Task RunFollowerAsync(int number)
    {
        var (client, random) = (_newClient(1000 + number), NewRandom(1100 + number));
        var planner = new FollowPlanner(Name("fan", number), FirstFollower(number), random, _board, _options);
        while (!client.IsFull)
        {
            await client.RunAsync(planner.Next(), mayGiveUp: true, _stop.Token);
            await PauseAsync(random);
        }
    }

    private async Task RunBigIngestsAsync()
    {
        var client = _newClient(2000);
        var planner = new FollowPlanner("bulk", FirstFollower(500), NewRandom(2100), _board, _options);
        await foreach (var begins in _bigIngests.Reader.ReadAllAsync(_stop.Token))
        {
            var planned = planner.BigIngest();
            await client.RunAsync(planned with
            {
                Send = (invoker, call) =>
                {
                    begins.TrySetResult();
                    return planned.Send(invoker, call);
                },
            }, mayGiveUp: false, _stop.Token);
        }
    }

    // No two clients ever move the same edge.
    private static long FirstFollower(int number) => 1_000_000_000L + (number * 1_000_000L);

    private Task PauseAsync(Random random) => Task.Delay(_options.MaxPause * random.NextDouble(), _clock, _stop.Token);

    private Random NewRandom(int number) => new(HashCode(_seed, number));

    // System.HashCode differs from process to process; a seed must not.
    private static int HashCode(int seed, int number) => unchecked((seed * 486_187_739) + (number * 16_777_619) + 7);
}
