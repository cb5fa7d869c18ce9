using System.Globalization;
using AccountGrid.Benchmarks.Harness;
using AccountGrid.Grains;
using AccountGrid.Silo;

namespace AccountGrid.Benchmarks.Memory;

/// <summary>What a process activates.</summary>
internal enum MemoryKind
{
    /// <summary><see cref="BareGrain"/>.</summary>
    Bare,

    /// <summary>Accounts, in the silo's own host.</summary>
    Account,
}

/// <summary>
/// The hidden verb by which this program activates grains in a process of its own and says what they cost.
/// </summary>
internal static class MemoryProbe
{
    /// <summary>The name of the line that holds the result, in bytes per activation.</summary>
    public const string Result = "BytesPerActivation";

    /// <summary>
    /// Activations before the measuring, so that tables and code are there; accounts with ids above the measured ones.
    /// </summary>
    public const int WarmUp = 2_000;

    // Below the number of existence checks that the store lets wait.
    private const int InFlight = 32;

    /// <summary>Activates, collects, and prints the result.</summary>
    public static async Task RunAsync(
        MemoryKind kind, string directory, int activations, CancellationToken cancellationToken)
    {
        if (kind == MemoryKind.Account)
        {
            await using var host = SiloHost.Build(new Dictionary<string, string?>
            {
                ["AccountGrid:Data"] = directory,
                ["AccountGrid:HttpPort"] = "0",
                ["AccountGrid:GrpcPort"] = "0",
            });
            // Runs until this process ends; the banner is the sign that it serves.
            using var banner = new StringWriter();
            var running = host.RunAsync(banner);
            while (banner.GetStringBuilder().Length == 0 && !running.IsCompleted)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(50), cancellationToken);
            }

            await MeasureAsync(host.Services, ReadAccountAsync, activations, cancellationToken);
            return;
        }

        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.SetMinimumLevel(LogLevel.Error);
        builder.Host.UseOrleans(
            silo => silo.UseLocalhostClustering(FreePort(), FreePort(), null, "benchmark", "benchmark"));
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        await using var app = builder.Build();
        await app.StartAsync(cancellationToken);
        await MeasureAsync(app.Services, ReadBareAsync, activations, cancellationToken);
    }

    private static async Task MeasureAsync(
        IServiceProvider services, Func<IGrainFactory, long, Task> activate, int activations,
        CancellationToken cancellationToken)
    {
        var factory = services.GetRequiredService<IGrainFactory>();
        await ActivateAsync(factory, activate, activations + 1, activations + WarmUp, cancellationToken);
        var before = CollectedHeap();
        await ActivateAsync(factory, activate, 1, activations, cancellationToken);
        var after = CollectedHeap();
        var alive = await factory.GetGrain<IManagementGrain>(0).GetTotalActivationCount(cancellationToken);
        VerificationException.ThrowUnlessEqual(true, alive >= activations + WarmUp, $"{alive} activations are alive");
        Console.WriteLine(
            string.Create(CultureInfo.InvariantCulture, $"{Result}  {(after - before) / (double)activations:0.0}"));
    }

    private static async Task ActivateAsync(
        IGrainFactory factory, Func<IGrainFactory, long, Task> activate, long first, long last,
        CancellationToken cancellationToken)
    {
        var next = first - 1;
        await Task.WhenAll(Enumerable.Range(0, InFlight).Select(_ => Task.Run(
            async () =>
            {
                for (long id; (id = Interlocked.Increment(ref next)) <= last;)
                {
                    await activate(factory, id);
                }
            },
            cancellationToken)));
    }

    private static async Task ReadAccountAsync(IGrainFactory factory, long id)
    {
        var answer = await factory.GetGrain<IAccountGrain>(id).GetAsync(0, CancellationToken.None);
        VerificationException.ThrowUnlessEqual(AccountSeeder.HandleOf(id), answer.Value?.Handle, $"Account {id}");
    }

    private static async Task ReadBareAsync(IGrainFactory factory, long id) =>
        VerificationException.ThrowUnlessEqual(
            id, await factory.GetGrain<IBareGrain>(id).GetAsync(), "The grain's key");

    private static long CollectedHeap()
    {
        for (var i = 0; i < 3; i++)
        {
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Forced, blocking: true, compacting: true);
            GC.WaitForPendingFinalizers();
        }

        return GC.GetTotalMemory(forceFullCollection: true);
    }

    private static int FreePort()
    {
        using var listener = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        listener.Start();
        return ((System.Net.IPEndPoint)listener.LocalEndpoint).Port;
    }
}
