namespace AccountGrid.Grains;

/// <summary>
/// Reads accounts without a call to their grain, where the activation is in this process and was read a moment ago.
/// Absent in a process that is no silo. Thread-safe; never waits.
/// </summary>
public interface ILocalAccounts
{
    /// <summary>Whether this silo knows that it was declared dead: it answers no requests any more.</summary>
    bool IsCutOff { get; }

    /// <summary>
    /// What <see cref="IAccountGrain.GetAsync"/> would answer at this moment; <c>null</c> says nothing about the
    /// account: call the grain.
    /// </summary>
    /// <param name="id">The account's id.</param>
    /// <param name="minVersion">The version that the caller has seen.</param>
    AccountInfo? Get(long id, long minVersion);

    /// <summary>
    /// What <see cref="IAccountGrain.VisitAsync"/> would answer at this moment; <c>null</c> says nothing about the
    /// account: call the grain.
    /// </summary>
    /// <param name="id">The account's id.</param>
    PublicAccountInfo? Visit(long id);
}
