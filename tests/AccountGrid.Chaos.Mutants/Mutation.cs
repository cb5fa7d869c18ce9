using AccountGrid.Application;
using AccountGrid.Domain;
using AccountGrid.Grains;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Orleans.Configuration;

namespace AccountGrid.Chaos.Mutants;

/// <summary>
/// The ways in which a silo can be made wrong on purpose, one at a time. Each takes one safeguard away, in the port
/// behind which it is, and leaves everything else as it is in production. Production code knows nothing of them.
/// </summary>
internal static class Mutation
{
    /// <summary>The environment variable that names one.</summary>
    public const string Variable = "ACCOUNTGRID_MUTANT";

    /// <summary>What makes the silo wrong; <c>null</c> = there is no such mutant.</summary>
    /// <param name="name">Which; <c>none</c> = nothing, which is the control.</param>
    /// <param name="args">The silo's command line.</param>
    public static Action<IServiceCollection>? Of(string? name, string[] args) => name switch
    {
        "none" => LeaveAsIs,
        "no-fence" => static services => Wrap<IJournal>(services, static journal => new UnfencedJournal(journal)),
        "early-acknowledgement" =>
            static services => Wrap<IJournal>(services, static journal => new EarlyJournal(journal)),
        "forgotten-request-ids" =>
            static services => Wrap<IEventCodec<AccountEvent>>(services, static codec => new ForgetfulCodec(codec)),
        "unrecorded-refusals" =>
            static services => Wrap<IJournal>(services, static journal => new ForgivingJournal(journal)),
        "blind-audit" => static services => Wrap<IAuditSource>(services, static audit => new BlindAudit(audit)),
        "unaware-of-its-death" => ForgetMembership,
        "count-apart" =>
            services => Wrap<IFollowerLedger>(services, ledger => new CountApartLedger(ledger, DataDirectory(args))),
        _ => null,
    };

    /// <summary>
    /// The silo reads in the membership table whether it is dead neither after it stood still nor every two seconds.
    /// </summary>
    private static void ForgetMembership(IServiceCollection services)
    {
        services.RemoveAll<IMembershipRecord>();
        services.PostConfigure<ClusterMembershipOptions>(static o => o.TableRefreshTimeout = TimeSpan.FromMinutes(10));
    }

    private static void LeaveAsIs(IServiceCollection services)
    {
    }

    private static string DataDirectory(string[] args) => args[Array.IndexOf(args, "--data") + 1];

    /// <summary>Puts something round the service that is registered.</summary>
    private static void Wrap<T>(IServiceCollection services, Func<T, T> wrap)
        where T : class
    {
        var inner = services.Last(static d => d.ServiceType == typeof(T) && !d.IsKeyedService);
        services.Remove(inner);
        services.AddSingleton(provider => wrap(
            (T)(inner.ImplementationFactory?.Invoke(provider)
                ?? ActivatorUtilities.CreateInstance(provider, inner.ImplementationType!))));
    }
}
