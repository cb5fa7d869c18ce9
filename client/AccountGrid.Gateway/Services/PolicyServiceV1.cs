using AccountGrid.Gateway.Mapping;
using AccountGrid.Gateway.Validation;
using AccountGrid.Grains;
using Grpc.Core;

namespace AccountGrid.Gateway.Services;

/// <summary>The policy record. Stateless.</summary>
/// <param name="grains">The way to the record.</param>
/// <param name="local">The settings of this process; <c>null</c> where it is no silo.</param>
internal sealed class PolicyServiceV1(GrainCalls grains, ILocalPolicy? local = null)
    : V1.PolicyService.PolicyServiceBase
{
    /// <inheritdoc/>
    public override async Task<V1.Policy> GetPolicy(V1.GetPolicyRequest request, ServerCallContext context)
    {
        var cancel = context.CancellationToken;
        return PolicyMapping.ToProto(await grains.RepeatAsync(() => grains.Policy.GetAsync(cancel), cancel));
    }

    /// <inheritdoc/>
    public override async Task<V1.DiffPolicyResponse> DiffPolicy(
        V1.DiffPolicyRequest request, ServerCallContext context)
    {
        var cancel = context.CancellationToken;
        return PolicyMapping.ToProto(
            local?.Differences
                ?? await grains.RepeatAsync(() => grains.Policy.GetDifferencesAsync(cancel), cancel));
    }

    /// <inheritdoc/>
    public override async Task<V1.ProposePolicyResponse> ProposePolicy(
        V1.ProposePolicyRequest request, ServerCallContext context)
    {
        var checks = default(FieldChecks);
        var values = PolicyMapping.FromProto(ref checks, request.Settings);
        var command = Checked(
            checks, new PolicyInput.Propose(values, request.Note), request.Note, request.RequestId, request.Etag);
        var answer = await AnswerAsync(command, request.ValidateOnly, context);
        return new() { Outcome = answer.Outcome, Policy = answer.Policy, Preview = answer.Preview };
    }

    /// <inheritdoc/>
    public override async Task<V1.ApprovePolicyResponse> ApprovePolicy(
        V1.ApprovePolicyRequest request, ServerCallContext context)
    {
        var checks = default(FieldChecks);
        checks.Sequence(request.Sequence);
        var digest = checks.Digest(request.Digest);
        var command = Checked(
            checks, new PolicyInput.Approve(request.Sequence, digest, request.Note), request.Note, request.RequestId,
            request.Etag);
        var answer = await AnswerAsync(command, request.ValidateOnly, context);
        return new() { Outcome = answer.Outcome, Policy = answer.Policy, Preview = answer.Preview };
    }

    /// <inheritdoc/>
    public override async Task<V1.RejectPolicyResponse> RejectPolicy(
        V1.RejectPolicyRequest request, ServerCallContext context)
    {
        var checks = default(FieldChecks);
        checks.Sequence(request.Sequence);
        var command = Checked(
            checks, new PolicyInput.Reject(request.Sequence, request.Note), request.Note, request.RequestId,
            request.Etag);
        var answer = await AnswerAsync(command, request.ValidateOnly, context);
        return new() { Policy = answer.Policy, Preview = answer.Preview };
    }

    /// <inheritdoc/>
    public override async Task<V1.WithdrawPolicyResponse> WithdrawPolicy(
        V1.WithdrawPolicyRequest request, ServerCallContext context)
    {
        var checks = default(FieldChecks);
        checks.Sequence(request.Sequence);
        var command = Checked(
            checks, new PolicyInput.Withdraw(request.Sequence, request.Note), request.Note, request.RequestId,
            request.Etag);
        var answer = await AnswerAsync(command, request.ValidateOnly, context);
        return new() { Policy = answer.Policy, Preview = answer.Preview };
    }

    /// <summary>A command with what all of them have, once every field is known to be well formed.</summary>
    private static PolicyInput Checked(
        FieldChecks checks, PolicyInput command, string note, string requestId, string etag)
    {
        checks.Note(note);
        var complete = command with
        {
            RequestId = checks.RequestId(requestId),
            ExpectedPolicyVersion = checks.Etag(etag),
        };
        checks.ThrowIfAny();
        return complete;
    }

    private async Task<PolicyAnswer> AnswerAsync(
        PolicyInput command, bool validateOnly, ServerCallContext context) =>
        PolicyMapping.ToProto(await grains.AnswerAsync(command, validateOnly, context));
}
