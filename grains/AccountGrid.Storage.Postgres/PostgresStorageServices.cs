using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace AccountGrid.Storage.Postgres;

/// <summary>Registers the PostgreSQL store.</summary>
public static class PostgresStorageServices
{
    /// <summary>
    /// Registers the ports of the application on one PostgreSQL database. The host opens it before any other service starts and closes it, drained,
    /// after every other one has stopped.
    /// </summary>
    /// <exception cref="ArgumentException">A setting is outside its range; the message names it.</exception>
    public static IServiceCollection AddPostgresStorage(this IServiceCollection services, PostgresStorageOptions options)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(provider => new PostgresStore(
            options, provider.GetRequiredService<TimeProvider>(), provider.GetService<IMeterFactory>(), provider.GetService<ILogger<PostgresStore>>()));
        services.AddSingleton<IHostedService, Lifetime>();
        services.AddSingleton(static provider => provider.GetRequiredService<PostgresStore>().Journal);
        services.AddSingleton(static provider => provider.GetRequiredService<PostgresStore>().Index);
        services.AddSingleton(static provider => provider.GetRequiredService<PostgresStore>().HarmLog);
        services.AddSingleton(static provider => provider.GetRequiredService<PostgresStore>().Ledger);
        services.AddSingleton(static provider => provider.GetRequiredService<PostgresStore>().Feed);
        services.AddSingleton(static provider => provider.GetRequiredService<PostgresStore>().Audit);
        services.AddSingleton(static provider => provider.GetRequiredService<PostgresStore>().Checkpoints);
        return services;
    }

    private sealed class Lifetime(PostgresStore store) : IHostedLifecycleService
    {
        public Task StartingAsync(CancellationToken cancellationToken) => store.OpenAsync(cancellationToken);

        public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StoppedAsync(CancellationToken cancellationToken) => store.DisposeAsync().AsTask();
    }
}
