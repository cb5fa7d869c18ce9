using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using AccountGrid.Chaos.Histories;
using AccountGrid.Chaos.Workloads;
using AccountGrid.Testing;
using Npgsql;

namespace AccountGrid.Chaos.Clusters;

/// <summary>
/// PostgreSQL and silos on it, all real processes of this machine, with everything that can be made to fail round them.
/// Used by one caller at a time.
/// </summary>
internal sealed class Cluster : IGrid
{
    private const int Dead = 6;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    /// <summary>By when a silo that was declared dead, and can reach the database, must have ended itself.</summary>
    public static readonly TimeSpan ZombiePatience = TimeSpan.FromSeconds(30);

    private readonly ClusterOptions _options;
    private readonly History _history;
    private readonly Connection _connection;
    private readonly TempDirectory _keys = new();
    private ImmutableArray<Member> _members = [];
    private PostgresServer? _postgres;
    private TokenMint? _tokens;

    private Cluster(ClusterOptions options, History history, Connection connection) =>
        (_options, _history, _connection) = (options, history, connection);

    /// <summary>The silos.</summary>
    public ImmutableArray<Member> Members => _members;

    /// <summary>The database.</summary>
    public PostgresServer Postgres => _postgres ?? throw new InvalidOperationException("Not started.");

    /// <summary>The silos' network; <c>null</c> where they are on loopback like everything else.</summary>
    public SiloNetwork? Network { get; private set; }

    /// <summary>Why <see cref="Network"/> is not there.</summary>
    public string NetworkMissing { get; private set; } = "not asked for";

    /// <summary>The database's disk; <c>null</c> where it is the machine's.</summary>
    public SmallDisk? Disk { get; private set; }

    /// <summary>Why <see cref="Disk"/> is not there.</summary>
    public string DiskMissing { get; private set; } = "not asked for";

    /// <summary>How slow the database's disk is; <c>null</c> where it cannot be slowed.</summary>
    public MachineFaults? DatabaseFaults { get; private set; }

    /// <summary>The time between two moments at which nothing was under way, from 1.</summary>
    public int Epoch { get; private set; } = 1;

    /// <inheritdoc/>
    public ImmutableArray<Endpoint> Gateways => [.. _members.Select(m => m.Endpoint(Epoch))];

    /// <summary>How the checks connect: past everything that can be made to fail.</summary>
    public string ConnectionString => Postgres.ConnectionString() + ";Pooling=false";

    /// <summary>Starts everything and lets the clients in.</summary>
    public static async Task<Cluster> StartAsync(
        ClusterOptions options, History history, Connection connection, CancellationToken cancellationToken)
    {
        var cluster = new Cluster(options, history, connection);
        try
        {
            await cluster.StartAsync(cancellationToken);
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    /// <summary>
    /// Mends everything: packets arrive, the disk has room and is fast, clocks are right, the database and all silos
    /// run, every silo is ready.
    /// </summary>
    /// <returns>Silos that were declared dead and did not end themselves, although they could have known; they are
    /// killed.</returns>
    public async Task<ImmutableArray<Member>> RecoverAsync(CancellationToken cancellationToken)
    {
        await MendAsync();
        var undead = ImmutableArray.CreateBuilder<Member>();
        foreach (var member in Members.Where(static m => m.IsRunning))
        {
            if (await IsDeclaredDeadAsync(member, cancellationToken)
                && !await member.EndsAsync(ZombiePatience, cancellationToken))
            {
                undead.Add(member);
                await member.KillAsync();
            }
        }

        await StartDeadAsync(cancellationToken);
        foreach (var member in Members)
        {
            member.TakeIn(Epoch);
        }

        await UntilAsync("every silo is ready", async () =>
        {
            var ready = await Task.WhenAll(Members.Select(m => m.IsReadyAsync(cancellationToken)));
            return ready.All(r => r);
        }, cancellationToken);
        return undead.ToImmutable();
    }

    /// <summary>Starts every silo that has ended, all at once, as a supervisor of processes does.</summary>
    public Task StartDeadAsync(CancellationToken cancellationToken) => Task.WhenAll(
        Members.Where(static m => !m.IsRunning).ToArray().Select(m => m.RestartAsync(Epoch, cancellationToken)));

    /// <summary>Starts the database if it has ended.</summary>
    public async Task StartDatabaseAsync()
    {
        if (!Postgres.IsRunning)
        {
            await Postgres.StopAsync("immediate");
            await Postgres.StartAsync();
        }
    }

    /// <summary>Makes right what <see cref="RecoverAsync"/> makes right, but starts no silo.</summary>
    private async Task MendAsync()
    {
        foreach (var member in Members)
        {
            member.Plan.Database.Speak();
            _ = member.Plan.Faults?.ClockAhead = TimeSpan.Zero;
            if (member.IsPaused)
            {
                member.Resume();
            }
        }

        await (Network?.HealAsync() ?? Task.CompletedTask);
        Disk?.Free();
        _ = DatabaseFaults?.SyncDelay = TimeSpan.Zero;
        await StartDatabaseAsync();
    }

    /// <summary>
    /// Connects to a silo, or to the next one if that refuses, as a load balancer does that looks at connections alone:
    /// a silo that stands still accepts them. Thread-safe.
    /// </summary>
    /// <param name="first">The number of the silo that is tried first.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="SocketException">All silos refuse.</exception>
    public async ValueTask<Stream> ConnectAsync(int first, CancellationToken cancellationToken)
    {
        var members = Members;
        for (var turn = 0; ; turn++)
        {
            try
            {
                return await members[(first + turn) % members.Length].ConnectAsync(cancellationToken);
            }
            catch (SocketException) when (turn < members.Length - 1)
            {
                // The next one.
            }
        }
    }

    /// <summary>Waits for something that the cluster does by itself.</summary>
    /// <exception cref="TimeoutException">It does not.</exception>
    public static async Task UntilAsync(string what, Func<Task<bool>> holds, CancellationToken cancellationToken)
    {
        var began = TimeProvider.System.GetTimestamp();
        while (!await holds())
        {
            if (TimeProvider.System.GetElapsedTime(began) > Patience)
            {
                throw new TimeoutException($"Waited {Patience.TotalSeconds:0} s in vain until {what}.");
            }

            await Task.Delay(TimeSpan.FromMilliseconds(50), cancellationToken);
        }
    }

    /// <summary>Whether the others have declared the current life of a silo dead.</summary>
    public async Task<bool> IsDeclaredDeadAsync(Member member, CancellationToken cancellationToken)
    {
        await using var connection = new NpgsqlConnection(ConnectionString);
        await connection.OpenAsync(cancellationToken);
        await using var command = new NpgsqlCommand(
            """
            SELECT status FROM accountgrid_orleans.orleansmembershiptable WHERE address = $1 AND port = $2 ORDER BY generation DESC LIMIT 1
            """,
            connection);
        command.Parameters.AddWithValue(member.Plan.Address);
        command.Parameters.AddWithValue(member.Plan.SiloPort);
        return await command.ExecuteScalarAsync(cancellationToken) is Dead;
    }

    /// <inheritdoc/>
    public string Token(string subject, IEnumerable<string> roles) =>
        (_tokens ?? throw new InvalidOperationException("Not started.")).Token(subject, roles);

    /// <inheritdoc/>
    public void KeepOutput(string directory)
    {
        foreach (var member in Members)
        {
            File.WriteAllLines(Path.Combine(directory, $"chaos-output-{member.Plan.Number + 1}.txt"), member.Output);
        }

        File.WriteAllLines(Path.Combine(directory, "chaos-output-postgres.txt"), _postgres?.Output ?? []);
    }

    /// <inheritdoc/>
    public void EndEpoch()
    {
        _history.Died(Epoch);
        Epoch++;
        foreach (var member in Members)
        {
            member.Publish(Epoch);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var member in Members)
        {
            await member.DisposeAsync();
        }

        if (_postgres is not null)
        {
            await _postgres.DisposeAsync();
        }

        await (Disk?.DisposeAsync() ?? ValueTask.CompletedTask);
        await (Network?.DisposeAsync() ?? ValueTask.CompletedTask);
        DatabaseFaults?.Dispose();
        _tokens?.Dispose();
        _keys.Dispose();
    }

    private async Task StartAsync(CancellationToken cancellationToken)
    {
        if (_options.Network)
        {
            (Network, NetworkMissing) = await SiloNetwork.TryCreateAsync(_options.Silos);
        }

        if (_options.SmallDisk)
        {
            (Disk, DiskMissing) = await SmallDisk.TryCreateAsync();
        }

        DatabaseFaults = await MachineFaults.TryCreateAsync(cancellationToken);
        _postgres = await PostgresServer.StartNewAsync(new PostgresServerOptions
        {
            Directory = Disk?.FullPath,
            Environment = DatabaseFaults?.Environment ?? new Dictionary<string, string>(),

            // A small disk is meant to be filled by the test, not by the log kept for later.
            Settings = ["max_wal_size=128MB", "min_wal_size=32MB", "checkpoint_timeout=30s"],
        });
        var members = new List<MemberPlan>();
        for (var number = 0; number < _options.Silos; number++)
        {
            members.Add(Plan(number, await MachineFaults.TryCreateAsync(cancellationToken)));
        }

        // All at once, as a cluster that is set up.
        _members = [.. await Task.WhenAll(members.Select(m => Member.StartAsync(m, _connection, cancellationToken)))];
        _tokens = new TokenMint(_keys.File(TestTokens.KeyFileName));
        foreach (var member in _members)
        {
            member.Publish(Epoch);
        }
    }

    private MemberPlan Plan(int number, MachineFaults? faults)
    {
        var database = new BadNetwork(Postgres.Port, Network?.DatabaseAddress ?? IPAddress.Loopback);
        var address = Network?.AddressOf(number) ?? "127.0.0.1";
        var siloPort = Network is null ? Member.FreePort(address) : 11_111;
        var connectionString = new NpgsqlConnectionStringBuilder(Postgres.ConnectionString())
        {
            Host = database.EndPoint.Address.ToString(),
            Port = database.Port,
        };
        var environment = new Dictionary<string, string>(_options.Environment)
        {
            ["ACCOUNTGRID__POSTGRES"] = connectionString.ToString(),
            ["ACCOUNTGRID__CLUSTER__ADDRESS"] = address,
            ["ACCOUNTGRID__CLUSTER__TRUSTNETWORK"] = "true",
            ["ACCOUNTGRID__ACCOUNTS__PROTECTEDREACH"] = _options.ProtectedReach.ToString(CultureInfo.InvariantCulture),
            ["ACCOUNTGRID__ACCOUNTS__PROPOSALLIFETIME"] = "00:00:08",
            ["ACCOUNTGRID__OPERATORS__MAXHARMS"] = _options.MaxHarms.ToString(CultureInfo.InvariantCulture),
            ["ACCOUNTGRID__OPERATORS__SERVICEMAXHARMS"] = "1000000",
            ["ACCOUNTGRID__OPERATORS__SERVICEMAXREACH"] = "1000000000000",
            ["ACCOUNTGRID__BRAKE__MAXHARMS"] = "1000000000",
            ["ACCOUNTGRID__BRAKE__MAXREACH"] = "1000000000000",
            ["ACCOUNTGRID__CHECKPOINTS__INTERVAL"] = "00:00:01",
        };
        foreach (var (name, value) in faults?.Environment ?? new Dictionary<string, string>())
        {
            environment[name] = value;
        }

        return new MemberPlan(number, address, siloPort, new SiloProcessOptions
        {
            DataDirectory = _keys.FullPath,
            Arguments = ["--silo-port", siloPort.ToString(CultureInfo.InvariantCulture)],
            Environment = environment,
            Launcher = Network?.LauncherOf(number) ?? [],
            AsInProduction = true,
            Connect = Network is { } network ? (to, token) => network.ConnectAsync(number, to, token) : null,
        }, database, faults);
    }
}
