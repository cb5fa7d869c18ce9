using System.Diagnostics;
using System.Globalization;
using AccountGrid.Benchmarks.Harness;
using AccountGrid.Benchmarks.Load;
using AccountGrid.Testing;
using AccountGrid.V1;

namespace AccountGrid.Benchmarks;

/// <summary>Restart after kill -9 in the middle of work, with many accounts.</summary>
internal sealed class RestartBenchmark : IBenchmark
{
    private const int DefaultAccounts = 1_000_000;
    private const int Clients = 16;

    public string Name => "restart";

    public string Summary =>
        "kill -9 under load with 1,000,000 accounts, then start until ready (<= 3 s, nothing acknowledged lost)";

    public async Task<Report> RunAsync(BenchmarkOptions options, CancellationToken cancellationToken)
    {
        var accounts = options.Accounts ?? DefaultAccounts;
        using var many =
            WorkDirectory.Prepared(options, string.Create(CultureInfo.InvariantCulture, $"restart-{accounts}"));
        using var few = WorkDirectory.Create(options);
        await PrepareAsync(many, accounts, cancellationToken);
        await PrepareAsync(few, TransitionScript.AccountsOf(Clients), cancellationToken);

        var acknowledged = 0L;
        var series = await Rounds.RunAsync(
            options.Rounds,
            warmUps: 1,
            [
                new Contender("few accounts", _ => KillAndRestartAsync(few.Sub("silo"), cancellationToken)),
                new Contender($"{accounts:#,0} accounts",
                    _ => KillAndRestartAsync(many.Sub("silo"), cancellationToken)),
            ],
            cancellationToken);
        await using var silo = await SiloUnderTest.StartAsync(many.Sub("silo"), null, cancellationToken);
        var audit = await SiloUnderTest.VerifyAuditAsync(silo, accounts + acknowledged, cancellationToken);
        return new Report(
            $"from the start of the process until ready, after kill -9 under load, with {accounts:#,0} accounts against {TransitionScript.AccountsOf(Clients):#,0}",
            [Row.Compare("start after kill -9 until /health/ready", series[0], series[1], Units.Time,
                Goal.OursAtMost(3, "3 s"))],
            SyncCost.Measure(many.FullPath),
            [
                $"after every restart each of the {TransitionScript.AccountsOf(Clients):#,0} accounts under load had every acknowledged transition; {audit}"],
            [
                $"killed while {Clients} clients deactivated and restored; the write-ahead log was whatever the kill left"]);

        async Task<Sample> KillAndRestartAsync(string directory, CancellationToken token)
        {
            var (sample, count) = await MeasureAsync(directory, token);
            acknowledged += directory == many.Sub("silo") ? count : 0;
            return sample;
        }
    }

    private static async Task PrepareAsync(WorkDirectory directory, int accounts, CancellationToken cancellationToken)
    {
        var done = directory.File("prepared");
        if (!File.Exists(done))
        {
            Progress.Report($"registering {accounts:#,0} accounts");
            await AccountSeeder.SeedAsync(directory.Sub("silo"), accounts, cancellationToken);
            await File.WriteAllTextAsync(done, "", cancellationToken);
        }
    }

    private static async Task<(Sample Sample, long Acknowledged)> MeasureAsync(
        string directory, CancellationToken cancellationToken)
    {
        await using var silo = await SiloUnderTest.StartAsync(directory, null, cancellationToken);
        var script = new TransitionScript(Clients, firstAccount: 1, byOwner: true);
        await RestoreAsync(silo, script.Accounts, cancellationToken);
        var before = await SiloUnderTest.ReadAllAsync(silo, script.Accounts, cancellationToken);
        var token = silo.Token(SiloUnderTest.Service, "service");
        var load = new GrpcLoad([silo.Grpc], _ => token, TransitionScript.Methods).RunAsync(
            script, Clients, TimeSpan.FromMinutes(1), cancellationToken);
        while (script.Acknowledged < 2_000 && !load.IsCompleted)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(5), cancellationToken);
        }

        await silo.KillAsync();
        await SwallowAsync(load);
        var start = Stopwatch.GetTimestamp();
        await silo.RestartAsync(cancellationToken);
        var took = Stopwatch.GetElapsedTime(start);
        var after = await SiloUnderTest.ReadAllAsync(silo, script.Accounts, cancellationToken);
        for (var i = 0; i < after.Count; i++)
        {
            var least = before[i].Version + script.AcknowledgedOf(i);
            VerificationException.ThrowUnlessEqual(true, after[i].Version >= least,
                $"Account {after[i].Id} has version {after[i].Version}, acknowledged was {least}");
        }

        await silo.StopAsync(cancellationToken: cancellationToken);
        return (new Sample(took.TotalSeconds), script.Acknowledged);
    }

    // A kill leaves accounts down whose restore was never sent.
    private static async Task RestoreAsync(
        SiloProcess silo, IReadOnlyList<long> ids, CancellationToken cancellationToken)
    {
        foreach (var account in await SiloUnderTest.ReadAllAsync(silo, ids, cancellationToken))
        {
            if (account.Status != Account.Types.Status.Active)
            {
                await SiloUnderTest.Accounts(silo).RestoreAccountAsync(
                    new RestoreAccountRequest { Id = account.Id, Reason = "OWNER_REQUEST", Owner = true },
                    cancellationToken: cancellationToken);
            }
        }
    }

    private static async Task SwallowAsync(Task load)
    {
        try
        {
            await load;
        }
        catch (Exception e) when (e is InvalidOperationException or System.Net.Sockets.SocketException)
        {
            // The connections died with the process; that is the point.
        }
    }
}
