using System.Collections.Immutable;
using AccountGrid.Domain;
using Orleans.Concurrency;

namespace AccountGrid.Grains;

/// <summary>One operator as the grain answers it.</summary>
[GenerateSerializer, Immutable, Alias("ag.operator")]
public sealed record OperatorInfo(
    [property: Id(0)] string Id,
    [property: Id(1)] string DisplayName,
    [property: Id(2)] Roles Roles,
    [property: Id(3)] Standing Standing,
    [property: Id(4)] DateTimeOffset? AuthorityEndsAt,
    [property: Id(5)] long Version,
    [property: Id(6)] int HarmsInWindow,
    [property: Id(7)] long ReachInWindow,
    [property: Id(8)] bool FreezePending);

/// <summary>Commands on an operator's record. A closed hierarchy that mirrors the domain's.</summary>
[GenerateSerializer, Immutable, Alias("ag.operator-command")]
public abstract record OperatorInput
{
    /// <summary>Enrol or change.</summary>
    [GenerateSerializer, Immutable, Alias("ag.operator-command.enroll")]
    public sealed record Enroll([property: Id(0)] Roles Roles, [property: Id(1)] string DisplayName, [property: Id(2)] DateTimeOffset? AuthorityEndsAt)
        : OperatorInput;

    /// <summary>End the authority.</summary>
    [GenerateSerializer, Immutable, Alias("ag.operator-command.offboard")]
    public sealed record Offboard([property: Id(0)] DateTimeOffset AuthorityEndsAt, [property: Id(1)] string Note) : OperatorInput;

    /// <summary>Enrol by first use; only where the development key is in force.</summary>
    [GenerateSerializer, Immutable, Alias("ag.operator-command.first-use")]
    public sealed record EnrollOnFirstUse([property: Id(0)] Roles Roles) : OperatorInput;

    /// <summary>What the person had pending is void.</summary>
    [GenerateSerializer, Immutable, Alias("ag.operator-command.frozen")]
    public sealed record ConfirmFrozen : OperatorInput;

    /// <summary>The person's acts were undone.</summary>
    [GenerateSerializer, Immutable, Alias("ag.operator-command.undo")]
    public sealed record RecordUndo([property: Id(0)] DateTimeOffset Since, [property: Id(1)] int Accounts, [property: Id(2)] string Note) : OperatorInput;
}

/// <summary>What came of an operator command.</summary>
[GenerateSerializer, Immutable, Alias("ag.operator-reply")]
public sealed record OperatorReply([property: Id(0)] OperatorInfo? Operator, [property: Id(1)] RefusalInfo? Refusal);

/// <summary>What a person may do now.</summary>
/// <param name="Standing">The standing at this instant.</param>
/// <param name="Roles">The registered roles.</param>
/// <param name="Budget">Why the intent is over budget.</param>
/// <param name="Reservation">To settle, where an intent was reserved.</param>
[GenerateSerializer, Immutable, Alias("ag.authority")]
public sealed partial record AuthorityInfo(
    [property: Id(0)] Standing Standing, [property: Id(1)] Roles Roles, [property: Id(2)] RefusalInfo? Budget, [property: Id(3)] long? Reservation);

/// <summary>
/// One operator: standing, roles and budget, looked up at the instant an action executes. The key is the id of the operator's journal,
/// <c>op/kim</c>, so that grain and journal have one name. Calls no account grain, so that no cycle of turns can form.
/// </summary>
[Alias("ag.IOperatorGrain")]
public interface IOperatorGrain : IGrainWithStringKey
{
    /// <summary>The record; standing <c>Ended</c> and version 0 for an unknown operator.</summary>
    [AlwaysInterleave, Alias("Get")]
    Task<OperatorInfo> GetAsync(CancellationToken cancellationToken);

    /// <summary>What the person may do now; reserves a harm of <paramref name="reach"/> followers on <paramref name="account"/> where reach is not <c>null</c>.</summary>
    [AlwaysInterleave, Alias("Ask")]
    ValueTask<AuthorityInfo> AskAsync(long account, long? reach, CancellationToken cancellationToken);

    /// <summary>What became of a reservation; <c>null</c> = it did not happen.</summary>
    [AlwaysInterleave, OneWay, Alias("Settle")]
    Task SettleAsync(long reservation, DateTimeOffset? happenedAt);

    /// <summary>Changes the record. Takes its turn in a bounded queue, as on accounts. Durable before it answers.</summary>
    [AlwaysInterleave, Alias("Execute")]
    Task<OperatorReply> ExecuteAsync(OperatorInput command, CallerInfo caller, CancellationToken cancellationToken);
}

/// <summary>A page of operators.</summary>
[GenerateSerializer, Immutable, Alias("ag.operator-page")]
public sealed record OperatorPage([property: Id(0)] ImmutableArray<OperatorInfo> Operators, [property: Id(1)] string Next);
