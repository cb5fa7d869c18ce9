using System.Collections.Immutable;

namespace AccountGrid.Domain.Tests.Laws;

/// <summary>
/// What must hold at every step on a small grid, judged by followers, clock and register and by none of the rules under
/// test.
/// </summary>
internal static class HarmLaw
{
    /// <summary>Checks one step.</summary>
    /// <param name="before">The grid before the step.</param>
    /// <param name="account">Which account was asked to change.</param>
    /// <param name="appended">What its journal says of the step.</param>
    /// <param name="actor">Who asked.</param>
    /// <param name="isAlone">Whether one identity sends all commands.</param>
    /// <param name="path">What led here.</param>
    /// <exception cref="LawBrokenException">A law does not hold.</exception>
    public static void Check(
        HarmGrid before, int account, ImmutableArray<AccountEvent> appended, Actor actor, bool isAlone, string path)
    {
        foreach (var e in appended)
        {
            if (HarmOf(e) is not var (placedBy, approvedBy))
            {
                continue;
            }

            Require(
                placedBy.Person is not { } first || before.Has(first, Roles.Support),
                "a harm by a person without authority", path);
            Require(
                approvedBy is not null || placedBy.Person is not { } lone
                    || before.StandingOf(lone) == Standing.Active,
                "a harm by one person in notice", path);
            if (e is AccountEvent.ProtectionLowered or AccountEvent.Erased || IsProtected(before, account))
            {
                Require(!isAlone, "one identity alone harmed a protected account", path);
                Require(approvedBy is not null, "a protected account was harmed by one identity", path);
                Require(approvedBy!.Value.Value != placedBy.Subject, "the second person was the first", path);
                Require(before.Has(approvedBy.Value, Roles.Approver), "the approver has no authority", path);
                Require(
                    before.StandingOf(approvedBy.Value) == Standing.Active, "the approver is in notice", path);
            }
        }

        Require(
            actor.Person is not { } caller || before.StandingOf(caller) != Standing.Ended || appended.IsEmpty,
            "a person acted after the end", path);
        CheckHealing(before, path);
    }

    /// <summary>
    /// Within a window, and since the last release, no more harms are done alone than the brake allows.
    /// </summary>
    /// <exception cref="LawBrokenException">More were done.</exception>
    public static void CheckBrake(HarmGrid grid, string path) =>
        Require(grid.CountedHarms() <= grid.Limit.MaxHarms, "more harms alone than the brake allows", path);

    private static void CheckHealing(HarmGrid grid, string path)
    {
        foreach (var (i, state) in grid.Accounts.Index())
        {
            if (state.ErasedAt is null && state.Holds.Any(static h => h.Kind != HoldKind.OwnerDeactivation))
            {
                var (_, healed) = grid.Send(i, Commands.Restore(), World.As("max"), AccountDecider.Decide);
                Require(healed.OfType<AccountEvent.HoldLifted>().Any(), "one person cannot restore", path);
            }
        }
    }

    /// <summary>
    /// By its designation, by the followers now, or by those it had within the cool-off, unless two people lowered
    /// that.
    /// </summary>
    private static bool IsProtected(HarmGrid grid, int account) =>
        grid.Accounts[account].Designation is not null
        || grid.Followers[account] >= grid.Policy.ProtectedReach
        || (grid.LastAtReach[account] is { } last && grid.Now < last + grid.Policy.ReachCoolOff
            && !grid.Lowered[account]);

    private static (Actor PlacedBy, OperatorId? ApprovedBy)? HarmOf(AccountEvent e) => e switch
    {
        AccountEvent.HoldPlaced x => (x.PlacedBy, x.ApprovedBy),
        AccountEvent.SuspensionProlonged x => (x.PlacedBy, x.ApprovedBy),
        AccountEvent.Erased x => (x.PlacedBy, x.ApprovedBy),
        AccountEvent.ProtectionLowered x => (x.PlacedBy, x.ApprovedBy),
        _ => null,
    };

    private static void Require(bool holds, string law, string path)
    {
        if (!holds)
        {
            throw new LawBrokenException($"{law}: {path}");
        }
    }
}
