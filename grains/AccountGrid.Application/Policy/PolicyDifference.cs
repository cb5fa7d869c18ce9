namespace AccountGrid.Application;

/// <summary>A setting that a silo's configuration names with another value than the one in force.</summary>
/// <param name="Name">The setting.</param>
/// <param name="InForce">The value in force.</param>
/// <param name="Own">The silo's.</param>
/// <param name="IsWeaker">
/// Whether the silo's would protect less in any respect; otherwise it is stricter, and takes effect at the silo's next
/// start.
/// </param>
public sealed record PolicyDifference(string Name, string InForce, string Own, bool IsWeaker)
{
    /// <summary>For logs and health: the setting, both values and the direction.</summary>
    public override string ToString() =>
        $"{Name} is {InForce}, the settings say {Own} ({(IsWeaker ? "weaker" : "stricter")})";
}
