using System.Globalization;
using AccountGrid.Benchmarks.Baselines;
using AccountGrid.Benchmarks.Harness;
using AccountGrid.Benchmarks.Memory;
using AccountGrid.Testing;

namespace AccountGrid.Benchmarks;

/// <summary>Heap per active account against a bare grain.</summary>
internal sealed class MemoryBenchmark : IBenchmark
{
    private const int DefaultActivations = 100_000;

    public string Name => "memory";

    public string Summary =>
        "collected heap per active account against a grain without anything in it, 100,000 of each (<= 1.5x)";

    public async Task<Report> RunAsync(BenchmarkOptions options, CancellationToken cancellationToken)
    {
        var activations = options.Accounts ?? DefaultActivations;
        using var directory =
            WorkDirectory.Prepared(options, string.Create(CultureInfo.InvariantCulture, $"memory-{activations}"));
        var done = directory.File("prepared");
        if (!File.Exists(done))
        {
            Progress.Report($"registering {activations:#,0} accounts");
            await AccountSeeder.SeedAsync(directory.Sub("silo"), activations + MemoryProbe.WarmUp, cancellationToken);
            await File.WriteAllTextAsync(done, "", cancellationToken);
        }

        var series = await Rounds.RunAsync(
            options.Rounds,
            warmUps: 0,
            [
                new Contender("bare grains",
                    _ => MeasureAsync(MemoryKind.Bare, directory.Sub("bare"), activations, cancellationToken)),
                new Contender("accounts",
                    _ => MeasureAsync(MemoryKind.Account, directory.Sub("silo"), activations, cancellationToken)),
            ],
            cancellationToken);
        return new Report(
            $"collected heap per activation, {activations:#,0} accounts against as many bare grains, each in a silo of its own",
            [Row.Compare("heap per activation, directory and cache entries included", series[0], series[1], Units.Bytes,
                Goal.RatioAtMost(1.5))],
            null,
            [
                "every account answered a read with its own handle, and every activation was alive when the heap was measured"],
            [
                "accounts without holds, as nearly all are; ours is the silo's own host with store and gateway, the baseline a silo with the bare grain alone"]);
    }

    private static async Task<Sample> MeasureAsync(
        MemoryKind kind, string directory, int activations, CancellationToken cancellationToken)
    {
        string[] verb = ["measure-memory", "--kind", kind.ToString(), "--directory", directory, "--activations",
            activations.ToString(CultureInfo.InvariantCulture)];
        await using var process = new RunningProcess(BaselineProcess.Self(verb, null));
        return new Sample(
            double.Parse(await process.WaitForValueAsync(MemoryProbe.Result, cancellationToken),
                CultureInfo.InvariantCulture));
    }
}
