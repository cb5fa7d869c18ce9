using AccountGrid.Application;

namespace AccountGrid.Grains;

/// <summary>Checkpoints and verifications to what auditors get.</summary>
internal static class AuditMapping
{
    public static CheckpointInfo ToInfo(this Checkpoint checkpoint) => new(
        checkpoint.Number, checkpoint.Position, checkpoint.Root, checkpoint.Previous, checkpoint.At, checkpoint.KeyId,
        checkpoint.Signature);

    public static VerificationInfo ToInfo(this VerificationResult result) => new(
        result.IsIntact, result.First?.Message ?? "", result.First is { } first ? AuditProblem.NameOf(first.Kind) : "",
        result.First?.Stream ?? "", result.First?.Sequence ?? 0, result.Entries, result.Streams, result.Checkpoints,
        result.Position, result.CoveredPosition);
}
