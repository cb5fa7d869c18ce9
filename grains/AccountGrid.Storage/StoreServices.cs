using AccountGrid.Application;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;

namespace AccountGrid.Storage;

/// <summary>Registers a store, whichever it is.</summary>
public static class StoreServices
{
    /// <summary>
    /// Registers a store and each of its ports. The host opens it before any other service starts and closes it,
    /// drained, after every other one has stopped. Where the host has <see cref="MacBoundaries"/>, what is appended
    /// gets a MAC, and what is read has to have one.
    /// </summary>
    /// <param name="services">The host's services.</param>
    /// <param name="create">Makes the store; nothing is opened by it.</param>
    public static IServiceCollection AddStore<TStore>(
        this IServiceCollection services, Func<IServiceProvider, TStore> create)
        where TStore : class, IStore
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(create);
        services.AddSingleton<IStore>(static provider => provider.GetRequiredService<TStore>());
        services.AddSingleton<IHostedService, Lifetime<TStore>>();
        services.AddSingleton(JournalOf<TStore>);
        services.AddSingleton(static provider => provider.GetRequiredService<TStore>().Index);
        services.AddSingleton(static provider => provider.GetRequiredService<TStore>().HarmLog);
        services.AddSingleton(static provider => provider.GetRequiredService<TStore>().Ledger);
        services.AddSingleton(static provider => provider.GetRequiredService<TStore>().FollowerAudit);
        services.AddSingleton(static provider => provider.GetRequiredService<TStore>().Feed);
        services.AddSingleton(static provider => provider.GetRequiredService<TStore>().Audit);
        services.AddSingleton(static provider => provider.GetRequiredService<TStore>().Checkpoints);
        services.AddSingleton(static provider => provider.GetRequiredService<TStore>().MacBoundaries);
        services.AddSingleton(static provider => provider.GetRequiredService<TStore>().Derived);
        return services;
    }

    private static IJournal JournalOf<TStore>(IServiceProvider provider)
        where TStore : class, IStore
    {
        var journal = provider.GetRequiredService<TStore>().Journal;
        return provider.GetService<MacBoundaries>() is { } macs ? new AuthenticatedJournal(journal, macs) : journal;
    }

    private sealed class Lifetime<TStore>(TStore store) : IHostedLifecycleService
        where TStore : class, IStore
    {
        public Task StartingAsync(CancellationToken cancellationToken) => store.OpenAsync(cancellationToken);

        public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StoppedAsync(CancellationToken cancellationToken) => store.DisposeAsync().AsTask();
    }
}
