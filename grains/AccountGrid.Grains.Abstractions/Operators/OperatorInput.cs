using AccountGrid.Domain;

namespace AccountGrid.Grains;

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
