using System.Collections.Immutable;
using AccountGrid.Domain;

namespace AccountGrid.Application;

/// <summary>The harms that journals record, by person and by service: what budgets and undo are derived from.</summary>
/// <remarks>
/// Entries that an earlier version wrote for services have no mark: they count in no budget, and undo does not find
/// them.
/// </remarks>
public interface IHarmLog
{
    /// <summary>What counts against the budget of a person or a service after an instant, oldest first.</summary>
    Task<ImmutableArray<HarmCharge>> ReadChargesAsync(
        Actor by, DateTimeOffset after, CancellationToken cancellationToken);

    /// <summary>
    /// The harms over the whole grid after an instant that one person or service caused without a second one, oldest
    /// first.
    /// </summary>
    Task<ImmutableArray<HarmCharge>> ReadAloneAsync(DateTimeOffset after, CancellationToken cancellationToken);

    /// <summary>
    /// Accounts that a person or a service harmed, or a person approved harm to, since an instant (inclusive),
    /// ascending, above <paramref name="afterAccount"/>.
    /// </summary>
    Task<ImmutableArray<AccountId>> ListHarmedAsync(
        Actor by, DateTimeOffset since, long afterAccount, int max, CancellationToken cancellationToken);
}
