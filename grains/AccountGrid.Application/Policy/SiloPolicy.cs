using System.Collections.Immutable;
using AccountGrid.Domain;

namespace AccountGrid.Application;

/// <summary>What a silo's own settings say about the policy. Immutable.</summary>
/// <param name="Policy">All of them, defaults included.</param>
/// <param name="Named">
/// The settings that the configuration names. The others are defaults: they fill a new record, tighten nothing and are
/// no difference.
/// </param>
public sealed record SiloPolicy(GridPolicy Policy, ImmutableHashSet<string> Named)
{
    /// <summary>Settings of which the configuration names none.</summary>
    public static SiloPolicy Of(PolicyInForce settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        return new(new(settings.Accounts, settings.Operators, settings.Brake), []);
    }

    /// <summary>The same as a command.</summary>
    public PolicyCommand.Configure ToCommand() => new(PolicySettings.ValuesOf(Policy), Named);
}
