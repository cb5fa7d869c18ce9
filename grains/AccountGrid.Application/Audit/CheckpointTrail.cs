namespace AccountGrid.Application;

/// <summary>What makes one checkpoint follow another; asked by the maker and by the verifier.</summary>
internal static class CheckpointTrail
{
    /// <summary>
    /// Whether number, position and chain continue <paramref name="previous"/> (<c>null</c> = nothing).
    /// </summary>
    public static bool Follows(Checkpoint checkpoint, Checkpoint? previous) => previous is null
        ? checkpoint.Number == 1 && checkpoint.Position > 0 && checkpoint.Previous.IsEmpty
        : checkpoint.Number == previous.Number + 1 && checkpoint.Position > previous.Position
            && checkpoint.Previous.Span.SequenceEqual(CheckpointCanonical.Hash(previous));

    /// <summary>Whether both are one statement with one signature.</summary>
    public static bool AreSame(Checkpoint one, Checkpoint other) =>
        one.Signature.Span.SequenceEqual(other.Signature.Span)
        && CheckpointCanonical.Bytes(one).AsSpan().SequenceEqual(CheckpointCanonical.Bytes(other));
}
