using System.Collections.Immutable;

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

    /// <summary>
    /// The events of a decision, with the entry of a refused attempt where there is to be one, and only there: not in a
    /// record that does not exist. An attempt with further events, such as the end of a proposal, is an entry always.
    /// </summary>
    /// <typeparam name="TEvent">The record's events.</typeparam>
    /// <typeparam name="TAttempt">The entry of a refused attempt.</typeparam>
    /// <param name="version">The record's version; 0 = it does not exist.</param>
    /// <param name="events">What was decided.</param>
    /// <param name="refusal">The refusal, if it is one.</param>
    /// <param name="requestId">The request's id, if sent.</param>
    /// <param name="now">The instant of deciding.</param>
    /// <param name="entryOf">Makes the entry.</param>
    internal ImmutableArray<TEvent> EventsOf<TEvent, TAttempt>(
        long version, ImmutableArray<TEvent> events, Refusal? refusal, string? requestId, DateTimeOffset now,
        Func<Refusal, TAttempt> entryOf)
        where TAttempt : class, TEvent =>
        refusal is null || events is not ([] or [TAttempt]) ? events
        : version == 0 || !Takes(refusal, requestId, now) ? []
        : events is [] ? [entryOf(refusal)]
        : events;

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
