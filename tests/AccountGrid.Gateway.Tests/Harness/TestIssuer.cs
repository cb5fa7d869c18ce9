using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace AccountGrid.Gateway.Tests.Harness;

/// <summary>
/// An OpenID provider over HTTP on loopback, as far as a resource server sees it. It can be stopped and started again
/// at the same address. Thread-safe but for starting and stopping.
/// </summary>
public sealed class TestIssuer : IAsyncDisposable
{
    private WebApplication? _app;
    private int _port;
    private int _asked;
    private volatile string _keys;
    private volatile string? _discovery;

    private TestIssuer(string keys) => _keys = keys;

    /// <summary>Its address, which is the issuer that tokens name.</summary>
    public string Url => $"http://127.0.0.1:{_port}";

    /// <summary>The key set that it answers with.</summary>
    public string Keys
    {
        get => _keys;
        set => _keys = value;
    }

    /// <summary>The discovery document that it answers with; <c>null</c> = a good one.</summary>
    public string? Discovery
    {
        get => _discovery;
        set => _discovery = value;
    }

    /// <summary>How often it was asked for its keys.</summary>
    public int Asked => Volatile.Read(ref _asked);

    /// <summary>Starts one at a free port.</summary>
    public static async Task<TestIssuer> StartAsync(string keys)
    {
        var issuer = new TestIssuer(keys);
        await issuer.StartAsync();
        return issuer;
    }

    /// <summary>Starts it again where it was.</summary>
    public async Task StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, _port));
        var app = builder.Build();
        app.MapGet("/.well-known/openid-configuration", () =>
            _discovery is { } other
                ? Results.Text(other, "application/json")
                : Results.Json(new { issuer = Url, jwks_uri = Url + "/jwks" }));
        app.MapGet("/jwks", () =>
        {
            Interlocked.Increment(ref _asked);
            return Results.Text(_keys, "application/json");
        });
        await app.StartAsync(TestContext.Current.CancellationToken);
        _app = app;
        _port = new Uri(app.Urls.First()).Port;
    }

    /// <summary>From here on connections to it are refused.</summary>
    public async Task StopAsync()
    {
        if (_app is { } app)
        {
            _app = null;
            await app.StopAsync(CancellationToken.None);
            await app.DisposeAsync();
        }
    }

    public async ValueTask DisposeAsync() => await StopAsync();
}
