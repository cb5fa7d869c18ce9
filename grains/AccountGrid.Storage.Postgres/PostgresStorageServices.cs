using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace AccountGrid.Storage.Postgres;

/// <summary>Registers the PostgreSQL store.</summary>
public static class PostgresStorageServices
{
    /// <summary>
    /// Registers the ports of the application on one PostgreSQL database. The host opens it before any other service
    /// starts and closes it, drained, after every other one has stopped.
    /// </summary>
    /// <exception cref="ArgumentException">A setting is outside its range; the message names it.</exception>
    public static IServiceCollection AddPostgresStorage(
        this IServiceCollection services, PostgresStorageOptions options)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(options);
        options.RequireValid();
        return services.AddStore(provider => new PostgresStore(
            options, provider.GetRequiredService<TimeProvider>(), provider.GetService<IMeterFactory>(),
            provider.GetService<ILogger<PostgresStore>>()));
    }
}
