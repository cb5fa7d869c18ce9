using System.CommandLine;
using System.Net;
using Grpc.Core;

namespace AccountGrid.Cli;

/// <summary>One running command: its options, its output, and the server it talks to. Single-threaded.</summary>
internal sealed class Invocation(ParseResult parse, CliHost host, GlobalOptions globals) : IDisposable
{
    private ApiClient? _api;
    private CallContext? _calls;

    /// <summary>The process round it.</summary>
    public CliHost Host { get; } = host;

    /// <summary>Where its answer goes.</summary>
    public Output Output { get; } = new(host, parse.GetValue(globals.Json));

    /// <summary>The clock.</summary>
    public TimeProvider Clock => Host.Clock;

    /// <summary>The server's services.</summary>
    public ApiClient Api => _api ??= OpenApi();

    /// <summary>How the caller calls them.</summary>
    /// <exception cref="CliException">There is no token.</exception>
    public CallContext Calls => _calls ??= ContextOf(Token ?? throw new CliException(
        ExitCode.Forbidden,
        "There is no token. Give --token or set ACCOUNTGRID_TOKEN. Against a silo of your own: "
            + $"export ACCOUNTGRID_TOKEN=$(accountgrid token --as NAME --roles support,approver --data {GlobalOptions.DefaultData})"));

    /// <summary>The data directory with the development key.</summary>
    public string DataDirectory => parse.GetValue(globals.Data) ?? GlobalOptions.DefaultData;

    /// <summary>The time limit that was asked for.</summary>
    public TimeSpan? Timeout => parse.GetValue(globals.Timeout);

    /// <summary>The server that was asked for, by option or environment; <c>null</c> = nobody said.</summary>
    public string? ServerAsked => parse.GetValue(globals.Server) ?? NonEmpty(Host.Environment("ACCOUNTGRID_SERVER"));

    private string? Token => NonEmpty(parse.GetValue(globals.Token)) ?? NonEmpty(Host.Environment("ACCOUNTGRID_TOKEN"));

    /// <summary>An option's value.</summary>
    public T? Get<T>(Option<T> option) => parse.GetValue(option);

    /// <summary>An argument's value.</summary>
    public T Get<T>(Argument<T> argument) => parse.GetRequiredValue(argument);

    /// <summary>A call context without a token, for what needs none.</summary>
    public CallContext Anonymous() => ContextOf("");

    /// <summary>The idempotency key of a change: the one given, else a fresh one.</summary>
    public string RequestId(Option<string?> option) => parse.GetValue(option) ?? CallContext.NewRequestId();

    /// <summary>Sends a change. Should its outcome stay unknown, the person is told the request id to send it again with.</summary>
    public async Task<T> ChangeAsync<T>(string requestId, Func<CallOptions, AsyncUnaryCall<T>> call, CancellationToken cancellationToken)
    {
        try
        {
            return await Calls.CallAsync(call, cancellationToken);
        }
        catch (RpcException e)
        {
            e.Data[nameof(requestId)] = requestId;
            throw;
        }
    }

    /// <summary>What to do about a failure, where something can be done.</summary>
    public string? HintOf(RpcException exception, ServerError error) => exception.Data["requestId"] is string id && error.IsUnknownOutcome
        ? $"Whether it happened is unknown. Send it again with --request-id {id}: it acts once."
        : error is { Code: StatusCode.Unavailable, Reason: "" }
            ? $"Is a silo running, and does it take gRPC at {ServerAsked ?? GlobalOptions.DefaultServer}?"
            : null;

    /// <inheritdoc />
    public void Dispose() => _api?.Dispose();

    private CallContext ContextOf(string token) => new(token, Timeout, Clock, (error, delay) =>
        Output.Note($"{error.Describe()} Trying again in {Show.Elapsed(delay)}."));

    private ApiClient OpenApi()
    {
        var server = ApiClient.ParseServer(ServerAsked ?? GlobalOptions.DefaultServer);
        if (server.Scheme == "http" && !server.IsLoopback && !(IPAddress.TryParse(server.Host, out var address) && IPAddress.IsLoopback(address)))
        {
            Output.Warn($"{server.GetLeftPart(UriPartial.Authority)} is not encrypted: the token travels in the clear.");
        }

        return ApiClient.Open(server);
    }

    private static string? NonEmpty(string? text) => string.IsNullOrWhiteSpace(text) ? null : text;
}
