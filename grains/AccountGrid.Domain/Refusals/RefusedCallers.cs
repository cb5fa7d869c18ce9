using System.Collections.Immutable;

namespace AccountGrid.Domain;

/// <summary>
/// Which refused attempts become entries of a journal: so many of each caller within a window, and of so many callers,
/// so that no caller fills it and none takes the room of another.
/// </summary>
internal static class RefusedCallers
{
    /// <summary>Whether one more refused attempt of a caller has room.</summary>
    public static bool HasRoom(
        this ImmutableArray<RefusedCaller> callers, Actor caller, Refusal refusal, DateTimeOffset now)
    {
        var (most, mostCallers) = refusal.IsForWantOfPower
            ? (Limits.PowerlessRefusalEntries, Limits.RefusedCallers)
            : (Limits.RefusalEntries, Limits.RefusedCallersWithPower);
        var open = callers.RemoveAll(c => !c.IsOpenAt(now));
        var index = open.FindIndex(caller);
        return index >= 0 ? open[index].Entries < most : open.Length < mostCallers;
    }

    /// <summary>After the entry of one more.</summary>
    public static ImmutableArray<RefusedCaller> With(
        this ImmutableArray<RefusedCaller> callers, Actor caller, DateTimeOffset at)
    {
        var open = callers.RemoveAll(c => !c.IsOpenAt(at));
        var index = open.FindIndex(caller);
        return index >= 0 ? open.SetItem(index, open[index] with { Entries = open[index].Entries + 1 })
            : open.Length < Limits.RefusedCallersWithPower ? open.Add(new(caller, at, 1))
            : open;
    }

    /// <summary>
    /// Whether one more refused attempt becomes an entry of a record of an operator or of the grid: one at power, and
    /// with a request id also one that depends on the state, because the entry is what remembers the id; as long as
    /// there is room.
    /// </summary>
    public static bool Takes(
        this ImmutableArray<RefusedCaller> callers, Actor caller, Refusal refusal, string? requestId,
        DateTimeOffset now) =>
        (refusal.IsRecorded || (requestId is not null && refusal.IsRemembered))
        && callers.HasRoom(caller, refusal, now);

    /// <summary>
    /// The events of a decision about such a record, with the entry of a refused attempt where there is to be one, and
    /// only there: not in a record that does not exist. An attempt with further events, such as the end of a proposal,
    /// is an entry always.
    /// </summary>
    /// <typeparam name="TEvent">The record's events.</typeparam>
    /// <typeparam name="TAttempt">The entry of a refused attempt.</typeparam>
    /// <param name="callers">The entries so far.</param>
    /// <param name="caller">The caller of the attempt.</param>
    /// <param name="version">The record's version; 0 = it does not exist.</param>
    /// <param name="events">What was decided.</param>
    /// <param name="refusal">The refusal, if it is one.</param>
    /// <param name="requestId">The request's id, if sent.</param>
    /// <param name="now">The instant of deciding.</param>
    /// <param name="entryOf">Makes the entry.</param>
    public static ImmutableArray<TEvent> EventsOf<TEvent, TAttempt>(
        this ImmutableArray<RefusedCaller> callers, Actor caller, long version, ImmutableArray<TEvent> events,
        Refusal? refusal, string? requestId, DateTimeOffset now, Func<Refusal, TAttempt> entryOf)
        where TAttempt : class, TEvent =>
        refusal is null || events is not ([] or [TAttempt]) ? events
        : version == 0 || !callers.Takes(caller, refusal, requestId, now) ? []
        : events is [] ? [entryOf(refusal)]
        : events;

    private static int FindIndex(this ImmutableArray<RefusedCaller> callers, Actor caller)
    {
        for (var i = 0; i < callers.Length; i++)
        {
            if (callers[i].Caller == caller)
            {
                return i;
            }
        }

        return -1;
    }
}
