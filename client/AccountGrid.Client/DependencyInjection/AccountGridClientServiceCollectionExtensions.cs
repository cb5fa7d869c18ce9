using AccountGrid.Client;
using Grpc.Net.ClientFactory;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Registers the client of AccountGrid.</summary>
public static class AccountGridClientServiceCollectionExtensions
{
    private const string Name = "AccountGrid";

    /// <summary>
    /// Registers <see cref="AccountGridClient"/> as a singleton over Grpc.Net.ClientFactory. Options are validated when
    /// the host starts, or when the client is first asked for. Where the options name no token provider, a registered
    /// <see cref="IAccountGridTokenProvider"/> is taken; a registered <see cref="TimeProvider"/> and the logging of the
    /// container are used.
    /// </summary>
    /// <param name="services">The container.</param>
    /// <param name="configure">Sets the options.</param>
    /// <returns>The builder of its HTTP client, for handlers of one's own.</returns>
    public static IHttpClientBuilder AddAccountGridClient(
        this IServiceCollection services, Action<AccountGridClientOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(configure);
        services.AddOptions<AccountGridClientOptions>()
            .Configure(configure)
            .PostConfigure<IServiceProvider>(TakeProvider)
            .ValidateOnStart();
        services.TryAddEnumerable(
            ServiceDescriptor
                .Singleton<IValidateOptions<AccountGridClientOptions>, AccountGridClientOptionsValidator>());
        services.TryAddSingleton(static provider => AccountGridClient.Create(
            provider.GetRequiredService<GrpcClientFactory>().CreateClient<ServiceStubs>(Name),
            OptionsOf(provider),
            OptionsOf(provider).TokenProvider,
            provider.GetService<ILoggerFactory>(),
            provider.GetService<TimeProvider>(),
            ownChannel: null));
        return services
            .AddGrpcClient<ServiceStubs>(Name, static (provider, factory) =>
            {
                factory.Address = OptionsOf(provider).Address;
                factory.ChannelOptionsActions.Add(channel => Transport.Apply(OptionsOf(provider), channel));
            })
            .ConfigurePrimaryHttpMessageHandler(static () => Transport.CreateHandler());
    }

    /// <summary>
    /// Registers an <see cref="AccountStatusCache"/> of the registered <see cref="AccountGridClient"/> as a singleton.
    /// It begins to watch when it is first asked for.
    /// </summary>
    /// <param name="services">The container.</param>
    /// <param name="configure">Sets the options; <c>null</c> = the defaults.</param>
    public static IServiceCollection AddAccountGridStatusCache(
        this IServiceCollection services, Action<AccountStatusCacheOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        services.AddOptions<AccountStatusCacheOptions>().Configure(configure ?? (static _ => { })).ValidateOnStart();
        services.TryAddEnumerable(
            ServiceDescriptor
                .Singleton<IValidateOptions<AccountStatusCacheOptions>, AccountStatusCacheOptionsValidator>());
        services.TryAddSingleton(static provider => new AccountStatusCache(
            provider.GetRequiredService<AccountGridClient>(),
            provider.GetRequiredService<IOptions<AccountStatusCacheOptions>>().Value));
        return services;
    }

    private static void TakeProvider(AccountGridClientOptions options, IServiceProvider provider) =>
        options.TokenProvider ??= provider.GetService<IAccountGridTokenProvider>();

    private static AccountGridClientOptions OptionsOf(IServiceProvider provider) =>
        provider.GetRequiredService<IOptions<AccountGridClientOptions>>().Value;
}
