namespace AccountGrid.Domain;

/// <summary>One change to a person's power, exactly as asked for.</summary>
/// <param name="Kind">The sort of change.</param>
/// <param name="Roles">The roles from then on; <see cref="Roles.None"/> for an offboarding.</param>
/// <param name="DisplayName">The name to show, or empty.</param>
/// <param name="AuthorityEndsAt">When all authority ends; <c>null</c> = open. Never <c>null</c> to offboard.</param>
/// <param name="PersonId">The directory's id of the human being, or empty to leave it as it is.</param>
/// <param name="Note">Free text for the journal, or empty.</param>
public sealed record PowerChange(
    PowerChangeKind Kind, Roles Roles, string DisplayName, DateTimeOffset? AuthorityEndsAt, string PersonId,
    string Note)
{
    /// <summary>Adds every field to a digest. Digests are stored: never change what is added.</summary>
    internal CanonicalWriter AddTo(CanonicalWriter digest) =>
        digest.Add((long)Kind).Add((long)Roles).Add(DisplayName).Add(AuthorityEndsAt).Add(PersonId).Add(Note);
}
