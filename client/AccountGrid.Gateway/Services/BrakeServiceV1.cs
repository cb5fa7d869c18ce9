using AccountGrid.Gateway.Mapping;
using AccountGrid.Gateway.Validation;
using Grpc.Core;

namespace AccountGrid.Gateway.Services;

/// <summary>The brake over the whole grid. Stateless.</summary>
internal sealed class BrakeServiceV1(GrainCalls grains) : V1.BrakeService.BrakeServiceBase
{
    /// <inheritdoc/>
    public override async Task<V1.Brake> GetBrake(V1.GetBrakeRequest request, ServerCallContext context)
    {
        var cancel = context.CancellationToken;
        return BrakeMapping.ToProto(await grains.RepeatAsync(() => grains.Brake.GetAsync(cancel), cancel));
    }

    /// <inheritdoc/>
    public override async Task<V1.ReleaseBrakeResponse> ReleaseBrake(
        V1.ReleaseBrakeRequest request, ServerCallContext context)
    {
        var checks = default(FieldChecks);
        checks.Note(request.Note);
        if (request.Note.Length == 0)
        {
            checks.Add("note", "must say why the brake is released");
        }

        var requestId = checks.RequestId(request.RequestId);
        checks.ThrowIfAny();
        var (caller, cancel) = (context.CommandCaller(), context.CancellationToken);
        var brake = request.ValidateOnly
            ? (await grains.ValidateAsync(
                () => grains.Brake.ValidateReleaseAsync(request.Note, requestId, caller, cancel),
                static reply => reply.Refusal, cancel)).Brake!
            : await grains.ReleaseBrakeAsync(request.Note, requestId, caller, cancel);
        return new() { Brake = BrakeMapping.ToProto(brake) };
    }
}
