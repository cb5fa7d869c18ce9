using System.Net;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace AccountGrid.Benchmarks.Baselines;

/// <summary>
/// The other side of every comparison over the wire: Kestrel, the generated gRPC services, JSON transcoding and JWT
/// bearer as the silo has them, and nothing else.
/// </summary>
internal static class BaselineHost
{
    /// <summary>Serves until it is ended. The first lines say where, in the silo's form.</summary>
    /// <param name="keyFile">The silo's development key, so that both take the same tokens.</param>
    /// <param name="addServices">Registers what the service needs.</param>
    /// <param name="map">Maps the service.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public static async Task RunAsync(
        string keyFile, Action<IServiceCollection> addServices, Action<WebApplication> map,
        CancellationToken cancellationToken)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Listen(IPAddress.Loopback, 0, o => o.Protocols = HttpProtocols.Http1);
            kestrel.Listen(IPAddress.Loopback, 0, o => o.Protocols = HttpProtocols.Http2);
        });
        builder.Services.AddGrpc().AddJsonTranscoding(o => o.JsonSettings.WriteInt64sAsStrings = true);
        BaselineAuthentication.Add(builder.Services, keyFile);
        addServices(builder.Services);

        await using var app = builder.Build();
        app.UseAuthentication();
        app.UseAuthorization();
        map(app);
        await app.StartAsync(cancellationToken);
        var addresses =
            app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.ToArray();
        Console.WriteLine($"HTTP  {addresses[0]}");
        Console.WriteLine($"gRPC  {addresses[1]}");
        await app.WaitForShutdownAsync(cancellationToken);
    }
}
