using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace AccountGrid.Storage.Sqlite;

/// <summary>Registers the SQLite store.</summary>
public static class SqliteStorageServices
{
    /// <summary>
    /// Registers the ports of the application on one SQLite database. The host opens it before any other service starts and closes it, drained,
    /// after every other one has stopped.
    /// </summary>
    /// <exception cref="ArgumentException">A setting is outside its range; the message names it.</exception>
    public static IServiceCollection AddSqliteStorage(this IServiceCollection services, SqliteStorageOptions options)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(provider => new SqliteStore(
            options, provider.GetRequiredService<TimeProvider>(), provider.GetService<IMeterFactory>(), provider.GetService<ILogger<SqliteStore>>()));
        services.AddSingleton<IHostedService, Lifetime>();
        services.AddSingleton(static provider => provider.GetRequiredService<SqliteStore>().Journal);
        services.AddSingleton(static provider => provider.GetRequiredService<SqliteStore>().Index);
        services.AddSingleton(static provider => provider.GetRequiredService<SqliteStore>().HarmLog);
        services.AddSingleton(static provider => provider.GetRequiredService<SqliteStore>().Ledger);
        services.AddSingleton(static provider => provider.GetRequiredService<SqliteStore>().Feed);
        services.AddSingleton(static provider => provider.GetRequiredService<SqliteStore>().Audit);
        services.AddSingleton(static provider => provider.GetRequiredService<SqliteStore>().Checkpoints);
        return services;
    }

    private sealed class Lifetime(SqliteStore store) : IHostedLifecycleService
    {
        public Task StartingAsync(CancellationToken cancellationToken) => store.OpenAsync(cancellationToken);

        public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StoppedAsync(CancellationToken cancellationToken) => store.DisposeAsync().AsTask();
    }
}
