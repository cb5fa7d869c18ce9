using System.Collections.Immutable;
using AccountGrid.Application;
using AccountGrid.Domain;

namespace AccountGrid.Grains;

/// <summary>
/// Asks the account's grain. The answer is <c>null</c> where it cannot be reached, or its silo's version has no such
/// method.
/// </summary>
internal sealed class GrainFollowWatch(AccountGrains accounts) : IFollowWatch
{
    public Task<long?> BeginAsync(AccountId account, CancellationToken cancellationToken) =>
        AskAsync(() => accounts[account].WatchFollowsAsync(cancellationToken));

    public Task<long?> SettleAsync(
        AccountId account, ImmutableArray<SweptPart> parts, long version, CancellationToken cancellationToken) =>
        AskAsync(
            () => accounts[account].SettleFollowsAsync(
                [.. parts.Select(static p => new SweptPartInput(p.Last, p.Version))], version, cancellationToken));

    public Task DoubtAsync(AccountId account, bool inDoubt, CancellationToken cancellationToken) => AskAsync(async () =>
    {
        await accounts[account].DoubtFollowsAsync(inDoubt, cancellationToken);
        return null;
    });

    private static async Task<long?> AskAsync(Func<Task<long?>> ask)
    {
        try
        {
            return await ask();
        }
        catch (Exception e) when (e is GrainRefusedException or TimeoutException or OrleansException
            or NotSupportedException)
        {
            return null;
        }
    }
}
