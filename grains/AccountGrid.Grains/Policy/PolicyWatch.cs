using AccountGrid.Application;
using Microsoft.Extensions.Logging;

namespace AccountGrid.Grains;

/// <summary>
/// What a silo does about the policy once a second: it follows the record, has its own settings recorded, and sees to
/// it that what is due is done. Calls are made one at a time by the host.
/// </summary>
public sealed partial class PolicyWatch(
    PolicyFollower follower, IGrainFactory grains, IClusterManifestProvider manifests, ILogger<PolicyWatch> log)
{
    /// <summary>One round. What fails is logged and tried again by the next one; what was in force stays so.</summary>
    public async Task TickAsync(CancellationToken cancellationToken)
    {
        try
        {
            await follower.FollowAsync(cancellationToken);
            if (!follower.IsConfigured && manifests.EverySiloHosts(PolicyGrain.TypeName))
            {
                await ConfigureAsync(cancellationToken);
            }

            if (follower.State.Proposal is not null)
            {
                await ExecuteAsync(new PolicyInput.FireDue(), cancellationToken);
            }
        }
        catch (Exception e) when (e is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            Failed(log, e);
        }
    }

    private async Task ConfigureAsync(CancellationToken cancellationToken)
    {
        if (follower.IsToBeConfigured)
        {
            await ExecuteAsync(follower.Own.ToInput(), cancellationToken);
            await follower.FollowAsync(cancellationToken);
        }

        follower.NoteConfigured();
    }

    private async Task ExecuteAsync(PolicyInput command, CancellationToken cancellationToken)
    {
        var reply = await grains.GetGrain<IPolicyGrain>(0)
            .ExecuteAsync(command, OperatorMapping.System, cancellationToken);
        if (reply.Refusal is { } refusal)
        {
            throw new GrainRefusedException(refusal);
        }
    }

    [LoggerMessage(2602, LogLevel.Warning,
        "The policy record could not be followed or completed; what is in force stays. The next second tries again.")]
    private static partial void Failed(ILogger logger, Exception exception);
}
