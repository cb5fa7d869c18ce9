namespace AccountGrid.Grains;

/// <summary>
/// What the cluster's membership says of this silo. Provided by hosts whose silo is one of several; a silo that is
/// alone cannot be declared dead. Thread-safe.
/// </summary>
public interface IMembershipRecord
{
    /// <summary>What this silo heard last. Never waits.</summary>
    MembershipFact Heard { get; }

    /// <summary>What is recorded now: the table is read after this call began.</summary>
    /// <param name="cancellationToken">Ends the reading.</param>
    Task<MembershipFact> ReadAsync(CancellationToken cancellationToken);
}
