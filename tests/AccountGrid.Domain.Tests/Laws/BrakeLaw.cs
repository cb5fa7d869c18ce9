namespace AccountGrid.Domain.Tests.Laws;

/// <summary>The laws of the brake, judged from the journals of the accounts and of the brake.</summary>
public static class BrakeLaw
{
    /// <summary>
    /// Above the limit no harm happens with one identity alone until the brake is released or its time is over; and no
    /// window has more harms than the limit without one.
    /// </summary>
    public static void AboveTheLimitItTakesTwo(World world)
    {
        var policy = world.BrakePolicy;
        var harms = world.Accounts.SelectMany(a => world.Journal(a.Id))
            .Select(e => (e.At, e.TraceId, Reach: LoneReach(e.Event))).Where(h => h.Reach is not null)
            .OrderBy(h => h.TraceId, StringComparer.Ordinal).ToArray();
        var releases = world.BrakeJournal.Where(e => e.Event is BrakeEvent.Released).ToArray();
        foreach (var harm in harms)
        {
            // Trace ids are the numbers of the steps, because the clock of a script jumps back.
            var inForce = world.BrakeJournal.LastOrDefault(
                e => string.CompareOrdinal(e.TraceId, harm.TraceId) < 0);
            Require(
                inForce is not { Event: BrakeEvent.Engaged engaged } || harm.At >= engaged.Until,
                $"one identity alone harmed at {harm.At:O}, while the brake was engaged");
            var release = releases.LastOrDefault(e => string.CompareOrdinal(e.TraceId, harm.TraceId) < 0);
            var from = harm.At - policy.Window;
            from = release?.At > from ? release.At : from;
            var window = harms.Where(
                h => h.At > from && h.At <= harm.At && string.CompareOrdinal(h.TraceId, harm.TraceId) <= 0).ToArray();
            Require(window.Length <= policy.MaxHarms, $"{window.Length} harms of one identity alone within a window");
            Require(
                window.Sum(h => h.Reach) <= policy.MaxReach || window.All(h => h.Reach == 0),
                $"{window.Sum(h => h.Reach)} followers reached alone within a window");
        }
    }

    private static long? LoneReach(AccountEvent e) => e switch
    {
        AccountEvent.HoldPlaced { ApprovedBy: null } x => x.Impact.Followers ?? 0,
        AccountEvent.SuspensionProlonged { ApprovedBy: null } x => x.Impact.Followers ?? 0,
        _ => null,
    };

    private static void Require(bool holds, string law)
    {
        if (!holds)
        {
            throw new LawBrokenException(law);
        }
    }
}
