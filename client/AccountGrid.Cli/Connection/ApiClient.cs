using AccountGrid.V1;
using Grpc.Health.V1;
using Grpc.Net.Client;

namespace AccountGrid.Cli;

/// <summary>One channel to one server with the clients of all its services. Dispose closes it.</summary>
internal sealed class ApiClient : IDisposable
{
    private readonly GrpcChannel _channel;

    private ApiClient(GrpcChannel channel)
    {
        _channel = channel;
        Accounts = new AccountService.AccountServiceClient(channel);
        Followers = new FollowerService.FollowerServiceClient(channel);
        Proposals = new ProposalService.ProposalServiceClient(channel);
        Operators = new OperatorService.OperatorServiceClient(channel);
        Audit = new AuditService.AuditServiceClient(channel);
        Events = new EventService.EventServiceClient(channel);
        Traces = new TraceService.TraceServiceClient(channel);
        Health = new Health.HealthClient(channel);
    }

    public AccountService.AccountServiceClient Accounts { get; }

    public FollowerService.FollowerServiceClient Followers { get; }

    public ProposalService.ProposalServiceClient Proposals { get; }

    public OperatorService.OperatorServiceClient Operators { get; }

    public AuditService.AuditServiceClient Audit { get; }

    public EventService.EventServiceClient Events { get; }

    public TraceService.TraceServiceClient Traces { get; }

    public Health.HealthClient Health { get; }

    /// <summary>Opens a channel; connects with the first call.</summary>
    public static ApiClient Open(Uri server) => new(GrpcChannel.ForAddress(server, new GrpcChannelOptions
    {
        HttpHandler = new SocketsHttpHandler
        {
            ConnectTimeout = TimeSpan.FromSeconds(5),
            KeepAlivePingDelay = TimeSpan.FromSeconds(30),
            KeepAlivePingTimeout = TimeSpan.FromSeconds(10),
            EnableMultipleHttp2Connections = true,
        },
        DisposeHttpClient = true,

        // A page of 1,000 journal entries with full notes is larger than the default of 4 MB.
        MaxReceiveMessageSize = 64 * 1024 * 1024,
    }));

    /// <summary>Reads a server address: http or https, a host and a port, nothing else.</summary>
    /// <exception cref="CliException">It is none.</exception>
    public static Uri ParseServer(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https"
            && uri.PathAndQuery is "/" && uri.UserInfo.Length == 0 && uri.Fragment.Length == 0
            ? uri
            : throw CliException.Usage($"--server: '{text}' is no address such as {GlobalOptions.DefaultServer}.");

    /// <inheritdoc />
    public void Dispose() => _channel.Dispose();
}
