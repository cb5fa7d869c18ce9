using System.Collections.Immutable;
using Orleans.Services;

namespace AccountGrid.Grains;

/// <summary>
/// The accounts that are active on one silo, asked for together. One per silo, called by its address.
/// </summary>
[Alias("ag.ISiloAccounts")]
public interface ISiloAccounts : IGrainService
{
    /// <summary>
    /// Those of the accounts that are active here, as <see cref="IAccountGrain.GetAsync"/> answers them; in no order.
    /// One that is left out is not active here or could not be read.
    /// </summary>
    /// <param name="ids">At most <see cref="Domain.Limits.BatchGet"/>.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    [Alias("Read")]
    Task<ImmutableArray<AccountInfo>> ReadAsync(ImmutableArray<long> ids, CancellationToken cancellationToken);
}
