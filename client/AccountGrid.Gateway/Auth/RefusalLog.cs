namespace AccountGrid.Gateway.Auth;

/// <summary>
/// Logs which keys and tokens are refused by which rule; nothing of a token is logged. Thread-safe.
/// </summary>
internal sealed partial class RefusalLog(TimeProvider clock, ILogger<RefusalLog> logger)
{
    /// <summary>
    /// A rule that tokens break is logged at most so often for each key, because any caller can send such tokens.
    /// </summary>
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private readonly Dictionary<(string KeyId, string Rule), Said> _said = [];

    /// <summary>Logs the refused keys of a key set.</summary>
    /// <param name="source">The file or address.</param>
    /// <param name="keys">The refused keys.</param>
    public void Report(string source, IEnumerable<RefusedKey> keys)
    {
        foreach (var key in keys)
        {
            LogKey(logger, key.IsForEncryption ? LogLevel.Information : LogLevel.Warning, key.KeyId, source, key.Rule);
        }
    }

    /// <summary>Logs a refused token, unless the same was logged within the last second.</summary>
    /// <param name="keyId">The id of a key that is known.</param>
    /// <param name="rule">The rule, one of <see cref="KeyRules"/>.</param>
    public void Report(string keyId, string rule)
    {
        Said? before;
        lock (_gate)
        {
            before = _said.GetValueOrDefault((keyId, rule));
            if (before is not null && clock.GetElapsedTime(before.At) < Interval)
            {
                _said[(keyId, rule)] = before with { Unsaid = before.Unsaid + 1 };
                return;
            }

            _said[(keyId, rule)] = new Said(clock.GetTimestamp(), 0);
        }

        LogToken(logger, keyId, rule, before?.Unsaid ?? 0);
    }

    [LoggerMessage(EventId = 1, Message = "The key '{KeyId}' of {Source} verifies no token: it {Rule}.")]
    private static partial void LogKey(ILogger logger, LogLevel level, string keyId, string source, string rule);

    [LoggerMessage(
        2,
        LogLevel.Warning,
        "A token that names the key '{KeyId}' was refused: it {Rule}; so were {Unsaid} more since the last such line.")]
    private static partial void LogToken(ILogger logger, string keyId, string rule, long unsaid);

    private sealed record Said(long At, long Unsaid);
}
