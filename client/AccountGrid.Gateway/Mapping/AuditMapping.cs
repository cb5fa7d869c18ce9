using AccountGrid.Grains;

namespace AccountGrid.Gateway.Mapping;

/// <summary>Maps checkpoints and verifications.</summary>
internal static class AuditMapping
{
    /// <summary>One checkpoint.</summary>
    public static V1.Checkpoint ToProto(CheckpointInfo info) => new()
    {
        Number = info.Number,
        Position = info.Position,
        Root = Convert.ToHexStringLower(info.Root.Span),
        Previous = Convert.ToHexStringLower(info.Previous.Span),
        At = TimeMapping.ToProto(info.At),
        KeyId = info.KeyId,
        Signature = Convert.ToHexStringLower(info.Signature.Span),
    };

    /// <summary>The result of a verification.</summary>
    public static V1.VerifyAuditResponse ToProto(VerificationInfo info)
    {
        var response = new V1.VerifyAuditResponse
        {
            Intact = info.Intact,
            Problem = info.Problem,
            ProblemKind = info.ProblemKind,
            Stream = info.Stream,
            Sequence = info.Sequence,
            Entries = info.Entries,
            Streams = info.Streams,
            Checkpoints = info.Checkpoints,
            Position = info.Position,
        };
        if (info.CoveredPosition is { } covered)
        {
            response.CoveredPosition = covered;
        }

        return response;
    }
}
