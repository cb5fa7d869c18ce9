namespace AccountGrid.Client;

/// <summary>The accounts and the position of a watch.</summary>
public sealed class AccountWatchOptions
{
    /// <summary>The most accounts that one watch may name.</summary>
    public const int MaxAccounts = 1000;

    /// <summary>Resume behind this position; <c>null</c> = from now on; 0 = from the beginning. Not negative.</summary>
    public long? AfterPosition { get; set; }

    /// <summary>Only these accounts; empty = all. At most <see cref="MaxAccounts"/>, each positive.</summary>
    public IReadOnlyCollection<long> Accounts { get; set; } = [];

    /// <summary>
    /// How often the server says how far the stream is while there is nothing to tell.
    /// <see cref="AccountWatch.Position"/> moves with it, and a stream over which nothing came for three times as long
    /// is taken for broken. Default 10 seconds; 100 milliseconds to 1 minute.
    /// </summary>
    public TimeSpan ProgressInterval { get; set; } = TimeSpan.FromSeconds(10);

    internal void Validate()
    {
        if (AfterPosition < 0)
        {
            throw new ArgumentException($"{nameof(AfterPosition)} is {AfterPosition}; it must not be negative.");
        }

        if (Accounts.Count > MaxAccounts || Accounts.Any(static id => id <= 0))
        {
            throw new ArgumentException($"{nameof(Accounts)} must be at most {MaxAccounts} positive ids.");
        }

        if (ProgressInterval < EventStreamSettings.LeastProgress || ProgressInterval > EventStreamSettings.MostProgress)
        {
            throw new ArgumentException(
                $"{nameof(ProgressInterval)} is {ProgressInterval}; it must be from "
                    + $"{EventStreamSettings.LeastProgress} to {EventStreamSettings.MostProgress}.");
        }
    }
}
