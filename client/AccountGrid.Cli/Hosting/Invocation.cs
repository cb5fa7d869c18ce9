using System.CommandLine;
using System.Net;
using AccountGrid.Client;
using Grpc.Core;

namespace AccountGrid.Cli;

/// <summary>One running command: its options, its output, and the server it talks to. Single-threaded.</summary>
internal sealed class Invocation(ParseResult parse, CliHost host, GlobalOptions globals) : IDisposable
{
    private AccountGridClient? _connection;
    private AccountGridClient? _api;

    /// <summary>The process that it runs in.</summary>
    public CliHost Host { get; } = host;

    /// <summary>Prints its answer.</summary>
    public Output Output { get; } = new(host, parse.GetValue(globals.Json));

    /// <summary>The clock.</summary>
    public TimeProvider Clock => Host.Clock;

    /// <summary>The server, called with the caller's token.</summary>
    /// <exception cref="CliException">There is no token.</exception>
    public AccountGridClient Api => _api ??= As(Token ?? throw new CliException(
        ExitCode.Forbidden,
        "There is no token. Give --token or set ACCOUNTGRID_TOKEN. Against a silo of your own: "
            + "export ACCOUNTGRID_TOKEN=$(accountgrid token --as NAME --roles support,approver "
            + $"--data {GlobalOptions.DefaultData})"));

    /// <summary>The server, called without a token, for what needs none.</summary>
    public AccountGridClient Anonymous => _connection ??= Servers.Open(ServerOf(this), Timeout, Clock, Told);

    /// <summary>The data directory with the development key.</summary>
    public string DataDirectory => parse.GetValue(globals.Data) ?? GlobalOptions.DefaultData;

    /// <summary>The time limit that was asked for.</summary>
    public TimeSpan? Timeout => parse.GetValue(globals.Timeout);

    /// <summary>The server that was asked for, by option or environment; <c>null</c> = neither.</summary>
    public string? ServerAsked => parse.GetValue(globals.Server) ?? NonEmpty(Host.Environment("ACCOUNTGRID_SERVER"));

    private string? Token => NonEmpty(parse.GetValue(globals.Token)) ?? NonEmpty(Host.Environment("ACCOUNTGRID_TOKEN"));

    /// <summary>An option's value.</summary>
    public T? Get<T>(Option<T> option) => parse.GetValue(option);

    /// <summary>An argument's value.</summary>
    public T Get<T>(Argument<T> argument) => parse.GetRequiredValue(argument);

    /// <summary>Advice for a failure; <c>null</c> where there is none.</summary>
    public string? HintOf(AccountGridException error) => error.RequestId.Length > 0
        && (error.IsOutcomeUnknown || error.Code is StatusCode.Unavailable or StatusCode.DeadlineExceeded)
        ? $"Whether it happened is unknown. Send it again with --request-id {error.RequestId}: it acts once."
        : error is { Code: StatusCode.Unavailable, Reason: "" }
            ? $"Is a silo running, and does it take gRPC at {ServerAsked ?? GlobalOptions.DefaultServer}?"
            : null;

    /// <inheritdoc />
    public void Dispose() => _connection?.Dispose();

    private static Uri ServerOf(Invocation run)
    {
        var server = Servers.Parse(run.ServerAsked ?? GlobalOptions.DefaultServer);
        if (server.Scheme == "http" && !server.IsLoopback
            && !(IPAddress.TryParse(server.Host, out var address) && IPAddress.IsLoopback(address)))
        {
            run.Output.Warn(
                $"{server.GetLeftPart(UriPartial.Authority)} is not encrypted: the token travels in the clear.");
        }

        return server;
    }

    private AccountGridClient As(string token)
    {
        try
        {
            return Anonymous.With(AccountGridTokenProvider.FromToken(token));
        }
        catch (ArgumentException)
        {
            throw new CliException(
                ExitCode.Forbidden, "The token has characters that no token has, or too many of them.");
        }
    }

    private void Told(AccountGridRetry retry)
    {
        var error = retry.Error is null ? null : ServerError.From(retry.Error).Describe();
        if (!retry.Method.EndsWith("/WatchEvents", StringComparison.Ordinal))
        {
            Output.Note($"{error} Trying again in {Show.Elapsed(retry.Delay)}.");
        }
        else if (retry.Failures == 1)
        {
            Output.Note($"The stream ended{(error is null ? "" : $" ({error})")}; reconnecting.");
        }
    }

    private static string? NonEmpty(string? text) => string.IsNullOrWhiteSpace(text) ? null : text;
}
