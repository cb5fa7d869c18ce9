using System.Collections.Immutable;
using System.Globalization;
using System.Reflection;
using AccountGrid.Chaos.Checkers;
using AccountGrid.Chaos.Histories;
using AccountGrid.Chaos.Linearizability;
using AccountGrid.Chaos.Running;
using AccountGrid.Chaos.Workloads;
using AccountGrid.Testing;
using Grpc.Core;

namespace AccountGrid.Chaos.Tests.Mutants;

/// <summary>
/// A silo, right or wrong, with clients who follow a script instead of a dice: what is tried is tried exactly once, at the right moment. History and checkers are those of every other
/// chaos test. Used by one test.
/// </summary>
internal sealed class Stage : IAsyncDisposable
{
    /// <summary>No checkpoints: the longest interval that is allowed.</summary>
    public static readonly KeyValuePair<string, string> NoCheckpoints =
        new("ACCOUNTGRID__CHECKPOINTS__INTERVAL", "1.00:00:00");

    /// <summary>
    /// Counts are not compared with their edges in the background: a wrong one that was found is served as not exact.
    /// </summary>
    public static readonly KeyValuePair<string, string> NoReconciler = new("ACCOUNTGRID__RECONCILER__ENABLED", "false");

    private readonly TempDirectory _data = new();
    private readonly History _history = new(TimeProvider.System, capacity: 1000);
    private readonly List<(SiloProcess Silo, Workloads.Client Client, Connection Connection)> _silos = [];
    private int _incarnation = 1;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>The program that hosts the silo with a mutation.</summary>
    private static string Program => typeof(Stage).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().First(a => a.Key == "MutantsAssembly").Value!;

    /// <summary>One silo on SQLite.</summary>
    /// <param name="mutant">What is wrong with it; <c>none</c> = nothing.</param>
    /// <param name="settings">Further settings, as environment variables.</param>
    public static async Task<Stage> StartAsync(string mutant, params KeyValuePair<string, string>[] settings)
    {
        var stage = new Stage();
        await stage.AddAsync(mutant, settings);
        return stage;
    }

    /// <summary>
    /// Two silos that know nothing of each other on one PostgreSQL database: each is a cluster of its own, so that every account has two activations at once, for as long as one likes.
    /// </summary>
    public static async Task<Stage> StartSplitAsync(string mutant, PostgresServer server)
    {
        var stage = new Stage();
        foreach (var half in (string[])["one", "other"])
        {
            await stage.AddAsync(
                mutant,
                [
                    new("ACCOUNTGRID__POSTGRES", server.ConnectionString()),
                    new("ACCOUNTGRID__STORAGE__SCHEMA", "split_" + mutant.Replace('-', '_')),
                    new("ACCOUNTGRID__CLUSTER__ID", half),
                    NoCheckpoints,
                ]);
        }

        return stage;
    }

    /// <summary>Silos of one cluster on one PostgreSQL database.</summary>
    public static async Task<Stage> StartClusterAsync(string mutant, PostgresServer server, int silos)
    {
        var stage = new Stage();
        for (var silo = 0; silo < silos; silo++)
        {
            await stage.AddAsync(
                mutant,
                [
                    new("ACCOUNTGRID__POSTGRES", server.ConnectionString()),
                    new("ACCOUNTGRID__STORAGE__SCHEMA", "cluster_" + mutant.Replace('-', '_')),
                    NoCheckpoints,
                ]);
        }

        return stage;
    }

    /// <summary>What the clients did and were told.</summary>
    public History History => _history;

    /// <summary>One of the silos, by number.</summary>
    public SiloProcess SiloAt(int number) => _silos[number].Silo;

    /// <summary>
    /// Compares what caches answered with what clients were told and with the journals, read through the last silo.
    /// </summary>
    public async Task<ImmutableArray<Violation>> CheckCachesAsync(IEnumerable<CacheLook> looks, TimeSpan bound)
    {
        var history = _history.Snapshot();
        var recovered = await RecoverAsync(_silos[^1].Silo, history, new DiskState([], [], LastCheckpoint: 0));
        return [.. CacheChecker.Check(history, recovered, looks, bound)];
    }

    /// <summary>Does it, until it is answered.</summary>
    public async Task<Answer> DoAsync(PlannedCall call, int silo = 0) =>
        await _silos[silo].Client.RunAsync(call, mayGiveUp: false, Token) ?? throw new InvalidOperationException($"No answer: {call.Intent}");

    /// <summary>Does it; its answer is lost on the way, something else happens, and it is sent again.</summary>
    public Task<Answer> DoTwiceAsync(PlannedCall call, Func<Task> meanwhile)
    {
        var isFirst = true;
        return DoAsync(call with
        {
            Send = async (invoker, options) =>
            {
                var answer = await call.Send(invoker, options);
                if (isFirst)
                {
                    isFirst = false;
                    await meanwhile();
                    throw new RpcException(new Status(StatusCode.Unavailable, "The answer is lost."));
                }

                return answer;
            },
        });
    }

    /// <summary>SIGKILL at once, a look at the disk, a new life, and every checker there is.</summary>
    public async Task<ImmutableArray<Violation>> FallAndCheckAsync()
    {
        var (silo, _, connection) = _silos[0];
        await silo.KillAsync();
        _history.Died(_incarnation++);
        var disk = DiskReader.Read(_data.FullPath);
        await silo.RestartAsync(Token);
        connection.Publish(new Endpoint(_incarnation, silo.Anonymous()));
        return await CheckAsync(silo, disk, ReadConsistency.Linearizable);
    }

    /// <summary>Every checker there is, with what the last silo says. A read may be old: each half of a split believes what it remembers.</summary>
    public Task<ImmutableArray<Violation>> CheckSplitAsync() => CheckAsync(_silos[^1].Silo, new DiskState([], [], LastCheckpoint: 0), ReadConsistency.Monotonic);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var (silo, _, _) in _silos)
        {
            await silo.DisposeAsync();
        }

        _data.Dispose();
    }

    private async Task<ImmutableArray<Violation>> CheckAsync(SiloProcess silo, DiskState disk, ReadConsistency reads)
    {
        var history = _history.Snapshot();
        var recovered = await RecoverAsync(silo, history, disk);
        var report = LinearizabilityChecker.Check(history, reads, recovered);
        Assert.Empty(report.Undecided);
        ImmutableArray<Violation> violations = [.. AllCheckers.Check(history, recovered, null, new CheckRules(ProtectedReach: 60, MaxHarms: 30)), .. report.Violations];
        foreach (var violation in violations)
        {
            TestContext.Current.TestOutputHelper?.WriteLine(violation.ToString());
        }

        return violations;
    }

    private static Task<RecoveredState> RecoverAsync(SiloProcess silo, HistorySnapshot history, DiskState disk)
    {
        var ids = history.Operations.Where(static o => o.Intent.Kind == OperationKind.Register)
            .Select(static o => o.Intent.Account).ToArray();
        var reader = new RecoveryReader(
            silo.Anonymous(), silo.Token("shop", "service"), silo.Token("auditor", "auditor"));
        return reader.ReadAsync(ids, disk, Token);
    }

    private async Task AddAsync(string mutant, KeyValuePair<string, string>[] settings)
    {
        var options = SiloSettings.For(_data.FullPath, new CrashRunOptions(Seed: 0, Kills: 0));
        var silo = await SiloProcess.StartAsync(
            options with
            {
                Assembly = Program,
                Environment = options.Environment.Where(e => settings.All(s => s.Key != e.Key)).Concat(settings)
                    .Append(new("ACCOUNTGRID_MUTANT", mutant)).ToDictionary(e => e.Key, e => e.Value),
            },
            Token);
        var connection = new Connection();
        connection.Publish(new Endpoint(_incarnation, silo.Anonymous()));
        var client = new Workloads.Client(
            _history,
            connection,
            (subject, roles) => silo.Token(subject, [.. roles]),
            new Random(0),
            new WorkloadOptions());
        _silos.Add((silo, client, connection));
    }
}

/// <summary>What the clients of a <see cref="Stage"/> can do. Every command has a request id of its own.</summary>
internal sealed class Script
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(30);
    private int _requests;

    public PlannedCall Register(long account)
    {
        var request = new V1.RegisterAccountRequest { Id = account, Handle = $"chaos_{account}", RequestId = RequestId() };
        return Shop(OperationKind.Register, account, request.RequestId, async (invoker, call) =>
            GridCalls.Of(V1.Outcome.Done, (await new V1.AccountService.AccountServiceClient(invoker).RegisterAccountAsync(request, call)).Account));
    }

    public PlannedCall Deactivate(long account, bool directOnly = false)
    {
        var request = new V1.DeactivateAccountRequest { Id = account, Reason = "SPAM", RequestId = RequestId(), DirectOnly = directOnly };
        return Kim(OperationKind.Deactivate, account, request.RequestId, async (invoker, call) =>
        {
            var answer = await new V1.AccountService.AccountServiceClient(invoker).DeactivateAccountAsync(request, call);
            return GridCalls.Of(answer.Outcome, answer.Account, answer.Proposal);
        });
    }

    public PlannedCall Restore(long account)
    {
        var request = new V1.RestoreAccountRequest { Id = account, Reason = "ERROR", RequestId = RequestId() };
        return Kim(OperationKind.Restore, account, request.RequestId, async (invoker, call) =>
        {
            var answer = await new V1.AccountService.AccountServiceClient(invoker).RestoreAccountAsync(request, call);
            return GridCalls.Of(answer.Outcome, answer.Account);
        });
    }

    public PlannedCall Protect(long account)
    {
        var request = new V1.ProtectAccountRequest { Id = account, Reason = "OTHER", RequestId = RequestId() };
        return Kim(OperationKind.Protect, account, request.RequestId, async (invoker, call) =>
        {
            var answer = await new V1.AccountService.AccountServiceClient(invoker).ProtectAccountAsync(request, call);
            return GridCalls.Of(answer.Outcome, answer.Account);
        });
    }

    public static PlannedCall Follow(long account, long follower)
    {
        var request = new V1.PutFollowerRequest { Account = account, Follower = follower };
        var planned = Shop(OperationKind.Follow, account, requestId: null, async (invoker, call) =>
        {
            var answer = await new V1.FollowerService.FollowerServiceClient(invoker).PutFollowerAsync(request, call);
            return new Answer(Verdict.Done) { Changed = answer.Changed ? 1 : 0, Seen = [new Seen(account, Followers: GridCalls.Of(answer.Followers))] };
        });
        return planned with { Intent = planned.Intent with { Edges = [new EdgeChange(account, follower, Follows: true)] } };
    }

    public static PlannedCall Read(long account)
    {
        var request = new V1.GetAccountRequest { Id = account };
        return Shop(OperationKind.Read, account, requestId: null, async (invoker, call) =>
            new Answer(Verdict.Done) { Seen = [GridCalls.Of(await new V1.AccountService.AccountServiceClient(invoker).GetAccountAsync(request, call))] });
    }

    private static PlannedCall Kim(OperationKind kind, long account, string requestId, Func<CallInvoker, CallOptions, Task<Answer>> send) =>
        new(new Intent("staff", kind, account) { RequestId = requestId, Actor = "operator:kim" }, "kim", ["support", "approver"], send, Timeout);

    private static PlannedCall Shop(OperationKind kind, long account, string? requestId, Func<CallInvoker, CallOptions, Task<Answer>> send) =>
        new(new Intent("shop", kind, account) { RequestId = requestId, Actor = "service:shop" }, "shop", ["service"], send, Timeout);

    private string RequestId() => string.Create(CultureInfo.InvariantCulture, $"r{++_requests}");
}
