namespace AccountGrid.Domain;

/// <summary>
/// What one person may do at the instant of asking; answered by the operator's own processor, never by a token alone.
/// </summary>
/// <param name="Person">The person.</param>
/// <param name="Standing">The standing at that instant.</param>
/// <param name="Roles">The roles in the register.</param>
/// <param name="Budget">Why the asked-for harm is over budget; <c>null</c> when it fits or none was asked for.</param>
/// <param name="Since">Since when each role has been held without a break.</param>
/// <param name="PersonId">The directory's id of the human being, or empty where none is recorded.</param>
public sealed record Authority(
    OperatorId Person, Standing Standing, Roles Roles, Refusal? Budget = null, RoleTimes Since = default,
    string PersonId = "")
{
    /// <summary>Whether the register knows the person, whatever has become of the authority since.</summary>
    public bool IsEnrolled => Roles != Roles.None || Standing != Standing.Ended;

    /// <summary>
    /// Whether the person has held a staff role from <paramref name="instant"/> until now without a break. What was
    /// proposed or approved in a former authority does not count in a new one, and a person who got a role after a
    /// proposal was made does not approve it.
    /// </summary>
    public bool HasHeldSince(Roles role, DateTimeOffset instant) =>
        Standing != Standing.Ended && Roles.HasFlag(role) && Since.Of(role) <= instant;

    /// <summary>The authority of a person whom the register does not know: none.</summary>
    public static Authority Unknown(OperatorId person) => new(person, Standing.Ended, Roles.None);
}
