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
    private string? _first;
    private bool _firstIsOutOfRange;

    /// <summary>The broken rules, in the order of the checks; empty when all is well.</summary>
    public ImmutableArray<string> Broken => _broken.ToImmutable();

    /// <summary>Demands a rule.</summary>
    /// <param name="holds">Whether it holds.</param>
    /// <param name="setting">The setting's name.</param>
    /// <param name="rule">What it must be, as the rest of the sentence.</param>
    public void That(bool holds, string setting, string rule)
    {
        if (!holds)
        {
            _first ??= setting;
            _broken.Add($"{setting} {rule}.");
        }
    }

    /// <summary>
    /// Demands a value from <paramref name="least"/> to <paramref name="most"/>, both included; what is no number is in
    /// no range.
    /// </summary>
    public void In<T>(T value, T least, T most, string setting)
        where T : IComparable<T>
    {
        var holds = value.CompareTo(least) >= 0 && value.CompareTo(most) <= 0;
        _firstIsOutOfRange |= !holds && _first is null;
        That(
            holds, setting,
            string.Create(CultureInfo.InvariantCulture, $"must be from {least} to {most}; it is {value}"));
    }

    /// <summary>Throws if a rule is broken.</summary>
    /// <exception cref="ArgumentException">
    /// A rule is broken: the message has all that are, the parameter's name is the first such setting. An
    /// <see cref="ArgumentOutOfRangeException"/> where that one is out of its range.
    /// </exception>
    public void ThrowIfBroken()
    {
        if (_first is not null)
        {
            var all = string.Join(' ', _broken);
            throw _firstIsOutOfRange
                ? new ArgumentOutOfRangeException(_first, all)
                : new ArgumentException(all, _first);
        }
    }
}
