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
