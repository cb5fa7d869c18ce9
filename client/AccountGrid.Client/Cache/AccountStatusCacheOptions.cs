namespace AccountGrid.Client;

/// <summary>The bounds of staleness and size. Read once, when the cache is made.</summary>
public sealed class AccountStatusCacheOptions
{
    /// <summary>
    /// An answer was true at some moment not longer ago than this. Default 5 seconds; 400 milliseconds to 4 minutes.
    /// The server is asked to say how far its stream is four times as often, so that a small bound costs it something.
    /// </summary>
    public TimeSpan StalenessBound { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// The most accounts in memory, about 150 bytes each; those not asked for lately go first. Default 100,000; 2 to
    /// 10,000,000.
    /// </summary>
    public int Capacity { get; set; } = 100_000;

    /// <summary>What to do while the stream is broken or silent. Default <see cref="WhenStale.Read"/>.</summary>
    public WhenStale WhenStale { get; set; } = WhenStale.Read;

    /// <summary>
    /// After this long in memory an account is read again, whatever the stream said. Default 10 minutes; 1 second to 24
    /// hours. It heals what neither the stream nor the versions of its events can: a server that answered a read with a
    /// state from before the watch began.
    /// </summary>
    public TimeSpan EntryLifetime { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>How often the server says how far the stream is.</summary>
    internal TimeSpan ProgressInterval => StalenessBound / 4;
}
