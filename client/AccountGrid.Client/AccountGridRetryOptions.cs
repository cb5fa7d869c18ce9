namespace AccountGrid.Client;

/// <summary>
/// How often and when a call is sent again. Which calls are is not a setting: see the library's README.
/// </summary>
public sealed class AccountGridRetryOptions
{
    /// <summary>How often one call is sent at most; 1 = never again. Default 5; 1 to 100.</summary>
    public int MaxAttempts { get; set; } = 5;

    /// <summary>
    /// The pause before the second attempt; it doubles with each further one. Up to a quarter is added at random.
    /// Default 100 milliseconds; 1 millisecond to <see cref="LongestDelay"/>.
    /// </summary>
    public TimeSpan FirstDelay { get; set; } = TimeSpan.FromMilliseconds(100);

    /// <summary>
    /// The longest pause, also where the server asks for one. A busy server that asks for more is not waited for: the
    /// call fails and says how long. Default 10 seconds; up to 1 hour.
    /// </summary>
    public TimeSpan LongestDelay { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Called before each pause, on the thread of the call; must be quick and not throw. Default: none.
    /// </summary>
    public Action<AccountGridRetry>? OnRetry { get; set; }
}
