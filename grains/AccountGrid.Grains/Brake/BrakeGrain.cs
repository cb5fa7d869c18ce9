using AccountGrid.Application;
using AccountGrid.Domain;
using Microsoft.Extensions.Logging;
using Orleans.Placement;

namespace AccountGrid.Grains;

/// <summary>
/// The shell round the <see cref="BrakeProcessor"/>. It counts and engages only where every silo of the cluster can
/// host this grain: silos of the version before neither ask it nor can read its journal.
/// </summary>
[PreferLocalPlacement, GrainType(Type)]
public sealed partial class BrakeGrain(
    BrakeServices services, IClusterManifestProvider manifests, PauseGuard guard,
    LocalProcessors<BrakeProcessor> local, ILogger<BrakeGrain> log)
    : Grain, IBrakeGrain
{
    /// <summary>The key of the one brake among <see cref="LocalProcessors{T}"/>.</summary>
    internal const string LocalKey = "";

    private const string Type = "brake";
    private readonly GrainMemory _memory = new(guard, isRead: true);
    private readonly LocalProcessors<BrakeProcessor>.Activation _here = local.Begin(LocalKey, new(services));

    private BrakeProcessor Processor => _here.Processor;

    /// <summary>
    /// Shows the brake by the metrics of this silo. Its record is read by the first call, so that a store that cannot
    /// be read fails that call alone.
    /// </summary>
    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        services.Diagnostics.Brake.Begin(Processor);
        return Task.CompletedTask;
    }

    /// <inheritdoc />
    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        _here.End();
        services.Diagnostics.Brake.End(Processor);
        return Task.CompletedTask;
    }

    /// <inheritdoc />
    public Task<BrakeInfo> GetAsync(CancellationToken cancellationToken) =>
        AnswerAsync(async () =>
        {
            await Processor.LoadAsync(cancellationToken);
            return Processor.View.ToInfo();
        }, cancellationToken);

    /// <inheritdoc />
    public async ValueTask<BrakeAnswerInfo> ReserveAsync(long account, long reach, CancellationToken cancellationToken)
    {
        var mayEngage = manifests.EverySiloHosts(Type);
        var answer = await AnswerAsync(
            () => Processor.ReserveAsync(
                new(new AccountId(account), reach), mayEngage, cancellationToken).AsTask(),
            cancellationToken, isLocalToo: mayEngage);
        return new(answer.Reservation, answer.EngagedUntil);
    }

    /// <inheritdoc />
    public async ValueTask<BrakeAnswerInfo> PeekAsync(long account, long reach, CancellationToken cancellationToken)
    {
        var mayEngage = manifests.EverySiloHosts(Type);
        var answer = await AnswerAsync(
            () => Processor.PeekAsync(new(new AccountId(account), reach), mayEngage, cancellationToken).AsTask(),
            cancellationToken);
        return new(null, answer.EngagedUntil);
    }

    /// <inheritdoc />
    public Task SettleAsync(long reservation, DateTimeOffset? happenedAt)
    {
        Processor.Settle(reservation, happenedAt);
        return Task.CompletedTask;
    }

    /// <inheritdoc />
    public Task<BrakeReply> ReleaseAsync(
        string note, string? requestId, CallerInfo caller, CancellationToken cancellationToken) =>
        AnswerAsync(
            caller, by => Processor.ReleaseAsync(new(by, note, requestId), cancellationToken), cancellationToken);

    /// <inheritdoc />
    public Task<BrakeReply> ValidateReleaseAsync(
        string note, string? requestId, CallerInfo caller, CancellationToken cancellationToken) =>
        AnswerAsync(
            caller, by => Processor.ValidateReleaseAsync(new(by, note, requestId), cancellationToken),
            cancellationToken);

    private async Task<BrakeReply> AnswerAsync(
        CallerInfo caller, Func<Caller, Task<BrakeResult>> answer, CancellationToken cancellationToken)
    {
        if (caller.ToCaller() is not { } verified)
        {
            return new(null, CommandMapping.InvalidSubject.ToInfo());
        }

        using var trace = caller.ContinueTrace();
        try
        {
            var result = await AnswerAsync(() => answer(verified), cancellationToken);
            return new(result.View.ToInfo(), result.Refusal?.ToInfo());
        }
        catch (GrainRefusedException refused)
        {
            return new(null, refused.Refusal);
        }
    }

    /// <inheritdoc />
    public Task TickAsync(CancellationToken cancellationToken) => GetAsync(cancellationToken);

    /// <summary>
    /// Waits until the silo knows that it is still a member, and reads everything again if the generation has grown:
    /// after a pause another silo may have had this grain meanwhile. With <paramref name="isLocalToo"/> the callers in
    /// this silo need no call for a while.
    /// </summary>
    /// <exception cref="GrainRefusedException">The store failed, or it was refused.</exception>
    /// <exception cref="SiloUnavailableException">The silo was declared dead; another one answers.</exception>
    private async Task<T> AnswerAsync<T>(
        Func<Task<T>> answer, CancellationToken cancellationToken, bool isLocalToo = false)
    {
        try
        {
            var generation =
                await _memory.ConfirmAsync(() => Processor.RefreshAsync(cancellationToken), cancellationToken);
            var answered = await answer();
            if (isLocalToo)
            {
                _here.Called(generation);
            }

            return answered;
        }
        catch (Exception e) when (RefusalMapping.OfFailure(e) is { } refusal)
        {
            throw new GrainRefusedException(refusal.ToInfo());
        }
        finally
        {
            if (Processor.IsFenced)
            {
                Fenced(log);
                DeactivateOnIdle();
            }
        }
    }

    [LoggerMessage(2620, LogLevel.Warning,
        "The brake's journal was written by another activation; this one ends.")]
    private static partial void Fenced(ILogger logger);
}
