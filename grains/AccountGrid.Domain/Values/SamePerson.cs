namespace AccountGrid.Domain;

/// <summary>
/// The one rule for "two different people". It is wider than equality, because a mistake in this direction costs a
/// refused approval and a mistake in the other lets one person act as two.
/// </summary>
/// <remarks>
/// Subjects are compared whatever kind of actor they stand for: a service that has the subject of a person is that
/// person. Subjects that differ only in letter case are the same, because directories fold case. So are those that look
/// the same: <c>0 O o</c>; <c>1 l | I</c>; <c>m rn</c> (Unicode UTS #39, <c>confusables.txt</c>, the rows within
/// ASCII). Subjects with other characters than ASCII do not occur: <see cref="OperatorId.TryParse"/> refuses them, so
/// that no Unicode form has to be compared.
/// </remarks>
public static class SamePerson
{
    /// <summary>Whether both actors may be one person. The system is not a person.</summary>
    public static bool MayBe(Actor one, Actor other)
    {
        ArgumentNullException.ThrowIfNull(one);
        ArgumentNullException.ThrowIfNull(other);
        return one.Kind != ActorKind.System && other.Kind != ActorKind.System && MayBe(one.Subject, other.Subject);
    }

    /// <summary>Whether an actor and an operator may be one person.</summary>
    public static bool MayBe(Actor one, OperatorId other) => MayBe(one, Actor.Operator(other));

    /// <summary>
    /// Whether two operators may be one person, by their subjects or by the directory's ids in their records.
    /// Everything that needs two different operators asks this.
    /// </summary>
    public static bool MayBe(OperatorId one, string onePersonId, OperatorId other, string otherPersonId) =>
        MayBe(one.Value, other.Value) || IsJoined(onePersonId, otherPersonId);

    /// <summary>
    /// Whether the directory says that two subjects are one person: both have the same id of a human being, without
    /// regard to letter case.
    /// </summary>
    public static bool IsJoined(string onePersonId, string otherPersonId) =>
        onePersonId.Length > 0 && string.Equals(onePersonId, otherPersonId, StringComparison.OrdinalIgnoreCase);

    /// <summary>Whether a subject looks like AccountGrid's own, which no token and no record may have.</summary>
    public static bool IsReserved(string subject) => MayBe(subject, Actor.System.Subject);

    private static bool MayBe(string one, string other) =>
        Skeleton(one) == Skeleton(other) || Skeleton(one.ToLowerInvariant()) == Skeleton(other.ToLowerInvariant());

    /// <summary>The subject with every character replaced by the one that stands for all that look like it.</summary>
    private static string Skeleton(string subject) => string
        .Create(subject.Length, subject, static (skeleton, text) =>
        {
            for (var i = 0; i < text.Length; i++)
            {
                skeleton[i] = text[i] switch
                {
                    '0' => 'o',
                    '1' or '|' or 'I' => 'l',
                    var c => char.ToLowerInvariant(c),
                };
            }
        })
        .Replace("rn", "m", StringComparison.Ordinal);
}
