using System.Security.Claims;
using AccountGrid.Domain;
using AccountGrid.Gateway.Mapping;
using AccountGrid.Grains;

namespace AccountGrid.Gateway.Auth;

/// <summary>
/// The caller that a verified token names. Made once for each token, so that a call allocates none. Immutable.
/// </summary>
internal sealed class CallerIdentity : ClaimsIdentity
{
    private CallerIdentity(IEnumerable<Claim> claims, string subject, Roles roles, DateTimeOffset expiresAt)
        : base(claims, "Bearer", "sub", "roles")
    {
        Subject = subject;
        Roles = roles;
        ExpiresAt = expiresAt;
        var isService = roles != Roles.None && (roles & ~Roles.AnyService) == Roles.None;
        Caller = new CallerInfo(isService ? ActorKind.Service : ActorKind.Operator, subject, roles);
    }

    /// <summary>The subject, in the form of an operator id.</summary>
    public string Subject { get; }

    /// <summary>The roles in the token.</summary>
    public Roles Roles { get; }

    /// <summary>When the token expires; a stream does not outlive it.</summary>
    public DateTimeOffset ExpiresAt { get; }

    /// <summary>
    /// Whether the token speaks for a person, whose standing then counts whatever other roles it has.
    /// </summary>
    public bool IsStaff => (Roles & Roles.Staff) != Roles.None;

    /// <summary>What the caller may see.</summary>
    public Viewer Viewer => IsStaff ? Viewer.Staff : Viewer.Service;

    /// <summary>
    /// The caller of every method: a service where the token's only roles of ours are roles of services, else a
    /// person. No variant of a command changes that.
    /// </summary>
    public CallerInfo Caller { get; }

    /// <summary>
    /// Reads the claims; <c>null</c> where the subject is missing, does not have the form of an operator id, or looks
    /// like AccountGrid's own (<see cref="SamePerson.IsReserved"/>).
    /// </summary>
    public static CallerIdentity? From(ClaimsPrincipal principal, DateTimeOffset expiresAt)
    {
        if (!OperatorId.TryParse(principal.FindFirst("sub")?.Value, out var subject)
            || SamePerson.IsReserved(subject.Value))
        {
            return null;
        }

        var roles = Roles.None;
        var claims = new List<Claim> { new("sub", subject.Value) };
        foreach (var claim in principal.FindAll("roles"))
        {
            var role = RoleNames.Parse(claim.Value);
            if (role != Roles.None)
            {
                roles |= role;
                claims.Add(new Claim("roles", claim.Value));
            }
        }

        return new CallerIdentity(claims, subject.Value, roles, expiresAt);
    }
}
