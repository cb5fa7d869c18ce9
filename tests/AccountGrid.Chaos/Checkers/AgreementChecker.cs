using System.Collections.Immutable;
using AccountGrid.Chaos.Histories;
using AccountGrid.Chaos.Running;

namespace AccountGrid.Chaos.Checkers;

/// <summary>
/// While nothing is under way every silo of a cluster says the same about every account, whichever was asked first.
/// </summary>
internal static class AgreementChecker
{
    public const string Disagree = "every-silo-says-the-same";

    /// <param name="who">Which silo was asked.</param>
    /// <param name="recovered">What the first one said.</param>
    /// <param name="served">What this one says, later.</param>
    public static IEnumerable<Violation> Check(
        string who, RecoveredState recovered, ImmutableDictionary<long, Seen> served)
    {
        foreach (var (id, seen) in served)
        {
            var first = recovered.Accounts[id].Served;

            // What falls due meanwhile may add to the journal; nobody follows meanwhile.
            if (seen.Version < first.Version || seen.Followers != first.Followers
                || (seen.Version == first.Version && seen.Status != first.Status))
            {
                yield return new(Disagree, id, $"{who} says {seen}; before it {first} was served");
            }
        }
    }
}
