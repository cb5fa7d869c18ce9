namespace AccountGrid.Client;

/// <summary>
/// A cache could not answer within its bound: it was told not to read instead, reads took too long, or the server
/// answered them with an older state than is known.
/// </summary>
public sealed class AccountStatusStaleException : Exception
{
    internal AccountStatusStaleException(TimeSpan bound, TimeSpan? lag)
        : this(
            bound,
            lag,
            lag is { } behind
                ? $"What is in memory is {behind.TotalSeconds:0.###} seconds behind, and the bound is "
                    + $"{bound.TotalSeconds:0.###}."
                : "The watch has never been connected, so nothing in memory is known to be fresh.")
    {
    }

    private AccountStatusStaleException(TimeSpan bound, TimeSpan? lag, string message)
        : base(message)
    {
        Bound = bound;
        Lag = lag;
    }

    internal static AccountStatusStaleException Outdated(TimeSpan bound, TimeSpan? lag) =>
        new(bound, lag, "The server answers with an older state of the account than an event has told.");

    /// <summary>The bound.</summary>
    public TimeSpan Bound { get; }

    /// <summary>How far memory is behind; <c>null</c> = the watch has never been connected.</summary>
    public TimeSpan? Lag { get; }
}
