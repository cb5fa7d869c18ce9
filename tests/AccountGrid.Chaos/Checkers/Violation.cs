namespace AccountGrid.Chaos.Checkers;

/// <summary>Something that must not be.</summary>
/// <param name="Check">The requirement that is broken, as a stable name.</param>
/// <param name="Account">The account concerned; 0 = none in particular.</param>
/// <param name="What">What was seen, for a person.</param>
internal sealed record Violation(string Check, long Account, string What)
{
    /// <summary>One line.</summary>
    public override string ToString() => $"[{Check}] account {Account}: {What}";
}
