using System.ComponentModel;
using System.Diagnostics;
using AccountGrid.Testing;
using Microsoft.Data.Sqlite;

// The clients mostly wait for something that takes its time: as many side by side as processors would leave those idle.
[assembly: CollectionBehavior(MaxParallelThreads = 4)]

namespace AccountGrid.ForeignClients.Tests;

/// <summary>
/// One foreign client that plays all scenarios against a silo of its own, once, before the first test looks at what it reported. The script says over its standard output what was seen
/// and what shall be done to the silo; it is told over its standard input when that is done.
/// </summary>
public abstract class ForeignRun : IAsyncLifetime
{
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(4);

    private readonly TempDirectory _files = new();
    private readonly List<string> _printed = [];
    private readonly Dictionary<string, Line> _scenarios = [];
    private SiloProcess? _silo;
    private SqliteConnection? _hold;

    /// <summary>Numbers that a script can reach within its time.</summary>
    public static IReadOnlyDictionary<string, string> Settings { get; } = new Dictionary<string, string>
    {
        ["ACCOUNTGRID__ACCOUNTS__PROTECTEDREACH"] = "100",
        ["ACCOUNTGRID__ACCOUNTS__PROPOSALLIFETIME"] = "00:00:10",
        ["ACCOUNTGRID__ACCOUNTS__UNPROTECTCOOLOFF"] = "00:00:01",
        ["ACCOUNTGRID__OPERATORS__POWERCOOLOFF"] = "00:00:00",
        ["ACCOUNTGRID__OPERATORS__MAXHARMS"] = "3",
        ["ACCOUNTGRID__OPERATORS__MAXREACH"] = "150",
        ["ACCOUNTGRID__BRAKE__LOSSATLEAST"] = "3",
        ["ACCOUNTGRID__CHECKPOINTS__INTERVAL"] = "00:00:01",
        ["ACCOUNTGRID__STORAGE__BUSYTIMEOUT"] = "00:00:02.5",
        ["ACCOUNTGRID__GATEWAY__LIMITS__HEARTBEAT"] = "00:00:01",
        ["ACCOUNTGRID__GATEWAY__LIMITS__MAXSTREAMSPERSUBJECT"] = "3",
        ["ACCOUNTGRID__GATEWAY__LIMITS__MAXSTREAMMESSAGEBYTES"] = "65536",
        ["ACCOUNTGRID__GATEWAY__LIMITS__INGESTIDLE"] = "00:00:01",
        ["ACCOUNTGRID__GATEWAY__LIMITS__REQUESTTIMEOUT"] = "00:00:20",
        ["ACCOUNTGRID__GATEWAY__LIMITS__LONGREQUESTTIMEOUT"] = "00:00:01.8",
    };

    /// <summary>Why it cannot run here, or <c>null</c>: the reason to skip with.</summary>
    public string? Missing { get; private set; }

    /// <summary>What the script said at its end of everything that it called and met.</summary>
    internal Line? Tally { get; private set; }

    /// <summary>The JSON answers that the client kept, one per line; empty for a client that keeps none.</summary>
    internal IReadOnlyList<string> Answers { get; private set; } = [];

    /// <summary>The OpenAPI document of the silo that answered.</summary>
    internal string OpenApi { get; private set; } = "";

    /// <summary>What the script reported, by scenario.</summary>
    internal IReadOnlyDictionary<string, Line> Scenarios => _scenarios;

    /// <summary>Everything that the script printed.</summary>
    public string Printed => string.Join('\n', _printed);

    /// <summary>The program and the script.</summary>
    protected abstract IReadOnlyList<string> Command { get; }

    /// <summary>Looks for what the client needs.</summary>
    /// <returns>The reason to skip with, or <c>null</c>.</returns>
    protected abstract string? FindMissing();

    /// <inheritdoc/>
    public async ValueTask InitializeAsync()
    {
        Missing = FindMissing();
        if (Missing is not null)
        {
            return;
        }

        var (http, grpc) = Places.FreePorts();
        _silo = await SiloProcess.StartAsync(new SiloProcessOptions
        {
            Environment = Settings,
            Arguments = ["--http-port", $"{http}", "--grpc-port", $"{grpc}"],
            DataDirectory = Directory.CreateDirectory(_files.File("data")).FullName,
        });
        var world = World.Write(_files.FullPath, _silo);
        using var time = new CancellationTokenSource(Longest);
        if (Environment.GetEnvironmentVariable("FOREIGN_CLIENTS_HOLD") == "1")
        {
            await HoldAsync(world);
            return;
        }

        await PlayAsync(world, time.Token);
        using var client = _silo.CreateHttpClient();
        OpenApi = await client.GetStringAsync(new Uri("/openapi/v1.json", UriKind.Relative), time.Token);
        Answers = File.Exists(_files.File("answers.jsonl")) ? await File.ReadAllLinesAsync(_files.File("answers.jsonl"), time.Token) : [];
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        await ReleaseAsync();
        if (_silo is not null)
        {
            await _silo.DisposeAsync();
        }

        _files.Dispose();
    }

    /// <summary>Whether a program runs and is content.</summary>
    protected static bool Runs(string program, params string[] arguments)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
            process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (Win32Exception)
        {
            return false;
        }
    }

    private async Task PlayAsync(string world, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo(Command[0], [.. Command.Skip(1), world])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        try
        {
            var errors = process.StandardError.ReadToEndAsync(cancellationToken);
            while (await process.StandardOutput.ReadLineAsync(cancellationToken) is { } text)
            {
                _printed.Add(text);
                if (Line.Read(text) is { } line)
                {
                    await TakeAsync(line, process.StandardInput, cancellationToken);
                }
            }

            _printed.Add(await errors);
            await process.WaitForExitAsync(cancellationToken);
            _printed.Add($"It ended with {process.ExitCode}.");
        }
        catch (OperationCanceledException)
        {
            _printed.Add($"It did not end within {Longest}.");
        }
        finally
        {
            process.Kill(entireProcessTree: true);
        }
    }

    private async Task TakeAsync(Line line, StreamWriter answers, CancellationToken cancellationToken)
    {
        if (line.Text("do") is { } deed)
        {
            await DoAsync(deed, cancellationToken);
            await answers.WriteLineAsync("done".AsMemory(), cancellationToken);
            await answers.FlushAsync(cancellationToken);
        }
        else if (line.Text("scenario") is { } scenario)
        {
            _scenarios[scenario] = line;
        }
        else if (line.Text("called") is not null)
        {
            Tally = line;
        }
    }

    private async Task DoAsync(string deed, CancellationToken cancellationToken)
    {
        switch (deed)
        {
            case "kill the silo":
                await _silo!.KillAsync();
                break;
            case "start the silo":
                await _silo!.RestartAsync(cancellationToken);
                break;
            case "hold the store":
                // As a backup or somebody's shell does it: the silo waits for its turn, and gives up after a while.
                _hold = new SqliteConnection($"Data Source={Path.Combine(_silo!.DataDirectory, "accountgrid.db")};Pooling=False");
                await _hold.OpenAsync(cancellationToken);
                await ExecuteAsync("BEGIN IMMEDIATE");
                break;
            case "release the store":
                await ReleaseAsync();
                break;
            default:
                throw new InvalidOperationException($"Nobody knows how to {deed}.");
        }
    }

    private async Task ReleaseAsync()
    {
        if (_hold is not null)
        {
            await ExecuteAsync("ROLLBACK");
            await _hold.DisposeAsync();
            _hold = null;
        }
    }

    private async Task ExecuteAsync(string sql)
    {
        await using var command = _hold!.CreateCommand();
        command.CommandText = sql;
        await command.ExecuteNonQueryAsync();
    }

    /// <summary>For whoever runs a script by hand: the silo stays until the world is removed, an hour at most.</summary>
    private async Task HoldAsync(string world)
    {
        Missing = "The silo was held for running the script by hand.";
        await File.WriteAllTextAsync(Path.Combine(Path.GetTempPath(), "foreign-clients.txt"), $"{string.Join(' ', Command)} {world}\n");
        for (var second = 0; second < 3600 && File.Exists(world); second++)
        {
            await Task.Delay(TimeSpan.FromSeconds(1));
        }
    }
}

/// <summary><c>@grpc/grpc-js</c>.</summary>
public sealed class NodeRun : ForeignRun
{
    /// <inheritdoc/>
    protected override IReadOnlyList<string> Command => ["node", Places.Of("node", "client.js")];

    /// <inheritdoc/>
    protected override string? FindMissing() =>
        !Runs("node", "--version") ? "node is not installed."
        : Directory.Exists(Places.Of("node", "node_modules")) ? null
        : "The packages are not installed: npm ci --ignore-scripts --prefix tests/AccountGrid.ForeignClients.Tests/node";
}

/// <summary>Debian's <c>python3-grpcio</c>.</summary>
public sealed class PythonRun : ForeignRun
{
    private const string Python = "/usr/bin/python3";

    /// <inheritdoc/>
    protected override IReadOnlyList<string> Command => [Python, "-B", Places.Of("python", "client.py")];

    /// <inheritdoc/>
    protected override string? FindMissing() => Runs(Python, "-c", "import grpc, google.protobuf") ? null : "python3-grpcio is not installed.";
}

/// <summary><c>curl</c>; Python starts it and reads what it prints.</summary>
public sealed class CurlRun : ForeignRun
{
    private const string Python = "/usr/bin/python3";

    /// <inheritdoc/>
    protected override IReadOnlyList<string> Command => [Python, "-B", Places.Of("http", "client.py")];

    /// <inheritdoc/>
    protected override string? FindMissing() => !Runs("curl", "--version") ? "curl is not installed." : Runs(Python, "--version") ? null : "python3 is not installed.";
}
