using System.Collections.Immutable;

namespace AccountGrid.Silo;

/// <summary>Settings are wrong; nothing was opened.</summary>
/// <param name="findings">One sentence each, beginning with the setting's full name.</param>
public sealed class SettingsException(ImmutableArray<string> findings) : Exception(string.Join(' ', findings))
{
    /// <summary>One sentence each, beginning with the setting's full name.</summary>
    public ImmutableArray<string> Findings { get; } = findings;
}
