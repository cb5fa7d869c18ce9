using AccountGrid.Chaos.Running;

namespace AccountGrid.Chaos.Checkers;

/// <summary>
/// The laws that no crash may bend: two distinct people behind every takedown of a protected account, the tier as the
/// facts make it, budgets that survive.
/// </summary>
internal static class LawChecker
{
    public const string TwoPeople = "two-people-behind-a-protected-takedown";
    public const string Tier = "tier-is-what-the-facts-make-it";
    public const string Budget = "budget-holds-across-restarts";

    public static IEnumerable<Violation> Check(RecoveredState recovered, CheckRules rules) =>
        recovered.Accounts.Values.SelectMany(a => CheckTakedowns(a, rules.ProtectedReach))
            .Concat(CheckBudgets(recovered, rules.MaxHarms));

    private static IEnumerable<Violation> CheckTakedowns(RecoveredAccount account, long protectedReach)
    {
        var folds = AccountFold.Of(account.Journal);
        foreach (var line in account.Journal.Where(
            l => l.Type is "hold-placed" or "erased" or "protection-lowered" && l.Sequence < folds.Length))
        {
            var isProtected = folds[(int)line.Sequence - 1] is { Designated: true } or { Reach: true }
                || line.Followers is null || line.Followers >= protectedReach;
            if ((line.Tier == "protected") != isProtected)
            {
                yield return new(
                    Tier, account.Id,
                    $"{line} says {line.Tier} with {line.Followers} followers, designated: {folds[(int)line.Sequence - 1].Designated}");
            }

            if ((isProtected || line.Type != "hold-placed") && WhyNotTwo(account, line) is { } why)
            {
                yield return new(TwoPeople, account.Id, $"{line}: {why}");
            }
        }
    }

    /// <summary>
    /// The proposal is in the journal under the first person's name, its approval under the second's.
    /// </summary>
    private static string? WhyNotTwo(RecoveredAccount account, JournalLine line)
    {
        if (line.ApprovedBy.Length == 0)
        {
            return "nobody approved it";
        }

        if (IsSame(line.PlacedBy, "operator:" + line.ApprovedBy))
        {
            return $"{line.ApprovedBy} approved what the same person proposed";
        }

        var opened = account.Journal.FirstOrDefault(
            l => l.Sequence == line.Proposal && l.Type is "proposal-opened" or "action-scheduled");
        if (opened is null || opened.Sequence >= line.Sequence || !IsSame(opened.Actor, line.PlacedBy))
        {
            return $"{line.PlacedBy} did not propose it in entry {line.Proposal}";
        }

        return account.Journal.Any(l =>
            IsSame(l.Actor, "operator:" + line.ApprovedBy)
                && (l.Sequence == line.Sequence || (l.Type == "proposal-approved" && l.Proposal == line.Proposal)))
            ? null
            : $"{line.ApprovedBy} did not approve it";
    }

    private static IEnumerable<Violation> CheckBudgets(RecoveredState recovered, int maxHarms)
    {
        var byPerson = recovered.Accounts.Values
            .SelectMany(a =>
                a.Journal.Where(
                    l => l.Type is "hold-placed" or "erased" or "protection-lowered"
                        && l.PlacedBy.StartsWith("operator:", StringComparison.Ordinal)))
            .GroupBy(l => l.PlacedBy, l => l.At, StringComparer.OrdinalIgnoreCase);
        foreach (var person in byPerson)
        {
            var at = person.Order().ToArray();
            for (var i = maxHarms; i < at.Length; i++)
            {
                if (at[i] - at[i - maxHarms] < TimeSpan.FromHours(1))
                {
                    yield return new(
                        Budget, 0,
                        $"{person.Key} did {maxHarms + 1} harms from {at[i - maxHarms]:HH:mm:ss} to {at[i]:HH:mm:ss}");
                    break;
                }
            }
        }
    }

    private static bool IsSame(string one, string other) =>
        string.Equals(one, other, StringComparison.OrdinalIgnoreCase);
}
