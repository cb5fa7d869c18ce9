using AccountGrid.Domain;
using Orleans.Concurrency;

namespace AccountGrid.Grains;

/// <summary>
/// One operator: standing, roles and budget, looked up at the instant an action executes. The key is the id of the
/// operator's journal, <c>op/kim</c>, so that grain and journal have one name. Calls no account grain, so that no cycle
/// of turns can form.
/// </summary>
[Alias("ag.IOperatorGrain")]
public interface IOperatorGrain : IGrainWithStringKey
{
    /// <summary>The record; standing <c>Ended</c> and version 0 for an unknown operator.</summary>
    [AlwaysInterleave, Alias("Get")]
    Task<OperatorInfo> GetAsync(CancellationToken cancellationToken);

    /// <summary>
    /// What the person may do now; reserves a harm of <paramref name="reach"/> followers on <paramref name="account"/>
    /// where reach is not <c>null</c>.
    /// </summary>
    [AlwaysInterleave, Alias("Ask")]
    ValueTask<AuthorityInfo> AskAsync(long account, long? reach, CancellationToken cancellationToken);

    /// <summary>
    /// The answer of <see cref="AskAsync"/> now, with nothing reserved, and what is left of the budget.
    /// </summary>
    [AlwaysInterleave, Alias("Peek")]
    ValueTask<AuthorityInfo> PeekAsync(long account, long? reach, CancellationToken cancellationToken);

    /// <summary>What became of a reservation; <c>null</c> = it did not happen.</summary>
    [AlwaysInterleave, OneWay, Alias("Settle")]
    Task SettleAsync(long reservation, DateTimeOffset? happenedAt);

    /// <summary>
    /// Changes the record. Takes its turn in a bounded queue, as on accounts. Durable before it answers.
    /// </summary>
    /// <remarks>
    /// What depends on all records (<see cref="OperatorDecider.TakesTurnOfRegister"/>) comes through
    /// <see cref="IRegisterGrain"/>, which gives it a turn over the whole register.
    /// </remarks>
    [AlwaysInterleave, Alias("Execute")]
    Task<OperatorReply> ExecuteAsync(OperatorInput command, CallerInfo caller, CancellationToken cancellationToken);

    /// <summary>
    /// Says what <see cref="ExecuteAsync"/> would answer now; nothing is written. A method of its own, so that
    /// a silo of a version without it fails the call, and carries nothing out.
    /// </summary>
    [AlwaysInterleave, Alias("Validate")]
    Task<OperatorReply> ValidateAsync(OperatorInput command, CallerInfo caller, CancellationToken cancellationToken);

    /// <summary>What each action on the person's power would come to for a caller now; nothing is written.</summary>
    [AlwaysInterleave, Alias("ListActions")]
    Task<Answer<ActionList>> ListActionsAsync(CallerInfo caller, CancellationToken cancellationToken);
}
