using AccountGrid.Domain;

namespace AccountGrid.Application;

/// <summary>
/// The bytes of a checkpoint that are signed and that the next checkpoint is chained to. In order: the domain
/// <c>accountgrid.checkpoint.v1</c> and a zero byte; number; position; root; previous; time in microseconds; key id.
/// Integers are 8 bytes big-endian, texts and bytes stand behind their length. The signature is not among them.
/// </summary>
public static class CheckpointCanonical
{
    /// <summary>What is signed.</summary>
    public static byte[] Bytes(Checkpoint checkpoint) => Write(checkpoint).ToArray();

    /// <summary>
    /// What the next checkpoint holds as <see cref="Checkpoint.Previous"/>: SHA-256 of <see cref="Bytes"/>.
    /// </summary>
    public static byte[] Hash(Checkpoint checkpoint) => Write(checkpoint).Sha256();

    private static CanonicalWriter Write(Checkpoint checkpoint) =>
        new CanonicalWriter("accountgrid.checkpoint.v1")
            .Add(checkpoint.Number).Add(checkpoint.Position).Add(checkpoint.Root.Span).Add(checkpoint.Previous.Span)
            .Add(Microseconds.Of(checkpoint.At)).Add(checkpoint.KeyId);
}
