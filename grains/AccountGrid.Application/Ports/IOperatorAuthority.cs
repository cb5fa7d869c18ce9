using AccountGrid.Domain;

namespace AccountGrid.Application;

/// <summary>
/// Asks what a person may do, at this instant, in the person's own record: implemented by a call to the operator's
/// grain. A harm that is asked for is reserved in the payer's budget, a person's or a service's, until it is settled.
/// </summary>
public interface IOperatorAuthority
{
    /// <summary>
    /// The authority now. Where an intent is given and it fits, it is reserved and
    /// <see cref="AuthorityAnswer.Reservation"/> is set.
    /// </summary>
    Task<AuthorityAnswer> AskAsync(AuthorityQuestion question, CancellationToken cancellationToken);

    /// <summary>
    /// The answer of <see cref="AskAsync"/> at this instant, with nothing reserved, and what is left of the budget.
    /// </summary>
    Task<AuthorityAnswer> PeekAsync(AuthorityQuestion question, CancellationToken cancellationToken);

    /// <summary>
    /// Says what became of a reserved harm: <paramref name="happenedAt"/> when it took effect, or <c>null</c> when it
    /// did not. Must not fail; a reservation that is never settled counts as spent until its window is over.
    /// </summary>
    ValueTask SettleAsync(Actor payer, long reservation, DateTimeOffset? happenedAt);
}
