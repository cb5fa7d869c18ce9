using System.Diagnostics.CodeAnalysis;

namespace AccountGrid.Domain;

/// <summary>
/// One setting of the policy: its name, the canonical text of its values, its range, and which of two values is the
/// stricter one. Immutable, thread-safe.
/// </summary>
public abstract class PolicySetting
{
    private protected PolicySetting(string name, StricterWhen stricter)
    {
        Name = name;
        Stricter = stricter;
    }

    /// <summary>The name as in the configuration, such as <c>Accounts:ProtectedReach</c>.</summary>
    public string Name { get; }

    /// <summary>Which of two values protects more.</summary>
    public StricterWhen Stricter { get; }

    /// <summary>The canonical text of the value that a policy has.</summary>
    public abstract string ValueOf(GridPolicy policy);

    /// <summary>A policy with another value of this setting.</summary>
    /// <param name="policy">The policy before.</param>
    /// <param name="text">The value, in any form that is read.</param>
    /// <param name="applied">The policy after; the one before where the text is no value.</param>
    /// <param name="rule">The broken rule, as the rest of a sentence, or <c>null</c>.</param>
    /// <returns>Whether the text is a value within the setting's range.</returns>
    public abstract bool TryApply(
        GridPolicy policy, string text, out GridPolicy applied, [NotNullWhen(false)] out string? rule);

    /// <summary>
    /// The value that protects at least as much as either of two: the stricter one, or of two lists what both have. A
    /// list cannot become empty: where two have nothing in common, <paramref name="recorded"/> stays.
    /// </summary>
    /// <param name="recorded">A canonical value.</param>
    /// <param name="other">Another one; what is no value of this setting changes nothing.</param>
    public abstract string Tighter(string recorded, string other);

    /// <summary>
    /// As <see cref="Tighter"/>, but where a silo's settings tighten without any admin: the two settings that decide
    /// how soon two admins can take it back are tightened so far only.
    /// </summary>
    public abstract string TightenedAlone(string recorded, string own);
}

/// <summary>A setting whose values have a type.</summary>
/// <typeparam name="T">The type of the values.</typeparam>
internal sealed class PolicySetting<T>(
    string section, string property, StricterWhen stricter, SettingForm<T> form, Func<GridPolicy, T> get,
    Func<GridPolicy, T, GridPolicy> with, Func<GridPolicy, IEnumerable<string>> validate, string? alone)
    : PolicySetting($"{section}:{property}", stricter)
{
    public override string ValueOf(GridPolicy policy) => form.Write(get(policy));

    public override bool TryApply(
        GridPolicy policy, string text, out GridPolicy applied, [NotNullWhen(false)] out string? rule)
    {
        applied = policy;
        var (isOfForm, value) = form.Read(text);
        if (!isOfForm)
        {
            rule = form.Rule;
            return false;
        }

        var changed = with(policy, value);
        rule = validate(changed).FirstOrDefault(broken => broken.StartsWith($"{property} ", StringComparison.Ordinal))
            ?[(property.Length + 1)..].TrimEnd('.');
        applied = rule is null ? changed : policy;
        return rule is null;
    }

    public override string Tighter(string recorded, string other)
    {
        var (one, two) = (form.Read(recorded), form.Read(other));
        return one.Ok && two.Ok && TryApply(GridPolicy.Default, other, out _, out _)
            ? form.Write(form.Tighter(one.Value, two.Value, Stricter))
            : recorded;
    }

    // A value beyond the bound counts as the bound.
    public override string TightenedAlone(string recorded, string own) =>
        Tighter(recorded, alone is not null && Tighter(alone, own) != alone ? alone : own);
}
