using System.Diagnostics;
using AccountGrid.Gateway.Tests.Harness;

namespace AccountGrid.Gateway.Tests.Limits;

/// <summary>Measures the process's heap, so nothing else may run meanwhile.</summary>
[Collection(nameof(Alone))]
public sealed class StormTests(SharedGateway gateway)
{
    [Fact]
    public async Task A_storm_over_unknown_ids_leaves_nothing_behind()
    {
        const int Batches = 50;
        var random = new Random(20171102);
        await OneBatchAsync(random);
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var start = Stopwatch.GetTimestamp();
        for (var i = 0; i < Batches; i++)
        {
            await OneBatchAsync(random);
        }

        var grown = GC.GetTotalMemory(forceFullCollection: true) - before;
        TestContext.Current.SendDiagnosticMessage(
            "{0} unknown ids in {1}, heap {2:+0;-0} bytes", Batches * 1000, Stopwatch.GetElapsedTime(start), grown);
        Assert.True(grown < 8 * 1024 * 1024, $"The heap grew by {grown} bytes over {Batches * 1000} unknown ids.");
    }

    private async Task OneBatchAsync(Random random)
    {
        var request = new V1.BatchGetAccountsRequest();
        for (var i = 0; i < 1000; i++)
        {
            request.Ids.Add(random.NextInt64(1L << 40, long.MaxValue));
        }

        var response = await gateway.Service.Accounts.BatchGetAccountsAsync(
            request, Wire.Options.WithDeadline(DateTime.UtcNow.AddSeconds(60)));
        Assert.Equal(1000, response.MissingIds.Count);
    }
}
