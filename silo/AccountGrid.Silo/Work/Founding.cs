using AccountGrid.Domain;
using AccountGrid.Grains;

namespace AccountGrid.Silo;

/// <summary>
/// Enrols the first admins of the settings when the silo has started, where the register has no admin. Tried until it
/// succeeds, since the store or the silo of the register may be away.
/// </summary>
internal sealed partial class Founding(
    OperatorPolicy policy, IGrainFactory grains, TimeProvider clock, ILogger<Founding> log) : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    /// <inheritdoc />
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (policy.Founders.Count == 0)
        {
            return;
        }

        using var timer = new PeriodicTimer(Pause, clock);
        using var late = new LateCancellation(clock, stoppingToken);
        try
        {
            while (!await TryAsync(late.Token))
            {
                await timer.WaitForNextTickAsync(stoppingToken);
            }
        }
        catch (OperationCanceledException)
        {
            // The silo stops.
        }
    }

    private async Task<bool> TryAsync(CancellationToken cancellationToken)
    {
        try
        {
            var digest = policy.FoundersDigest();
            var enrolled = await grains.GetGrain<IRegisterGrain>(0)
                .FoundAsync([.. policy.Founders], digest, cancellationToken);
            if (enrolled > 0)
            {
                Enrolled(log, enrolled, digest);
            }

            return true;
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            Failed(log, e, Pause);
            return false;
        }
    }

    [LoggerMessage(3131, LogLevel.Warning,
        "The register of operators had no admin: {Count} founders of the settings were enrolled (digest {Digest}).")]
    private static partial void Enrolled(ILogger logger, int count, string digest);

    [LoggerMessage(3132, LogLevel.Warning, "The founders could not be enrolled; the next try is in {Pause}.")]
    private static partial void Failed(ILogger logger, Exception exception, TimeSpan pause);
}
