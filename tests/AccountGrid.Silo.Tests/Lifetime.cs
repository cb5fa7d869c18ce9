using Microsoft.Extensions.Hosting;

namespace AccountGrid.Silo.Tests;

/// <summary>A host's life, as a test wants it.</summary>
internal sealed class Lifetime : IHostApplicationLifetime, IDisposable
{
    public CancellationTokenSource Started { get; } = new();

    public CancellationTokenSource Stopping { get; } = new();

    public CancellationToken ApplicationStarted => Started.Token;

    public CancellationToken ApplicationStopping => Stopping.Token;

    public CancellationToken ApplicationStopped => CancellationToken.None;

    public void StopApplication() => Stopping.Cancel();

    public void Dispose()
    {
        Started.Dispose();
        Stopping.Dispose();
    }
}
