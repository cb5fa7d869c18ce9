namespace AccountGrid.Domain;

/// <summary>One setting of the policy and what becomes of it, in the canonical text of its values.</summary>
/// <param name="Name">The name as in the configuration, such as <c>Accounts:ProtectedReach</c>.</param>
/// <param name="From">The value before.</param>
/// <param name="To">The value after.</param>
public sealed record SettingChange(string Name, string From, string To)
{
    /// <summary>
    /// Whether the value after protects less in any respect; a setting that this program does not know counts as one
    /// that weakens.
    /// </summary>
    public bool Weakens =>
        From != To && (PolicySettings.Find(Name) is not { } setting || setting.Tighter(From, To) != To);
}
