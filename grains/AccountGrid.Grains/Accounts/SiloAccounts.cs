using System.Collections.Immutable;
using Microsoft.Extensions.Logging;

namespace AccountGrid.Grains;

/// <inheritdoc cref="ISiloAccounts"/>
public sealed class SiloAccounts(
    GrainId id, Silo silo, ILoggerFactory logs, LocalAccounts local,
    AccountGrains accounts) : GrainService(id, silo, logs), ISiloAccounts
{
    /// <inheritdoc />
    public async Task<ImmutableArray<AccountInfo>> ReadAsync(
        ImmutableArray<long> ids, CancellationToken cancellationToken)
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
