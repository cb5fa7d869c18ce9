using System.Net;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Options;

namespace AccountGrid.Gateway.Auth;

/// <summary>
/// Stops the host where the development key is in force and the server listens on any but a loopback address. Until it
/// has run, every request is checked by its local address (<see cref="TokenCache.IsOutside"/>).
/// </summary>
internal sealed class LoopbackGuard(IServer server, IOptions<GatewayOptions> options) : IHostedLifecycleService
{
    /// <inheritdoc/>
    public Task StartedAsync(CancellationToken cancellationToken)
    {
        if (string.IsNullOrEmpty(options.Value.Auth.DevelopmentKeyFile))
        {
            return Task.CompletedTask;
        }

        foreach (var address in server.Features.Get<IServerAddressesFeature>()?.Addresses ?? [])
        {
            if (!IsLoopback(address))
            {
                throw new OptionsValidationException(
                    nameof(GatewayOptions), typeof(GatewayOptions),
                    ["Gateway:Auth:DevelopmentKeyFile is for loopback only, "
                        + $"and the server listens on {address}: set Authority or JwksFile."]);
            }
        }

        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>
    /// Whether an address such as <c>http://127.0.0.1:5180</c> or a Unix socket is reachable from this machine only.
    /// </summary>
    internal static bool IsLoopback(string address)
    {
        if (address.Contains("://unix:", StringComparison.OrdinalIgnoreCase)
            || address.Contains("://pipe:", StringComparison.OrdinalIgnoreCase))
        {
            return true;
        }

        return Uri.TryCreate(address, UriKind.Absolute, out var uri)
            && (uri.Host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
                || (IPAddress.TryParse(uri.Host.Trim('[', ']'), out var ip) && IPAddress.IsLoopback(ip)));
    }
}
