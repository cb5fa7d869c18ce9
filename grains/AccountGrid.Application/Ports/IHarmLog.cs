using System.Collections.Immutable;
using AccountGrid.Domain;

namespace AccountGrid.Application;

/// <summary>The harms that journals record, by person: what budgets and undo are derived from.</summary>
public interface IHarmLog
{
    /// <summary>What counts against a person's budget after an instant, oldest first.</summary>
    Task<ImmutableArray<HarmCharge>> ReadChargesAsync(
        OperatorId person, DateTimeOffset after, CancellationToken cancellationToken);

    /// <summary>
    /// Accounts that a person harmed or approved harm to since an instant (inclusive), ascending, above
    /// <paramref name="afterAccount"/>.
    /// </summary>
    Task<ImmutableArray<AccountId>> ListHarmedAsync(
        OperatorId person, DateTimeOffset since, long afterAccount, int max, CancellationToken cancellationToken);
}
