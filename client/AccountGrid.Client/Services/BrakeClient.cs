using AccountGrid.V1;

namespace AccountGrid.Client;

/// <summary>
/// The brake over the whole grid: above a limit every harm takes two people. Request ids as in
/// <see cref="AccountsClient"/>. Thread-safe.
/// </summary>
public sealed class BrakeClient
{
    private readonly BrakeService.BrakeServiceClient _stub;
    private readonly CallPipeline _calls;

    internal BrakeClient(BrakeService.BrakeServiceClient stub, CallPipeline calls)
    {
        _stub = stub;
        _calls = calls;
    }

    /// <summary>Whether the brake is engaged, and how much of its limits is used. Role: staff.</summary>
    /// <param name="cancellationToken">Ends the call.</param>
    public Task<Brake> GetAsync(CancellationToken cancellationToken = default) =>
        _calls.CallAsync(new GetBrakeRequest(), _stub.GetBrakeAsync, cancellationToken);

    /// <summary>Releases the brake; the sums begin anew. Role: approver, since before it engaged.</summary>
    /// <param name="request">The reason, for the journal.</param>
    /// <param name="cancellationToken">Ends the call; the outcome is unknown then.</param>
    public Task<ReleaseBrakeResponse> ReleaseAsync(
        ReleaseBrakeRequest request, CancellationToken cancellationToken = default) =>
        _calls.CallAsync(request, _stub.ReleaseBrakeAsync, cancellationToken);
}
