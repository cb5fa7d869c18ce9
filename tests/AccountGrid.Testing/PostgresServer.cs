using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;

namespace AccountGrid.Testing;

/// <summary>How a server differs from the usual.</summary>
public sealed record PostgresServerOptions
{
    /// <summary>Settings beyond the usual, such as <c>log_statement=all</c>; the last one of a name holds.</summary>
    public IReadOnlyList<string> Settings { get; init; } = [];

    /// <summary>Further environment variables of the server.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <summary>Where its folder is made, on the disk under test; <c>null</c> = the temporary directory. The user <c>postgres</c> must be able to come there.</summary>
    public string? Directory { get; init; }

    /// <summary>Its port; 0 = a free one.</summary>
    public int Port { get; init; }

    /// <summary>
    /// A program and its arguments that end by executing what follows them, such as
    /// <see cref="NetworkNamespace.Launcher"/>; empty = none.
    /// </summary>
    public IReadOnlyList<string> Launcher { get; init; } = [];
}

/// <summary>
/// A PostgreSQL server of this test's own: its own data folder, a free port on loopback, passwords on, everything written to disk as in earnest. Stopped and
/// removed at the end, and at the latest when the test process ends. Thread-safe but for starting and stopping. ACCOUNTGRID_NO_POSTGRES in the environment hides
/// the programs, as on a machine without them.
/// </summary>
public sealed class PostgresServer : IAsyncDisposable
{
    /// <summary>The superuser that initdb makes.</summary>
    public const string Superuser = "postgres";

    private const string DebianPrograms = "/usr/lib/postgresql/15/bin";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly Lazy<string?> Found = new(Find);

    private readonly TempDirectory _directory;
    private readonly PostgresServerOptions _options;
    private RunningProcess? _process;

    private PostgresServer(PostgresServerOptions options)
    {
        (_options, _directory) = (options, new TempDirectory(options.Directory));
        Port = options.Port == 0 ? LoopbackPort.Free() : options.Port;
    }

    /// <summary>Why no server can be started here, or <c>null</c> where one can: the reason to skip a test with.</summary>
    public static string? Missing => Found.Value is not null ? null : $"Needs PostgreSQL 15 (initdb, postgres, pg_ctl and psql in {DebianPrograms} or in PATH).";

    /// <summary>The folder of its programs.</summary>
    public static string Programs => Found.Value ?? throw new InvalidOperationException(Missing);

    /// <summary>Where it listens, on 127.0.0.1; stays the same over restarts.</summary>
    public int Port { get; }

    /// <summary>The superuser's password.</summary>
    public string Password { get; } = RandomNumberGenerator.GetHexString(24, lowercase: true);

    /// <summary>Whether its first process runs.</summary>
    public bool IsRunning => _process is { HasExited: false };

    /// <summary>What it has printed since its last start.</summary>
    public IReadOnlyList<string> Output => _process?.Output ?? [];

    /// <summary>The running server's first process, whose children the others are.</summary>
    /// <exception cref="InvalidOperationException">It does not run.</exception>
    public int ProcessId => _process?.Id ?? throw new InvalidOperationException("The server does not run.");

    /// <summary>Its data folder.</summary>
    public string Data => _directory.File("data");

    /// <summary>Makes a data folder and starts a server on it.</summary>
    /// <param name="settings">Settings beyond the usual, such as <c>log_statement=all</c>.</param>
    public static Task<PostgresServer> StartNewAsync(params string[] settings) => StartNewAsync(new PostgresServerOptions { Settings = settings });

    /// <summary>Makes a data folder and starts a server on it.</summary>
    public static async Task<PostgresServer> StartNewAsync(PostgresServerOptions options)
    {
        var server = new PostgresServer(options);
        try
        {
            await server.InitializeAsync();
            await server.StartAsync();
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>How to connect; by default as the superuser to its own database.</summary>
    public string ConnectionString(string database = "postgres", string user = Superuser, string? password = null, int? port = null) => string.Create(
        CultureInfo.InvariantCulture, $"Host=127.0.0.1;Port={port ?? Port};Database={database};Username={user};Password={password ?? Password}");

    /// <summary>Starts it again after a stop. Returns once it answers.</summary>
    public async Task StartAsync()
    {
        string[] own =
        [
            $"port={Port}", "listen_addresses=127.0.0.1", "unix_socket_directories=", "max_connections=200", "max_prepared_transactions=0", .. _options.Settings,
        ];
        var start = Program(_options.Launcher, "postgres", ["-D", Data, .. own.SelectMany(static s => new[] { "-c", s })]);
        foreach (var (name, value) in _options.Environment)
        {
            start.Environment[name] = value;
        }

        _process = new RunningProcess(start);
        using var patience = new CancellationTokenSource(Patience);
        await _process.WaitForLineAsync(static l => l.Contains("ready to accept connections", StringComparison.Ordinal), patience.Token);
    }

    /// <summary>Stops it, as <c>pg_ctl stop -m</c> does: <c>fast</c> ends every session in order, <c>immediate</c> is a crash. Returns once it is gone.</summary>
    public async Task StopAsync(string mode = "fast")
    {
        if (_process is { } process)
        {
            _process = null;
            if (!process.HasExited)
            {
                await RunAsync("pg_ctl", "stop", "-D", Data, "-m", mode, "-w");
            }

            await process.WaitForExitAsync(Patience);
            await process.DisposeAsync();
        }
    }

    /// <summary>SIGKILL to all of its processes at once, the first one first. Returns once they are gone.</summary>
    /// <returns>How many there were.</returns>
    public async Task<int> KillAsync()
    {
        if (_process is not { } process)
        {
            return 0;
        }

        var sessions = RunningProcess.ChildrenOf(process.Id);
        _process = null;
        await process.DisposeAsync();
        foreach (var session in sessions)
        {
            RunningProcess.SendSignal(session, RunningProcess.SigKill);
        }

        using var patience = new CancellationTokenSource(Patience);
        while (sessions.Any(static id => File.Exists($"/proc/{id}/stat") && !RunningProcess.IsZombie(id)))
        {
            await Task.Delay(TimeSpan.FromMilliseconds(10), patience.Token);
        }

        return 1 + sessions.Count;
    }

    /// <summary>SIGKILL to one session's process: the server ends all the others too and recovers by itself.</summary>
    /// <returns>Whether there was one.</returns>
    public bool KillOneSession()
    {
        return _process is { } process && RunningProcess.ChildrenOf(process.Id) is [.., var session] && RunningProcess.SendSignal(session, RunningProcess.SigKill);
    }

    /// <summary>Runs a script through psql as the superuser; the first error ends it.</summary>
    /// <returns>What it printed.</returns>
    public Task<string> RunScriptAsync(string path, string database = "postgres", params (string Name, string Value)[] variables)
    {
        var start = new ProcessStartInfo(Path.Combine(Programs, "psql"), [
            "-X", "-q", "-v", "ON_ERROR_STOP=1", .. variables.SelectMany(static v => new[] { "-v", $"{v.Name}={v.Value}" }), "-h", "127.0.0.1", "-p", $"{Port}", "-U", Superuser, "-d", database, "-f", path,
        ]);
        start.Environment["PGPASSWORD"] = Password;
        return RunAsync(start);
    }

    /// <summary>Why a database cannot be copied here; <c>null</c> where it can.</summary>
    public static string? CopyMissing =>
        Missing ?? (File.Exists(Path.Combine(Programs, "pg_dump")) ? null : $"Needs pg_dump in {Programs}.");

    /// <summary>Makes a new database with everything in another one, which may be in use: pg_dump and psql.</summary>
    public async Task CopyDatabaseAsync(string from, string to)
    {
        var dump = _directory.File($"{to}.sql");
        var start = new ProcessStartInfo(
            Path.Combine(Programs, "pg_dump"),
            ["-h", "127.0.0.1", "-p", $"{Port}", "-U", Superuser, "-d", from, "-f", dump]);
        start.Environment["PGPASSWORD"] = Password;
        await RunAsync(start);
        var create = _directory.File($"create-{to}.sql");
        await File.WriteAllTextAsync(create, $"CREATE DATABASE {to};");
        await RunScriptAsync(create);
        await RunScriptAsync(dump, to);
    }

    /// <summary>Stops it hard and removes everything.</summary>
    public async ValueTask DisposeAsync()
    {
        try
        {
            await StopAsync("immediate");
        }
        finally
        {
            _directory.Dispose();
        }
    }

    private static string? Find()
    {
        string[] folders = [DebianPrograms, .. (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)];
        return Environment.GetEnvironmentVariable("ACCOUNTGRID_NO_POSTGRES") is null && OperatingSystem.IsLinux()
            ? folders.FirstOrDefault(static folder => new[] { "initdb", "postgres", "pg_ctl", "psql" }.All(program => File.Exists(Path.Combine(folder, program))))
            : null;
    }

    /// <summary>PostgreSQL refuses to run as root, so root runs it as the user that its package made.</summary>
    private static ProcessStartInfo Program(IReadOnlyList<string> launcher, string name, string[] arguments)
    {
        string[] user = Environment.IsPrivilegedProcess
            ? ["setpriv", $"--reuid={Superuser}", $"--regid={Superuser}", "--init-groups", "--"]
            : [];
        string[] command = [.. launcher, .. user, Path.Combine(Programs, name), .. arguments];
        var start = new ProcessStartInfo(command[0], command.Skip(1)) { WorkingDirectory = Path.GetTempPath() };
        start.Environment["LC_ALL"] = "C";
        return start;
    }

    private static Task<string> RunAsync(string program, params string[] arguments) => RunAsync(Program([], program, arguments));

    private static async Task<string> RunAsync(ProcessStartInfo start)
    {
        await using var process = new RunningProcess(start);
        var code = await process.WaitForExitAsync(Patience);
        var output = string.Join('\n', process.Output);
        return code == 0 ? output : throw new InvalidOperationException($"{start.FileName} ended with {code}:\n{output}");
    }

    private async Task InitializeAsync()
    {
        var password = _directory.File("password");
        await File.WriteAllTextAsync(password, Password);
        if (Environment.IsPrivilegedProcess)
        {
            await RunAsync(new ProcessStartInfo("chown", ["-R", $"{Superuser}:{Superuser}", _directory.FullPath]));
        }

        await RunAsync("initdb", "-D", Data, "-U", Superuser, $"--pwfile={password}", "--auth=scram-sha-256", "--encoding=UTF8", "--locale=C", "--no-instructions");
    }
}
