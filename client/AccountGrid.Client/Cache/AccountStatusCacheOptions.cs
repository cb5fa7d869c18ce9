using Microsoft.Extensions.Options;

namespace AccountGrid.Client;

/// <summary>The behaviour of an <see cref="AccountStatusCache"/> that cannot answer from memory.</summary>
public enum WhenStale
{
    /// <summary>It reads from the server.</summary>
    Read = 0,

    /// <summary>
    /// It throws <see cref="AccountStatusStaleException"/>. Accounts that are merely not in memory are read all the
    /// same.
    /// </summary>
    Fail = 1,
}

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

/// <summary>Checks the options of a cache.</summary>
internal sealed class AccountStatusCacheOptionsValidator : IValidateOptions<AccountStatusCacheOptions>
{
    private static readonly TimeSpan LeastBound = TimeSpan.FromMilliseconds(400);
    private static readonly TimeSpan MostBound = TimeSpan.FromMinutes(4);
    private static readonly TimeSpan LeastLifetime = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan MostLifetime = TimeSpan.FromHours(24);

    /// <summary>Every fault.</summary>
    public static IReadOnlyList<string> Faults(AccountStatusCacheOptions options)
    {
        var faults = new List<string>();
        if (options.StalenessBound < LeastBound || options.StalenessBound > MostBound)
        {
            faults.Add($"StalenessBound is {options.StalenessBound}; it must be from {LeastBound} to {MostBound}.");
        }

        if (options.Capacity is < 2 or > 10_000_000)
        {
            faults.Add($"Capacity is {options.Capacity}; it must be from 2 to 10000000.");
        }

        if (!Enum.IsDefined(options.WhenStale))
        {
            faults.Add($"WhenStale is {options.WhenStale}; it must be Read or Fail.");
        }

        if (options.EntryLifetime < LeastLifetime || options.EntryLifetime > MostLifetime)
        {
            faults.Add($"EntryLifetime is {options.EntryLifetime}; it must be from {LeastLifetime} to {MostLifetime}.");
        }

        return faults;
    }

    /// <inheritdoc />
    public ValidateOptionsResult Validate(string? name, AccountStatusCacheOptions options) =>
        Faults(options) is { Count: > 0 } faults ? ValidateOptionsResult.Fail(faults) : ValidateOptionsResult.Success;
}

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
