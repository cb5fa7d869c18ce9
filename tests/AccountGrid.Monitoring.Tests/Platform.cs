using System.Globalization;
using System.Text.RegularExpressions;
using AccountGrid.Testing;

namespace AccountGrid.Monitoring.Tests;

/// <summary>
/// A silo by itself on SQLite, two silos and a gateway on PostgreSQL, and a Prometheus with the delivered configuration and rules that scrapes them once a second while people work on both.
/// Made once for all tests of a class; nothing of it where Prometheus or PostgreSQL is missing.
/// </summary>
public sealed partial class Platform : IAsyncLifetime
{
    private const int Rounds = 3;
    private readonly TempDirectory _configuration = new();
    private readonly TempDirectory _keys = new();
    private readonly List<IAsyncDisposable> _running = [];
    private ClusterTurn? _turn;

    /// <summary>Why there is none, or <c>null</c>.</summary>
    public static string? Missing => PrometheusServer.Missing ?? PostgresServer.Missing;

    public SiloProcess Embedded { get; private set; } = null!;

    /// <summary>The cluster's database.</summary>
    public PostgresServer Database { get; private set; } = null!;

    public PrometheusServer Prometheus { get; private set; } = null!;

    /// <summary>The silo by itself, as the label <c>instance</c> names it.</summary>
    public string EmbeddedInstance => Embedded.Http.Authority;

    /// <summary>The processes of the cluster, as a regular expression on the label <c>instance</c>.</summary>
    public string ClusterInstances { get; private set; } = "";

    /// <summary>When the first of them was scraped.</summary>
    public DateTimeOffset Began { get; private set; }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>Small limits and quick clocks, so that everything that is measured happens.</summary>
    private static Dictionary<string, string> Environment => new()
    {
        ["ACCOUNTGRID__CHECKPOINTS__INTERVAL"] = "00:00:01",
        ["ACCOUNTGRID__RECONCILER__ROTATION"] = "00:00:01",
        ["ACCOUNTGRID__LIMITS__QUEUEDEPTH"] = "1",
        ["ACCOUNTGRID__LIMITS__FOLLOWQUEUEDEPTH"] = "1",
    };

    public async ValueTask InitializeAsync()
    {
        if (Missing is not null)
        {
            return;
        }

        _turn = new ClusterTurn();
        Database = Running(await PostgresServer.StartNewAsync());
        var gateway = Running(new GatewayProcess(new GatewayProcessOptions { DataDirectory = _keys.FullPath, Postgres = Database.ConnectionString() }));
        var clustered = new SiloProcessOptions
        {
            DataDirectory = _keys.FullPath,
            Arguments = ["--gateway-port", "0"],
            Environment = new Dictionary<string, string>(Environment) { ["ACCOUNTGRID__POSTGRES"] = Database.ConnectionString() },
        };
        Embedded = Running(await SiloProcess.StartAsync(new SiloProcessOptions { Environment = Environment }, Token));
        var silos = await Task.WhenAll(SiloProcess.StartAsync(clustered, Token), SiloProcess.StartAsync(clustered, Token));
        _running.AddRange(silos);
        var edge = (await gateway.WaitForAddressesAsync(Token)).Http;
        ClusterInstances = string.Join('|', silos.Select(static s => s.Http.Authority).Append(edge.Authority).Select(Regex.Escape)).Replace("\\", @"\\", StringComparison.Ordinal);

        await ConfigureAsync(EmbeddedInstance, [.. silos.Select(static s => s.Http.Authority)], edge.Authority);
        Began = TimeProvider.System.GetUtcNow();
        Prometheus = Running(await PrometheusServer.StartAsync(_configuration.File("prometheus.yml"), Token));

        await using var alone = new Work(Embedded.DataDirectory, [Embedded.Http], 1_000_000);
        await using var together = new Work(_keys.FullPath, [edge, silos[0].Http, silos[1].Http], 2_000_000);
        await Task.WhenAll(alone.PrepareAsync(), together.PrepareAsync());
        for (var round = 0; round < Rounds; round++)
        {
            // A counter's first value is no increase yet: it has to be seen before it moves.
            await Task.WhenAll(alone.DoAsync(round), together.DoAsync(round));
            await WaitForScrapesAsync();
        }
    }

    /// <summary>Waits until everything that happened before has been scraped and the rules have been evaluated on it.</summary>
    public async Task WaitForScrapesAsync()
    {
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds() / 1000.0;
        foreach (var expression in (string[])[$"min(timestamp(up))", "min(timestamp(class_sli:accountgrid_budget:ratio))"])
        {
            await Prometheus.WaitUntilAsync(
                cancellation => Prometheus.QueryAsync(expression, cancellation), answer => answer is [var only] && only.Values[0] > now + 1, $"{expression} after {now.ToString(CultureInfo.InvariantCulture)}", Token);
        }
    }

    public async ValueTask DisposeAsync()
    {
        // Prometheus first, clients of a database before the database.
        foreach (var running in Enumerable.Reverse(_running))
        {
            await running.DisposeAsync();
        }

        _configuration.Dispose();
        _keys.Dispose();
        _turn?.Dispose();
    }

    private T Running<T>(T process)
        where T : IAsyncDisposable
    {
        _running.Add(process);
        return process;
    }

    /// <summary>The delivered files, with other targets and quicker clocks.</summary>
    private async Task ConfigureAsync(string embedded, string[] silos, string gateway)
    {
        var text = await File.ReadAllTextAsync(Deployment.Configuration, Token);
        var changed = Interval().Replace(text, "_interval: 1s").Replace("['127.0.0.1:5180']", $"['{embedded}']", StringComparison.Ordinal);
        Assert.Contains(embedded, changed, StringComparison.Ordinal);
        await File.WriteAllTextAsync(_configuration.File("prometheus.yml"), changed, Token);
        Directory.CreateDirectory(_configuration.File("targets"));
        await File.WriteAllTextAsync(_configuration.File("targets/silos.yml"), $"- targets: ['{string.Join("', '", silos)}']\n", Token);
        await File.WriteAllTextAsync(_configuration.File("targets/gateways.yml"), $"- targets: ['{gateway}']\n", Token);
        Directory.CreateDirectory(_configuration.File("rules"));
        foreach (var file in Deployment.RuleFiles)
        {
            var rules = Patience().Replace(await File.ReadAllTextAsync(file, Token), "for: 1s");
            await File.WriteAllTextAsync(_configuration.File($"rules/{Path.GetFileName(file)}"), rules, Token);
        }
    }

    [GeneratedRegex("for: [0-9]+[smh]")]
    private static partial Regex Patience();

    [GeneratedRegex("_interval: 15s")]
    private static partial Regex Interval();
}
