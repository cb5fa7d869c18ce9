namespace AccountGrid.Silo;

/// <summary>
/// Work that must be done before anything starts, in the order in which it was added; the store is opened first, so
/// that a silo that is refused leaves nothing behind.
/// </summary>
internal sealed class Preparation(Func<CancellationToken, Task> prepare) : IHostedLifecycleService
{
    /// <summary>Adds such work.</summary>
    // Not by AddHostedService, which takes two of one type for the same.
    public static void Add(IServiceCollection services, Func<IServiceProvider, CancellationToken, Task> prepare) =>
        services.AddSingleton<IHostedService>(
            provider => new Preparation(cancellationToken => prepare(provider, cancellationToken)));

    /// <inheritdoc />
    public Task StartingAsync(CancellationToken cancellationToken) => prepare(cancellationToken);

    /// <inheritdoc />
    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc />
    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc />
    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc />
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc />
    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
