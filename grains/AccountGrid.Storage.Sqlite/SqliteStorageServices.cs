using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace AccountGrid.Storage.Sqlite;

/// <summary>Registers the SQLite store.</summary>
public static class SqliteStorageServices
{
    /// <summary>
    /// Registers the ports of the application on one SQLite database. The host opens it before any other service starts
    /// and closes it, drained, after every other one has stopped.
    /// </summary>
    /// <exception cref="ArgumentException">A setting is outside its range; the message names it.</exception>
    public static IServiceCollection AddSqliteStorage(this IServiceCollection services, SqliteStorageOptions options)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(options);
        options.RequireValid();
        return services.AddStore(provider => new SqliteStore(
            options, provider.GetRequiredService<TimeProvider>(), provider.GetService<IMeterFactory>(),
            provider.GetService<ILogger<SqliteStore>>()));
    }
}
