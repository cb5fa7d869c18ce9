using AccountGrid.Application;
using AccountGrid.Domain;
using Microsoft.Extensions.Logging;
using Orleans.Placement;

namespace AccountGrid.Grains;

/// <summary>
/// The one place in the cluster that makes checkpoints and verifies. Both are long work for a processor core, so both
/// leave the grain's thread.
/// </summary>
[PreferLocalPlacement, GrainType("audit")]
public sealed partial class AuditGrain(
    CheckpointMaker maker, AuditVerifier verifier, ICheckpointStore checkpoints, ILogger<AuditGrain> log)
    : Grain, IAuditGrain
{
    private static readonly TimeSpan RetryVerification = TimeSpan.FromSeconds(10);
    private bool _isVerifying;

    /// <inheritdoc />
    public async Task<CheckpointInfo?> MakeCheckpointAsync(CancellationToken cancellationToken)
    {
        try
        {
            var round = await Task.Run(() => maker.MakeAsync(cancellationToken), cancellationToken);
            if (round.RestoredInLog > 0)
            {
                OutsideLacked(log, round.RestoredInLog);
            }

            return round.Made?.ToInfo();
        }
        catch (Exception e) when (e is CheckpointRefusedException or CheckpointLogDamagedException)
        {
            Refused(log, e);
            throw new GrainRefusedException(new(RefusalReason.StorageUnavailable, e.Message, null, null));
        }
        catch (Exception e) when (RefusalMapping.OfFailure(e) is { } refusal)
        {
            throw new GrainRefusedException(refusal.ToInfo());
        }
    }

    /// <inheritdoc />
    public async Task<Answer<VerificationInfo>> VerifyAsync(CancellationToken cancellationToken)
    {
        if (_isVerifying)
        {
            return Refusal.Overloaded("The queue of verifications", RetryVerification).ToAnswer<VerificationInfo>();
        }

        _isVerifying = true;
        try
        {
            var result = await Task.Run(() => verifier.VerifyAsync(cancellationToken), cancellationToken);
            if (result.First is { } problem)
            {
                NotIntact(log, result.ProblemCount, AuditProblem.NameOf(problem.Kind), problem.Message);
            }

            return new(result.ToInfo(), null);
        }
        catch (Exception e) when (RefusalMapping.OfFailure(e) is { } refusal)
        {
            return refusal.ToAnswer<VerificationInfo>();
        }
        finally
        {
            _isVerifying = false;
        }
    }

    /// <inheritdoc />
    public async Task<CheckpointPage> ListCheckpointsAsync(
        long beforeNumber, int max, CancellationToken cancellationToken)
    {
        try
        {
            var page = Math.Clamp(max, 1, Limits.PageSize);
            var found = await checkpoints.ReadBeforeAsync(
                beforeNumber <= 0 ? long.MaxValue : beforeNumber, page, cancellationToken);
            return new([.. found.Select(AuditMapping.ToInfo)],
                found.IsEmpty || found[^1].Number == 1 ? 0 : found[^1].Number);
        }
        catch (Exception e) when (RefusalMapping.OfFailure(e) is { } refusal)
        {
            throw new GrainRefusedException(refusal.ToInfo());
        }
    }

    [LoggerMessage(2201, LogLevel.Critical,
        "ALERT: no checkpoint is made, because what is there contradicts what was signed. Run a verification.")]
    private static partial void Refused(ILogger logger, Exception exception);

    [LoggerMessage(2202, LogLevel.Critical,
        "ALERT: {Count} checkpoints were missing outside the store and were put back. No crash causes that: the log was moved, lost or cut.")]
    private static partial void OutsideLacked(ILogger logger, int count);

    [LoggerMessage(2203, LogLevel.Critical,
        "ALERT: the verification found {Count} problems; the first is {Kind}: {Message}")]
    private static partial void NotIntact(ILogger logger, long count, string kind, string message);
}
