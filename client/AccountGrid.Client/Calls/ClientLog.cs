using Grpc.Core;
using Microsoft.Extensions.Logging;

namespace AccountGrid.Client;

/// <summary>The log messages of the client. None holds a token, a note or an account.</summary>
internal sealed partial class ClientLog(ILogger logger)
{
    /// <summary>The category.</summary>
    public const string Category = "AccountGrid.Client";

    [LoggerMessage(
        1, LogLevel.Information, "{Method} failed at attempt {Attempt} ({Code} {Reason}); again in {Delay}.")]
    public partial void Repeating(string method, int attempt, StatusCode code, string reason, TimeSpan delay);

    [LoggerMessage(2, LogLevel.Information, "{Method} was refused for its token; another one is asked for.")]
    public partial void TokenRefused(string method);

    [LoggerMessage(
        3,
        LogLevel.Information,
        "A watch ended ({Code} {Reason}); it goes on behind position {Position} in {Delay}.")]
    public partial void Resuming(StatusCode code, string reason, long? position, TimeSpan delay);

    [LoggerMessage(
        4,
        LogLevel.Warning,
        "The watch of a status cache cannot go on: the cache is empty and reads until it can. "
            + "Another attempt in {Delay}.")]
    public partial void CacheReset(Exception exception, TimeSpan delay);
}
