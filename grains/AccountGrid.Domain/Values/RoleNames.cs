using System.Collections.Immutable;

namespace AccountGrid.Domain;

/// <summary>The names of the roles, as tokens, refusals and the command line write them.</summary>
public static class RoleNames
{
    private static readonly ImmutableArray<(Roles Role, string Name)> Names =
    [
        (Roles.Service, "service"),
        (Roles.Reader, "reader"),
        (Roles.FollowerWriter, "follower-writer"),
        (Roles.Registrar, "registrar"),
        (Roles.OwnerAgent, "owner-agent"),
        (Roles.Support, "support"),
        (Roles.Approver, "approver"),
        (Roles.Auditor, "auditor"),
        (Roles.Admin, "admin"),
    ];

    /// <summary>Every name, services' roles first.</summary>
    public static IEnumerable<string> All => Names.Select(static role => role.Name);

    /// <summary>The role of a name; <see cref="Roles.None"/> where it is the name of none. Case counts.</summary>
    public static Roles Parse(string name) =>
        Names.FirstOrDefault(role => string.Equals(role.Name, name, StringComparison.Ordinal)).Role;

    /// <summary>The names of some roles, joined by <c> or </c>.</summary>
    public static string OneOf(Roles roles) =>
        string.Join(" or ", Names.Where(role => (roles & role.Role) != Roles.None).Select(static role => role.Name));
}
