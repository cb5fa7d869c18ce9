using AccountGrid.Domain;

namespace AccountGrid.Grains;

/// <summary>
/// Commands on an operator's record, and how each becomes a command of the domain. A closed hierarchy.
/// </summary>
[GenerateSerializer, Immutable, Alias("ag.operator-command")]
public abstract record OperatorInput
{
    /// <summary>The domain's command.</summary>
    public abstract OperatorCommand ToCommand();

    /// <summary>Enrol or change.</summary>
    [GenerateSerializer, Immutable, Alias("ag.operator-command.enroll")]
    public sealed record Enroll(
        [property: Id(0)] Roles Roles,
        [property: Id(1)] string DisplayName,
        [property: Id(2)] DateTimeOffset? AuthorityEndsAt) : OperatorInput
    {
        /// <inheritdoc/>
        public override OperatorCommand ToCommand() => new OperatorCommand.Enroll(Roles, DisplayName, AuthorityEndsAt);
    }

    /// <summary>End the authority.</summary>
    [GenerateSerializer, Immutable, Alias("ag.operator-command.offboard")]
    public sealed record Offboard(
        [property: Id(0)] DateTimeOffset AuthorityEndsAt, [property: Id(1)] string Note) : OperatorInput
    {
        /// <inheritdoc/>
        public override OperatorCommand ToCommand() => new OperatorCommand.Offboard(AuthorityEndsAt, Note);
    }

    /// <summary>Enrol by first use; only where the development key is in force.</summary>
    [GenerateSerializer, Immutable, Alias("ag.operator-command.first-use")]
    public sealed record EnrollOnFirstUse([property: Id(0)] Roles Roles) : OperatorInput
    {
        /// <inheritdoc/>
        public override OperatorCommand ToCommand() => new OperatorCommand.EnrollOnFirstUse(Roles);
    }

    /// <summary>What the person had pending is void.</summary>
    [GenerateSerializer, Immutable, Alias("ag.operator-command.frozen")]
    public sealed record ConfirmFrozen : OperatorInput
    {
        /// <inheritdoc/>
        public override OperatorCommand ToCommand() => new OperatorCommand.ConfirmFrozen();
    }

    /// <summary>The person's acts were undone.</summary>
    [GenerateSerializer, Immutable, Alias("ag.operator-command.undo")]
    public sealed record RecordUndo(
        [property: Id(0)] DateTimeOffset Since,
        [property: Id(1)] int Accounts,
        [property: Id(2)] string Note) : OperatorInput
    {
        /// <inheritdoc/>
        public override OperatorCommand ToCommand() => new OperatorCommand.RecordUndo(Since, Accounts, Note);
    }
}
