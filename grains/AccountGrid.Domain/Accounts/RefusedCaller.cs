namespace AccountGrid.Domain;

/// <summary>A caller with entries of refused attempts in a journal within a window.</summary>
/// <param name="Caller">The caller.</param>
/// <param name="Since">When the window began: the instant of the first entry in it.</param>
/// <param name="Entries">How many entries there are in it.</param>
public sealed record RefusedCaller(Actor Caller, DateTimeOffset Since, int Entries)
{
    /// <summary>
    /// Whether the window is going on at an instant; also one shortly before it began, because clocks jump.
    /// </summary>
    internal bool IsOpenAt(DateTimeOffset now) => (now - Since).Duration() < Limits.RefusalWindow;
}
