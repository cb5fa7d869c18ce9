using AccountGrid.Testing;

namespace AccountGrid.Cli.Tests;

/// <summary>One real silo for all tests that talk to one, each on accounts of its own.</summary>
public sealed class SiloFixture : IAsyncLifetime
{
    private long _lastId = 1_000_000;

    public SiloProcess Silo { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Silo = await SiloProcess.StartAsync();

    public async ValueTask DisposeAsync() => await Silo.DisposeAsync();

    /// <summary>An account id that no other test has.</summary>
    public long NextId() => Interlocked.Increment(ref _lastId);

    /// <summary>A runner for one person.</summary>
    internal CliRunner As(string subject, params string[] roles) => new()
    {
        Environment =
        {
            ["ACCOUNTGRID_SERVER"] = Silo.Grpc.AbsoluteUri,
            ["ACCOUNTGRID_TOKEN"] = Silo.Token(subject, roles),
        },
    };

    /// <summary>A runner for the network's service.</summary>
    internal CliRunner Network() => As("network", "service");

    /// <summary>A registered account.</summary>
    public async Task<string> AccountAsync(string? handle = null)
    {
        var id = $"{NextId()}";
        (await Network().RunAsync("account", "register", id, handle ?? $"handle_{id}")).Expect(ExitCode.Ok);
        return id;
    }
}

/// <summary>The tests that share it.</summary>
[CollectionDefinition(nameof(SiloFixture))]
public sealed class SiloCollection : ICollectionFixture<SiloFixture>;
