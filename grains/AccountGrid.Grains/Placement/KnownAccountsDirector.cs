using AccountGrid.Application;
using AccountGrid.Domain;
using Orleans.Runtime.Placement;

namespace AccountGrid.Grains;

/// <summary>
/// Refuses an unknown account before it takes a place, so that a stranger who asks for a million ids makes no
/// activation and no directory entry. Known ones go to a silo with few activations, never by preference to the one that
/// happened to call. It is asked only when the directory does not know the grain: never for an account that is active.
/// Calls that wait for one placement share its answer.
/// </summary>
public sealed class KnownAccountsDirector(
    IJournal journal, PlacementDirectorResolver directors, TimeProvider clock) : IPlacementDirector
{
    /// <summary>How long the store may take to say who is known; callers wait meanwhile.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private static readonly PlacementStrategy Spread = new ActivationCountBasedPlacement();

    /// <inheritdoc />
    /// <exception cref="GrainRefusedException">The account is unknown, or the store cannot say.</exception>
    public async Task<SiloAddress> OnAddActivation(
        PlacementStrategy strategy, PlacementTarget target, IPlacementContext context)
    {
        if (!target.GrainIdentity.TryGetIntegerKey(out var key, out _) || !AccountId.TryCreate(key, out var account))
        {
            throw new GrainRefusedException(new(RefusalReason.NotFound, "There is no such account.", null, null));
        }

        if (!await ExistsAsync(account))
        {
            throw new GrainRefusedException(Refusal.NotFound($"account {account}").ToInfo());
        }

        return await directors.GetPlacementDirector(Spread).OnAddActivation(Spread, target, context);
    }

    // Exceptions of our own only: the runtime repeats a placement that fails by timeout or by its own kind of
    // exception.
    private async ValueTask<bool> ExistsAsync(AccountId account)
    {
        using var patience = new CancellationTokenSource(Patience, clock);
        try
        {
            return await journal.ExistsAsync(StreamId.Of(account), patience.Token);
        }
        catch (OperationCanceledException) when (patience.IsCancellationRequested)
        {
            throw new GrainRefusedException(
                RefusalMapping.OfFailure(
                    new StorageUnavailableException(
                        "exists", null, isTransient: true, outcomeUnknown: false))!.ToInfo());
        }
        catch (Exception e) when (RefusalMapping.OfFailure(e) is { } refusal)
        {
            throw new GrainRefusedException(refusal.ToInfo());
        }
    }
}
