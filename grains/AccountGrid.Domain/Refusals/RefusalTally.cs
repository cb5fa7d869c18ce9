namespace AccountGrid.Domain;

/// <summary>
/// The entries of refused attempts that a record of an operator or of the grid (policy, brake) has within the window:
/// up to a number, so that no caller fills its journal.
/// </summary>
/// <param name="From">When the window began.</param>
/// <param name="Entries">Entries in it.</param>
/// <param name="Powerless">Those of them for want of a role or of any authority.</param>
public readonly record struct RefusalTally(DateTimeOffset From, int Entries, int Powerless)
{
    /// <summary>
    /// Whether one more refused attempt becomes an entry: one at power, and with a request id also one that depends on
    /// the state, because the entry is what remembers the id; as long as there is room.
    /// </summary>
    internal bool Takes(Refusal refusal, string? requestId, DateTimeOffset now) =>
        (refusal.IsRecorded || (requestId is not null && refusal.IsRemembered)) && HasRoomFor(refusal, now);

    private bool HasRoomFor(Refusal refusal, DateTimeOffset now) =>
        IsOver(now) || (refusal.IsForWantOfPower
            ? Powerless < Limits.PowerlessRefusalEntries
            : Entries - Powerless < Limits.RefusalEntries);

    /// <summary>After the entry of one more.</summary>
    internal RefusalTally With(Refusal refusal, DateTimeOffset at)
    {
        var before = IsOver(at) ? new(at, 0, 0) : this;
        return before with
        {
            Entries = before.Entries + 1,
            Powerless = before.Powerless + (refusal.IsForWantOfPower ? 1 : 0),
        };
    }

    private bool IsOver(DateTimeOffset now) => now - From > Limits.RefusalWindow;
}
