using AccountGrid.Application;
using AccountGrid.Domain;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Orleans.Runtime.GrainDirectory;
using Orleans.Storage;

namespace AccountGrid.Grains;

/// <summary>Puts the grains into a silo.</summary>
public static class GrainsHosting
{
    /// <summary>
    /// Adds the grains' services and their placement. The host provides the ports (a store's <c>Add...</c>),
    /// <see cref="PolicyInForce"/>, <see cref="ProcessorLimits"/>, the checkpoint log, keys and signer, the
    /// <see cref="SnapshotSeal"/>, a grain storage under <paramref name="snapshotStorageName"/>, and an
    /// <see cref="IMembershipRecord"/> where the silo is one of several.
    /// </summary>
    /// <param name="silo">The silo.</param>
    /// <param name="snapshotStorageName">The name of the grain storage behind <see cref="SnapshotStore"/>.</param>
    public static ISiloBuilder AddAccountGridGrains(this ISiloBuilder silo, string snapshotStorageName)
    {
        ArgumentNullException.ThrowIfNull(silo);
        silo.AddPlacementDirector<KnownAccountsPlacement, KnownAccountsDirector>();
        var services = silo.Services;
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<AccountGrains>();
        services.TryAddSingleton<PauseGuard>();
        services.TryAddSingleton(typeof(LocalProcessors<>));
        services.TryAddSingleton<LocalAccounts>();
        services.TryAddSingleton<ILocalAccounts>(static provider => provider.GetRequiredService<LocalAccounts>());
        services.TryAddSingleton<ApplicationDiagnostics>();
        services.TryAddSingleton<IEventCodec<AccountEvent>, AccountEventCodec>();
        services.TryAddSingleton<IEventCodec<OperatorEvent>, OperatorEventCodec>();
        services.TryAddSingleton<IEventCodec<BrakeEvent>, BrakeEventCodec>();
        services.TryAddSingleton<IBrake, GrainBrake>();
        services.TryAddSingleton<BrakeServices>();
        services.TryAddSingleton<IEventCodec<PolicyEvent>, PolicyEventCodec>();
        services.TryAddSingleton<IOperatorAuthority, GrainOperatorAuthority>();
        services.TryAddSingleton<AccountServices>();
        services.TryAddSingleton<OperatorServices>();
        services.TryAddSingleton<PolicyServices>();
        services.TryAddSingleton<PolicyMeters>();
        services.TryAddSingleton(static provider => SiloPolicy.Of(provider.GetRequiredService<PolicyInForce>()));
        services.TryAddSingleton<PolicyFollower>();
        services.TryAddSingleton<PolicyWatch>();
        services.TryAddSingleton<ILocalPolicy, LocalPolicy>();
        services.TryAddSingleton<AccountRegistrar>();
        services.TryAddSingleton<DerivedAudit>();
        services.TryAddSingleton<DerivedSettings>();
        services.TryAddSingleton<DerivedMeters>();
        services.TryAddTransient<RootWalk>();
        services.TryAddTransient<DerivedWatch>();
        services.TryAddSingleton<AuditVerifier>();
        services.TryAddSingleton<CheckpointMaker>();
        services.TryAddSingleton<ReconcilerSettings>();
        services.TryAddSingleton<ReconcilerMeters>();
        services.TryAddSingleton<IFollowWatch, GrainFollowWatch>();
        services.TryAddTransient<FollowerReconciler>();
        services.AddGrainService<SiloAccounts>();
        services.AddGrainService<TracesService>();
        services.TryAddSingleton(typeof(EverySilo<>));
        services.AddSingleton<IGrainDirectoryResolver, WorkerDirectory>();
        services.AddSingleton(provider => new SnapshotStore(
            provider.GetRequiredKeyedService<IGrainStorage>(snapshotStorageName),
            provider.GetRequiredService<ILogger<SnapshotStore>>()));
        return silo;
    }
}
