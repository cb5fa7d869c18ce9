using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using Orleans.Services;

namespace AccountGrid.Grains;

/// <summary>The accounts that are active on one silo, asked for together. One per silo, called by its address.</summary>
[Alias("ag.ISiloAccounts")]
public interface ISiloAccounts : IGrainService
{
    /// <summary>Those of the accounts that are active here, as <see cref="IAccountGrain.GetAsync"/> answers them; in no order. One that is left out is not active here or could not be read.</summary>
    /// <param name="ids">At most <see cref="Domain.Limits.BatchGet"/>.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    [Alias("Read")]
    Task<ImmutableArray<AccountInfo>> ReadAsync(ImmutableArray<long> ids, CancellationToken cancellationToken);
}

/// <inheritdoc cref="ISiloAccounts"/>
public sealed class SiloAccounts(GrainId id, Silo silo, ILoggerFactory logs, LocalAccounts local, AccountGrains accounts) : GrainService(id, silo, logs), ISiloAccounts
{
    /// <inheritdoc />
    public async Task<ImmutableArray<AccountInfo>> ReadAsync(ImmutableArray<long> ids, CancellationToken cancellationToken)
    {
        var found = ImmutableArray.CreateBuilder<AccountInfo>();
        var asked = new List<Task<AccountInfo?>>();
        foreach (var account in ids)
        {
            if (local.Get(account, minVersion: 0) is { } info)
            {
                found.Add(info);
            }
            else if (local.Holds(account))
            {
                // A call that does not leave the silo.
                asked.Add(AskAsync(account, cancellationToken));
            }
        }

        foreach (var info in await Task.WhenAll(asked))
        {
            if (info is not null)
            {
                found.Add(info);
            }
        }

        return found.DrainToImmutable();
    }

    private async Task<AccountInfo?> AskAsync(long account, CancellationToken cancellationToken)
    {
        try
        {
            return (await accounts[new(account)].GetAsync(minVersion: 0, cancellationToken)).Value;
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            // The caller then calls the account itself, and is told why.
            return null;
        }
    }
}
