using System.Collections.Immutable;

namespace AccountGrid.Domain;

/// <summary>
/// Which request ids an account remembers: bounded by age, by caller and in all, so that a caller who sends many new
/// ids makes the account forget the own ones only.
/// </summary>
internal static class RequestMemory
{
    /// <summary>What is remembered after one more.</summary>
    public static ImmutableArray<RememberedRequest> Add(
        ImmutableArray<RememberedRequest> known, RememberedRequest added)
    {
        var remembered = known.Add(added);
        var from = added.At - Limits.RequestsRememberedFor;
        var tooOld = 0;
        while (remembered.Length - tooOld > Limits.RememberedRequests && remembered[tooOld].At < from)
        {
            tooOld++;
        }

        remembered = remembered.RemoveRange(0, tooOld);
        if (remembered.Count(r => r.By == added.By) > Limits.RememberedRequestsOfACaller)
        {
            remembered = WithoutOldestOf(remembered, added.By);
        }

        return remembered.Length > Limits.RememberedRequestsOfAll
            ? WithoutOldestOf(remembered, remembered.GroupBy(static r => r.By).MaxBy(static g => g.Count())!.Key)
            : remembered;
    }

    private static ImmutableArray<RememberedRequest> WithoutOldestOf(
        ImmutableArray<RememberedRequest> remembered, Actor caller) =>
        remembered.Remove(remembered.First(r => r.By == caller));
}
