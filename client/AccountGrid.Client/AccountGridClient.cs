using Grpc.Core;
using Grpc.Health.V1;
using Grpc.Net.Client;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace AccountGrid.Client;

/// <summary>
/// The client of one AccountGrid. Make one and keep it: it holds the connection and the token. All members are
/// thread-safe. Every call throws <see cref="AccountGridException"/> where it fails or is refused and
/// <see cref="OperationCanceledException"/> where its token is cancelled; what the token provider throws comes as it
/// is.
/// </summary>
public sealed class AccountGridClient : IDisposable
{
    private readonly GrpcChannel? _ownChannel;
    private readonly ServiceStubs _stubs;

    internal AccountGridClient(ServiceStubs stubs, CallPipeline calls, GrpcChannel? ownChannel)
    {
        _stubs = stubs;
        _ownChannel = ownChannel;
        Calls = calls;
        Accounts = new AccountsClient(stubs.Accounts, calls);
        Followers = new FollowersClient(stubs.Followers, calls);
        Proposals = new ProposalsClient(stubs.Proposals, calls);
        Operators = new OperatorsClient(stubs.Operators, calls);
        Brake = new BrakeClient(stubs.Brake, calls);
        Policy = new PolicyClient(stubs.Policy, calls);
        Audit = new AuditClient(stubs.Audit, calls);
        Events = new EventsClient(stubs.Events, calls);
        Traces = new TracesClient(stubs.Traces, calls);
    }

    /// <summary>
    /// The name of the <see cref="System.Diagnostics.ActivitySource"/> with a span per call, to give to
    /// <c>AddSource</c>.
    /// </summary>
    public static string ActivitySourceName => ClientDiagnostics.SourceName;

    /// <summary>Reads accounts, takes them down and brings them back.</summary>
    public AccountsClient Accounts { get; }

    /// <summary>The followers of accounts.</summary>
    public FollowersClient Followers { get; }

    /// <summary>Proposals, and the decisions of the second person.</summary>
    public ProposalsClient Proposals { get; }

    /// <summary>People and their powers.</summary>
    public OperatorsClient Operators { get; }

    /// <summary>The brake over the whole grid.</summary>
    public BrakeClient Brake { get; }

    /// <summary>The numbers behind the rules, and how two admins change them.</summary>
    public PolicyClient Policy { get; }

    /// <summary>The entries of all journals, and their verification.</summary>
    public AuditClient Audit { get; }

    /// <summary>Changes as they commit.</summary>
    public EventsClient Events { get; }

    /// <summary>The traces of the last commands.</summary>
    public TracesClient Traces { get; }

    internal CallPipeline Calls { get; }

    /// <summary>Makes a client without dependency injection. It connects with the first call.</summary>
    /// <param name="options">The address, time limits, retries and tokens.</param>
    /// <param name="handler">
    /// The HTTP handler, disposed with the client; <c>null</c> = <see cref="SocketsHttpHandler"/> set up for long-lived
    /// HTTP/2 connections.
    /// </param>
    /// <param name="loggerFactory">Makes its logger; <c>null</c> = nothing is logged.</param>
    /// <param name="clock">Measures pauses, the life of tokens and staleness; <c>null</c> = the system's.</param>
    /// <exception cref="ArgumentException">An option breaks its rule; the message names all of them.</exception>
    public static AccountGridClient Create(
        AccountGridClientOptions options,
        HttpMessageHandler? handler = null,
        ILoggerFactory? loggerFactory = null,
        TimeProvider? clock = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (AccountGridClientOptionsValidator.Faults(options) is { Count: > 0 } faults)
        {
            throw new ArgumentException(string.Join(' ', faults), nameof(options));
        }

        var channelOptions = new GrpcChannelOptions
        {
            HttpHandler = handler ?? Transport.CreateHandler(),
            DisposeHttpClient = true,
            LoggerFactory = loggerFactory,
        };
        Transport.Apply(options, channelOptions);
        var channel = GrpcChannel.ForAddress(options.Address!, channelOptions);
        var stubs = new ServiceStubs(channel.CreateCallInvoker());
        return Create(stubs, options, options.TokenProvider, loggerFactory, clock, channel);
    }

    /// <summary>
    /// A client over the same connection that calls with other tokens, such as those of the person in whose name a
    /// service acts. Cheap; disposing it does nothing, disposing the first ends both.
    /// </summary>
    /// <param name="tokenProvider">Where its tokens come from; <c>null</c> = none.</param>
    /// <exception cref="InvalidOperationException">
    /// The address is not encrypted, and tokens may not travel so.
    /// </exception>
    public AccountGridClient With(IAccountGridTokenProvider? tokenProvider)
    {
        var options = Calls.Settings.Options;
        if (tokenProvider is not null && options.TokenProvider is null
            && Transport.Copy(options, tokenProvider) is var copy
            && AccountGridClientOptionsValidator.Faults(copy) is { Count: > 0 } faults)
        {
            throw new InvalidOperationException(string.Join(' ', faults));
        }

        var tokens = tokenProvider is null ? null : new TokenSource(tokenProvider, Calls.Settings.Clock);
        return new AccountGridClient(_stubs, Calls.With(tokens), ownChannel: null);
    }

    /// <summary>Whether the server takes requests. Needs no token.</summary>
    /// <param name="cancellationToken">Ends the call.</param>
    public Task<HealthCheckResponse> CheckHealthAsync(CancellationToken cancellationToken = default) =>
        Calls.With(null).CallAsync(new HealthCheckRequest(), _stubs.Health.CheckAsync, cancellationToken);

    /// <summary>Closes the connection. Calls under way fail. Idempotent.</summary>
    public void Dispose() => _ownChannel?.Dispose();

    internal static AccountGridClient Create(
        ServiceStubs stubs,
        AccountGridClientOptions options,
        IAccountGridTokenProvider? tokenProvider,
        ILoggerFactory? loggerFactory,
        TimeProvider? clock,
        GrpcChannel? ownChannel)
    {
        clock ??= TimeProvider.System;
        var log = new ClientLog((loggerFactory ?? NullLoggerFactory.Instance).CreateLogger(ClientLog.Category));
        var tokens = tokenProvider is null ? null : new TokenSource(tokenProvider, clock);
        return new AccountGridClient(
            stubs, new CallPipeline(new CallSettings(options, clock, log), tokens), ownChannel);
    }
}

/// <summary>The generated clients of all services over one connection.</summary>
internal sealed class ServiceStubs(CallInvoker invoker)
{
    public V1.AccountService.AccountServiceClient Accounts { get; } = new(invoker);

    public V1.FollowerService.FollowerServiceClient Followers { get; } = new(invoker);

    public V1.ProposalService.ProposalServiceClient Proposals { get; } = new(invoker);

    public V1.OperatorService.OperatorServiceClient Operators { get; } = new(invoker);

    public V1.BrakeService.BrakeServiceClient Brake { get; } = new(invoker);

    public V1.PolicyService.PolicyServiceClient Policy { get; } = new(invoker);

    public V1.AuditService.AuditServiceClient Audit { get; } = new(invoker);

    public V1.EventService.EventServiceClient Events { get; } = new(invoker);

    public V1.TraceService.TraceServiceClient Traces { get; } = new(invoker);

    public Health.HealthClient Health { get; } = new(invoker);
}

/// <summary>Sets up the connection, with and without dependency injection.</summary>
internal static class Transport
{
    /// <summary>
    /// A handler whose connections live long: pings find a dead one within 40 seconds, and a crowd of streams opens a
    /// second one.
    /// </summary>
    public static SocketsHttpHandler CreateHandler() => new()
    {
        ConnectTimeout = TimeSpan.FromSeconds(5),
        KeepAlivePingDelay = TimeSpan.FromSeconds(30),
        KeepAlivePingTimeout = TimeSpan.FromSeconds(10),
        EnableMultipleHttp2Connections = true,
    };

    /// <summary>
    /// Message sizes, and how soon a server is looked for again: by default gRPC would let two minutes pass. Retries
    /// are this library's own, so that they stand in one place.
    /// </summary>
    public static void Apply(AccountGridClientOptions options, GrpcChannelOptions channel)
    {
        channel.MaxReceiveMessageSize = options.MaxReceiveMessageBytes;
        channel.MaxSendMessageSize = options.MaxSendMessageBytes;
        channel.InitialReconnectBackoff = options.Retry.FirstDelay;
        channel.MaxReconnectBackoff = options.Retry.LongestDelay;
    }

    /// <summary>A copy of the options that the rules about tokens check, with another provider.</summary>
    public static AccountGridClientOptions Copy(
        AccountGridClientOptions options, IAccountGridTokenProvider tokenProvider) => new()
        {
            Address = options.Address,
            AllowUnencryptedTokens = options.AllowUnencryptedTokens,
            TokenProvider = tokenProvider,
        };
}
