using AccountGrid.Domain;

namespace AccountGrid.Application;

/// <summary>How many accounts are down in one way.</summary>
/// <param name="Status">Any but <see cref="AccountStatus.Active"/>.</param>
/// <param name="Standard">Those of the standard tier.</param>
/// <param name="Protected">Those that are protected.</param>
public sealed record DownCount(AccountStatus Status, long Standard, long Protected);
