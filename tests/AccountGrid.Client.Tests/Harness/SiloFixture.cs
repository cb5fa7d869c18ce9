using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using AccountGrid.Testing;
using AccountGrid.V1;

namespace AccountGrid.Client.Tests;

/// <summary>One real silo for the tests that leave it running, each on accounts of its own.</summary>
public sealed class SiloFixture : IAsyncLifetime
{
    public LivingSilo Silo { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Silo = await LivingSilo.StartAsync();

    public async ValueTask DisposeAsync() => await Silo.DisposeAsync();
}

/// <summary>The tests that share it.</summary>
[CollectionDefinition(nameof(SiloFixture))]
public sealed class SiloCollection : ICollectionFixture<SiloFixture>;

/// <summary>
/// Another one for the tests that kill, stop and pause it, one after the other. Each leaves it running.
/// </summary>
public sealed class DyingSilo : IAsyncLifetime
{
    public LivingSilo Silo { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Silo = await LivingSilo.StartAsync();

    public async ValueTask DisposeAsync() => await Silo.DisposeAsync();
}

/// <summary>The tests that share it.</summary>
[CollectionDefinition(nameof(DyingSilo))]
public sealed class DyingSiloCollection : ICollectionFixture<DyingSilo>;

/// <summary>A real silo that may be killed and started again on the same address.</summary>
public sealed class LivingSilo : IAsyncDisposable
{
    private long _lastId = 1_000_000;

    private LivingSilo(SiloProcess process) => Process = process;

    public SiloProcess Process { get; }

    public static async Task<LivingSilo> StartAsync() =>
        new(await SiloProcess.StartAsync(new SiloProcessOptions { Arguments = ["--grpc-port", $"{FreePort()}"] }));

    public ValueTask DisposeAsync() => Process.DisposeAsync();

    /// <summary>An account id that no other test has.</summary>
    public long NextId() => Interlocked.Increment(ref _lastId);

    /// <summary>A client for one subject.</summary>
    public AccountGridClient As(string subject, params string[] roles) =>
        Create(options => options.TokenProvider = Tokens(subject, roles));

    /// <summary>A client for the network's service.</summary>
    public AccountGridClient Network() => As("network", "service");

    /// <summary>A client with everything to choose. Its calls go through the faults and to the real network.</summary>
    public AccountGridClient Create(
        Action<AccountGridClientOptions>? configure = null, Faults? faults = null, TimeProvider? clock = null)
    {
        var options = new AccountGridClientOptions
        {
            Address = Process.Grpc,
            TokenProvider = Tokens("network", "service"),
        };

        // A silo that starts again is away for seconds.
        options.Retry.MaxAttempts = 100;
        options.Retry.LongestDelay = TimeSpan.FromMilliseconds(500);
        configure?.Invoke(options);
        if (faults is not null)
        {
            faults.InnerHandler = Transport.CreateHandler();
        }

        return AccountGridClient.Create(options, faults, clock: clock);
    }

    /// <summary>Fresh tokens by the silo's development key.</summary>
    public IAccountGridTokenProvider Tokens(string subject, params string[] roles) =>
        AccountGridTokenProvider.FromDelegate(
            _ => ValueTask.FromResult(new AccountGridToken(Process.Token(subject, roles))));

    /// <summary>A registered account.</summary>
    public async Task<long> AccountAsync()
    {
        using var network = Network();
        var id = NextId();
        await network.Accounts.RegisterAsync(
            new RegisterAccountRequest { Id = id, Handle = $"handle_{id}" }, TestContext.Current.CancellationToken);
        return id;
    }

    /// <summary>
    /// One that the system gives to nobody by itself, so that it is still free when the silo comes back.
    /// </summary>
    private static int FreePort()
    {
        while (true)
        {
            var port = RandomNumberGenerator.GetInt32(20_000, 32_000);
            try
            {
                using var listener = new TcpListener(IPAddress.Loopback, port);
                listener.Start();
                return port;
            }
            catch (SocketException)
            {
                // Taken: another one.
            }
        }
    }
}
