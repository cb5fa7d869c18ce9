using AccountGrid.Domain;

namespace AccountGrid.Application;

/// <summary>Which accounts to list. Everything given must hold.</summary>
/// <param name="Status">Only this status.</param>
/// <param name="Tier">Only this tier, with <paramref name="ProtectedReach"/> as the threshold.</param>
/// <param name="HandlePrefix">Only handles that begin so, ASCII case ignored.</param>
/// <param name="ProtectedReach">Followers from which an account is protected by reach.</param>
public sealed record AccountFilter(AccountStatus? Status, Tier? Tier, string? HandlePrefix, long ProtectedReach);
