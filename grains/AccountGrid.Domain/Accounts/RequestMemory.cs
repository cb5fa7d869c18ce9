using System.Collections.Immutable;

namespace AccountGrid.Domain;

/// <summary>
/// Which request ids a record remembers: bounded by age, by caller and in all, so that a caller who sends many new ids
/// makes the record forget the own ones only.
/// </summary>
internal static class RequestMemory
{
    /// <summary>
    /// What is remembered after one more entry. One request may append several: the first one decides how a repetition
    /// is answered.
    /// </summary>
    /// <param name="known">What was remembered before.</param>
    /// <param name="entry">The entry.</param>
    /// <param name="answerOf">How a repetition of the entry's request is answered.</param>
    public static ImmutableArray<RememberedRequest> After<TEvent>(
        ImmutableArray<RememberedRequest> known, Recorded<TEvent> entry,
        Func<Recorded<TEvent>, (Outcome Outcome, long? Proposal, Refusal? Refusal)> answerOf)
        where TEvent : class
    {
        if (entry.RequestId is not { } id || entry.RequestDigest is not { } digest || known.Any(r => r.Id == id))
        {
            return known;
        }

        var (outcome, proposal, refusal) = answerOf(entry);
        return Add(known, new(id, digest, outcome, proposal, refusal, entry.At, entry.Actor));
    }

    /// <summary>
    /// How a request on a record of operators or of the grid is answered without being decided: its id breaks the rule,
    /// or was sent before. The caller's standing is looked up for every answer.
    /// </summary>
    /// <param name="known">What the record remembers.</param>
    /// <param name="requestId">The id, if sent.</param>
    /// <param name="digestOf">The request's digest; asked for where the id is known.</param>
    /// <param name="caller">The verified caller of this request.</param>
    /// <param name="standingOf">The standing of a person now.</param>
    /// <returns>The answer; <c>null</c> where the request is to be decided.</returns>
    public static (Refusal? Refusal, Outcome Outcome, long? Proposal)? AnswerTo(
        ImmutableArray<RememberedRequest> known, string? requestId, Func<string> digestOf, Actor caller,
        Func<OperatorId, Standing> standingOf)
    {
        if (requestId is null)
        {
            return null;
        }

        if (TextRules.RequestId(requestId) is { } rule)
        {
            return (Refusal.Invalid("requestId", rule), Outcome.Refused, null);
        }

        if (known.FirstOrDefault(r => r.Id == requestId) is not { } earlier)
        {
            return null;
        }

        return earlier.Digest != digestOf() ? (Refusal.RequestIdConflict, Outcome.Refused, null)
            : caller.Person is { } person && standingOf(person) == Standing.Ended
                ? (Refusal.AuthorityEnded(person), Outcome.Refused, null)
            : (earlier.Refusal, earlier.Outcome, earlier.ProposalSequence);
    }

    /// <summary>What is remembered after one more.</summary>
    private static ImmutableArray<RememberedRequest> Add(
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
