namespace AccountGrid.Grains;

/// <summary>One reading of the membership.</summary>
/// <param name="IsDead">Whether this silo was declared dead. That is final: it never becomes a member again.</param>
/// <param name="Version">Grows whenever the membership of any silo changes.</param>
public readonly record struct MembershipFact(bool IsDead, long Version);
