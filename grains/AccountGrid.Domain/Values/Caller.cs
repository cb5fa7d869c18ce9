namespace AccountGrid.Domain;

/// <summary>
/// The verified identity behind one call. It is passed as an explicit argument from the gateway that
/// verified it, never through ambient request context, which any caller inside the cluster could set.
/// </summary>
/// <param name="Actor">The person, service or system that calls.</param>
/// <param name="Roles">The roles in the verified token. A person's power is these AND those in the register.</param>
public sealed record Caller(Actor Actor, Roles Roles)
{
    /// <summary>AccountGrid itself, for due work.</summary>
    public static Caller System { get; } = new(Actor.System, Roles.None);
}
