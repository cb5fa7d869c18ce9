using System.Collections.Immutable;
using AccountGrid.Application;
using AccountGrid.Domain;

namespace AccountGrid.Grains;

/// <summary>Asks the account's grain. One that cannot be reached, or is of a version that does not know the question, knows nothing.</summary>
internal sealed class GrainFollowWatch(AccountGrains accounts) : IFollowWatch
{
    public Task<long?> BeginAsync(AccountId account, CancellationToken cancellationToken) =>
        AskAsync(() => accounts[account].WatchFollowsAsync(cancellationToken));

    public Task<long?> SettleAsync(AccountId account, ImmutableArray<SweptPart> parts, long version, CancellationToken cancellationToken) =>
        AskAsync(() => accounts[account].SettleFollowsAsync([.. parts.Select(static p => new SweptPartInput(p.Last, p.Version))], version, cancellationToken));

    private static async Task<long?> AskAsync(Func<Task<long?>> ask)
    {
        try
        {
            return await ask();
        }
        catch (Exception e) when (e is GrainRefusedException or TimeoutException or OrleansException or NotSupportedException)
        {
            return null;
        }
    }
}
