using AccountGrid.Application;
using AccountGrid.Domain;
using Microsoft.Extensions.Logging;
using Orleans.Placement;

namespace AccountGrid.Grains;

/// <summary>
/// The shell round one <see cref="PolicyProcessor"/>. Silos of the version before have no such grain, and that is how
/// it is known whether every silo can read the record (<see cref="ClusterAbilities"/>).
/// </summary>
[PreferLocalPlacement, GrainType(TypeName)]
public sealed partial class PolicyGrain(
    PolicyServices services, PolicyMeters meters, PolicyFollower follower, PauseGuard guard,
    IClusterManifestProvider manifests, ILogger<PolicyGrain> log)
    : Grain, IPolicyGrain
{
    /// <summary>The grain's type, which every silo must host before anything is recorded.</summary>
    internal const string TypeName = "policy";

    private readonly GrainMemory _memory = new(guard, isRead: false);
    private readonly PolicyProcessor _processor = new(services, meters);

    /// <inheritdoc />
    public async Task<PolicyInfo> GetAsync(CancellationToken cancellationToken)
    {
        try
        {
            await ConfirmAsync(cancellationToken);
            return _processor.State.ToInfo();
        }
        catch (Exception e) when (RefusalMapping.OfFailure(e) is { } refusal)
        {
            throw new GrainRefusedException(refusal.ToInfo());
        }
    }

    /// <inheritdoc />
    public Task<PolicyReply> ExecuteAsync(
        PolicyInput command, CallerInfo caller, CancellationToken cancellationToken) =>
        AnswerAsync(
            command, caller, request => _processor.ExecuteAsync(request, cancellationToken), cancellationToken);

    /// <inheritdoc />
    public Task<PolicyReply> ValidateAsync(
        PolicyInput command, CallerInfo caller, CancellationToken cancellationToken) =>
        AnswerAsync(
            command, caller, request => _processor.ValidateAsync(request, cancellationToken), cancellationToken);

    private async Task<PolicyReply> AnswerAsync(
        PolicyInput command, CallerInfo caller, Func<PolicyRequest, Task<PolicyResult>> answer,
        CancellationToken cancellationToken)
    {
        if (caller.ToCaller() is not { } verified)
        {
            return Refused(CommandMapping.InvalidSubject);
        }

        if (!manifests.EverySiloHosts(TypeName))
        {
            return Refused(Refusal.WrongStatus("A silo of an earlier version cannot read the policy record yet."));
        }

        using var trace = caller.ContinueTrace();
        try
        {
            await ConfirmAsync(cancellationToken);
            var request = new PolicyRequest(
                command.ToCommand(), verified, command.RequestId, command.ExpectedPolicyVersion);
            return (await answer(request)).ToReply();
        }
        catch (Exception e) when (RefusalMapping.OfFailure(e) is { } refusal)
        {
            return Refused(refusal);
        }
        finally
        {
            if (_processor.IsFenced)
            {
                Fenced(log);
                DeactivateOnIdle();
            }
        }
    }

    /// <inheritdoc />
    public Task<PolicyDifferencesInfo> GetDifferencesAsync(CancellationToken cancellationToken) =>
        Task.FromResult(follower.ToDifferences());

    private static PolicyReply Refused(Refusal refusal) => new(Outcome.Refused, null, null, refusal.ToInfo());

    /// <summary>What cannot be read is tried again by the next call.</summary>
    private ValueTask<int> ConfirmAsync(CancellationToken cancellationToken) =>
        _memory.ConfirmAsync(() => _processor.RefreshAsync(cancellationToken), cancellationToken);

    [LoggerMessage(2601, LogLevel.Warning, "The policy record was changed by another activation; this one ends.")]
    private static partial void Fenced(ILogger logger);
}
