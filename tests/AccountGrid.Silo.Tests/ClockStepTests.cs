using AccountGrid.Testing;
using Npgsql;

namespace AccountGrid.Silo.Tests;

/// <summary>
/// The clock of a silo's host is set back and forward by five minutes. The runtime's timers wait for the wall clock, so
/// that after a step back the silo told of no life for five minutes, and did not read the membership table.
/// </summary>
public sealed class ClockStepTests : IClassFixture<ClusterTurn>, IDisposable
{
    private static readonly TimeSpan Promised = TimeSpan.FromSeconds(60);
    private readonly TempDirectory _keys = new();
    private readonly string _schema = SharedServer.NewSchema();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _keys.Dispose();

    [Fact]
    public async Task A_silo_renews_its_row_and_hears_of_others_whatever_its_clock_does()
    {
        var server = await SharedServer.GetAsync();
        using var faults = await MachineFaults.TryCreateAsync(Token);
        Assert.SkipWhen(faults is null, "Needs Linux and a C compiler.");
        await using var silo = await StartAsync(server, faults.Environment);
        await using var database = NpgsqlDataSource.Create(server.ConnectionString());
        foreach (var minutes in (int[])[-5, 5])
        {
            faults.ClockAhead = TimeSpan.FromMinutes(minutes);

            // Twice: the first one may have been under way.
            for (var renewal = 0; renewal < 2; renewal++)
            {
                await RenewedAsync(silo, database, minutes);
            }

            using var client = silo.CreateHttpClient();
            using var ready = await client.GetAsync(new Uri("/health/ready", UriKind.Relative), Token);
            Assert.True(
                ready.IsSuccessStatusCode,
                $"{minutes} minutes ahead: {await ready.Content.ReadAsStringAsync(Token)}");
        }
    }

    private async Task RenewedAsync(SiloProcess silo, NpgsqlDataSource database, int minutes)
    {
        var before = await AliveAtAsync(database);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Token);
        limit.CancelAfter(Promised);
        try
        {
            while (await AliveAtAsync(database) == before)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(200), limit.Token);
            }
        }
        catch (OperationCanceledException) when (!Token.IsCancellationRequested)
        {
            Assert.Fail($"With the clock {minutes} minutes ahead the silo did not renew its row.\n"
                + string.Join('\n', silo.Output));
        }
    }

    private async Task<DateTime> AliveAtAsync(NpgsqlDataSource database)
    {
        await using var command = database.CreateCommand(
            $"SELECT IAmAliveTime FROM {_schema}_orleans.OrleansMembershipTable WHERE Status = 3");
        return (DateTime)(await command.ExecuteScalarAsync(Token))!;
    }

    private Task<SiloProcess> StartAsync(
        PostgresServer server, IReadOnlyDictionary<string, string> faults) => SiloProcess.StartAsync(
        new SiloProcessOptions
        {
            DataDirectory = _keys.FullPath,
            Environment = new Dictionary<string, string>(faults)
            {
                ["ACCOUNTGRID__POSTGRES"] = server.ConnectionString(),
                ["ACCOUNTGRID__STORAGE__SCHEMA"] = _schema,
            },
        },
        Token);
}
