using AccountGrid.V1;

namespace AccountGrid.Client;

/// <summary>
/// The policy record: the numbers behind the rules. Settings of a silo tighten it, everything else takes two admins.
/// Request ids as in <see cref="AccountsClient"/>. Thread-safe.
/// </summary>
public sealed class PolicyClient
{
    private readonly PolicyService.PolicyServiceClient _stub;
    private readonly CallPipeline _calls;

    internal PolicyClient(PolicyService.PolicyServiceClient stub, CallPipeline calls)
    {
        _stub = stub;
        _calls = calls;
    }

    /// <summary>Reads the record. Role: staff.</summary>
    /// <param name="cancellationToken">Ends the call.</param>
    public Task<Policy> GetAsync(CancellationToken cancellationToken = default) =>
        _calls.CallAsync(new GetPolicyRequest(), _stub.GetPolicyAsync, cancellationToken);

    /// <summary>
    /// Where the settings of the silo that answers differ from the policy in force. Role: staff.
    /// </summary>
    /// <param name="cancellationToken">Ends the call.</param>
    public Task<DiffPolicyResponse> DiffAsync(CancellationToken cancellationToken = default) =>
        _calls.CallAsync(new DiffPolicyRequest(), _stub.DiffPolicyAsync, cancellationToken);

    /// <summary>Proposes other values, which wait for another admin. Role: admin.</summary>
    /// <param name="request">The values, and why.</param>
    /// <param name="cancellationToken">Ends the call; the outcome is unknown then.</param>
    public Task<ProposePolicyResponse> ProposeAsync(
        ProposePolicyRequest request, CancellationToken cancellationToken = default) =>
        _calls.CallAsync(request, _stub.ProposePolicyAsync, cancellationToken);

    /// <summary>
    /// Approves what another admin proposed. Role: admin. <see cref="Outcome.Pending"/> where it weakens a protection:
    /// then it takes effect after a cool-off.
    /// </summary>
    /// <param name="request">The proposal, and the digest of what was seen.</param>
    /// <param name="cancellationToken">Ends the call; the outcome is unknown then.</param>
    public Task<ApprovePolicyResponse> ApproveAsync(
        ApprovePolicyRequest request, CancellationToken cancellationToken = default) =>
        _calls.CallAsync(request, _stub.ApprovePolicyAsync, cancellationToken);

    /// <summary>Rejects, also what is approved and waits for its cool-off. Role: admin.</summary>
    /// <param name="request">The proposal.</param>
    /// <param name="cancellationToken">Ends the call; the outcome is unknown then.</param>
    public Task<RejectPolicyResponse> RejectAsync(
        RejectPolicyRequest request, CancellationToken cancellationToken = default) =>
        _calls.CallAsync(request, _stub.RejectPolicyAsync, cancellationToken);

    /// <summary>Withdraws one's own proposal. Role: admin.</summary>
    /// <param name="request">The proposal.</param>
    /// <param name="cancellationToken">Ends the call; the outcome is unknown then.</param>
    public Task<WithdrawPolicyResponse> WithdrawAsync(
        WithdrawPolicyRequest request, CancellationToken cancellationToken = default) =>
        _calls.CallAsync(request, _stub.WithdrawPolicyAsync, cancellationToken);
}
