using System.Collections.Immutable;
using AccountGrid.Application;

namespace AccountGrid.Grains;

/// <content>What the reconciler asks the only writer of an account's edges.</content>
public sealed partial class AccountGrain
{
    /// <inheritdoc />
    public Task<long?> WatchFollowsAsync(CancellationToken cancellationToken) =>
        Task.FromResult(_processor?.WatchFollows());

    /// <inheritdoc />
    public Task<long?> SettleFollowsAsync(
        ImmutableArray<SweptPartInput> parts, long version, CancellationToken cancellationToken) =>
        _processor?.SettleFollowsAsync([.. parts.Select(static p => new SweptPart(p.Last, p.Version))], version,
            cancellationToken) ?? Task.FromResult<long?>(null);

    /// <inheritdoc />
    public Task DoubtFollowsAsync(bool inDoubt, CancellationToken cancellationToken)
    {
        _processor?.DoubtFollows(inDoubt);
        return Task.CompletedTask;
    }
}
