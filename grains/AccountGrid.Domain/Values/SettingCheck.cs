using System.Collections.Immutable;
using System.Globalization;

namespace AccountGrid.Domain;

/// <summary>
/// Checks settings and collects what is wrong, each a sentence that begins with the setting's name, so that everything
/// is found at once. Not thread-safe.
/// </summary>
public sealed class SettingCheck
{
    private readonly ImmutableArray<string>.Builder _broken = ImmutableArray.CreateBuilder<string>();

    /// <summary>The broken rules, in the order of the checks; empty when all is well.</summary>
    public ImmutableArray<string> Broken => _broken.ToImmutable();

    /// <summary>Demands a rule.</summary>
    /// <param name="holds">Whether it holds.</param>
    /// <param name="setting">Which setting.</param>
    /// <param name="rule">What it must be, as the rest of the sentence.</param>
    public void That(bool holds, string setting, string rule)
    {
        if (!holds)
        {
            _broken.Add($"{setting} {rule}.");
        }
    }

    /// <summary>
    /// Demands a value from <paramref name="least"/> to <paramref name="most"/>, both included; what is no number is in
    /// no range.
    /// </summary>
    public void In<T>(T value, T least, T most, string setting)
        where T : IComparable<T> =>
        That(
            value.CompareTo(least) >= 0 && value.CompareTo(most) <= 0, setting,
            string.Create(CultureInfo.InvariantCulture, $"must be from {least} to {most}; it is {value}"));
}
