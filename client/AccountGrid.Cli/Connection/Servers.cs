using AccountGrid.Client;

namespace AccountGrid.Cli;

/// <summary>Makes clients of servers.</summary>
internal static class Servers
{
    /// <summary>Makes a client without a token; it connects with the first call.</summary>
    /// <param name="server">The server's gRPC address.</param>
    /// <param name="timeout">The limit of one attempt of any call; <c>null</c> = the limit of each kind.</param>
    /// <param name="clock">The clock.</param>
    /// <param name="onRetry">Called before each retry.</param>
    public static AccountGridClient Open(
        Uri server, TimeSpan? timeout, TimeProvider clock, Action<AccountGridRetry>? onRetry = null)
    {
        // The caller warns where a token travels in the clear: the address was given by a person.
        var options = new AccountGridClientOptions
        {
            Address = server,
            AllowUnencryptedTokens = true,
            Retry = { OnRetry = onRetry },
        };
        if (timeout is { } limit)
        {
            var of = options.Deadlines;
            of.Read = of.Command = of.Undo = of.Verify = of.IngestStream = limit;
        }

        return AccountGridClient.Create(options, clock: clock);
    }

    /// <summary>Reads a server address: http or https, a host and a port, nothing else.</summary>
    /// <exception cref="CliException">It is none.</exception>
    public static Uri Parse(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https"
            && uri.PathAndQuery is "/" && uri.UserInfo.Length == 0 && uri.Fragment.Length == 0
            ? uri
            : throw CliException.Usage($"--server: '{text}' is no address such as {GlobalOptions.DefaultServer}.");
}
