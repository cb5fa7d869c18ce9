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

    /// <summary>The idempotency key, if sent.</summary>
    [Id(0)]
    public string? RequestId { get; init; }

    /// <summary>The etag, if sent.</summary>
    [Id(1)]
    public long? ExpectedPowerVersion { get; init; }

    /// <summary>Enrol or change.</summary>
    [GenerateSerializer, Immutable, Alias("ag.operator-command.enroll")]
    public sealed record Enroll(
        [property: Id(0)] Roles Roles,
        [property: Id(1)] string DisplayName,
        [property: Id(2)] DateTimeOffset? AuthorityEndsAt) : OperatorInput
    {
        /// <summary>The directory's id of the human being; empty or <c>null</c> = as it is.</summary>
        [Id(3)]
        public string? PersonId { get; init; }

        /// <summary>Free text, or empty.</summary>
        [Id(4)]
        public string? Note { get; init; }

        /// <inheritdoc/>
        public override OperatorCommand ToCommand() =>
            new OperatorCommand.Enroll(Roles, DisplayName, AuthorityEndsAt, PersonId ?? "", Note ?? "");
    }

    /// <summary>Be the second admin.</summary>
    [GenerateSerializer, Immutable, Alias("ag.operator-command.approve")]
    public sealed record Approve(
        [property: Id(0)] long Sequence, [property: Id(1)] string? Digest, [property: Id(2)] string Note)
        : OperatorInput
    {
        /// <inheritdoc/>
        public override OperatorCommand ToCommand() => new OperatorCommand.Approve(Sequence, Digest, Note);
    }

    /// <summary>Turn a proposal down.</summary>
    [GenerateSerializer, Immutable, Alias("ag.operator-command.reject")]
    public sealed record Reject([property: Id(0)] long Sequence, [property: Id(1)] string Note) : OperatorInput
    {
        /// <inheritdoc/>
        public override OperatorCommand ToCommand() => new OperatorCommand.Reject(Sequence, Note);
    }

    /// <summary>Take one's own proposal back.</summary>
    [GenerateSerializer, Immutable, Alias("ag.operator-command.withdraw")]
    public sealed record Withdraw([property: Id(0)] long Sequence, [property: Id(1)] string Note) : OperatorInput
    {
        /// <inheritdoc/>
        public override OperatorCommand ToCommand() => new OperatorCommand.Withdraw(Sequence, Note);
    }

    /// <summary>Do what is due now.</summary>
    [GenerateSerializer, Immutable, Alias("ag.operator-command.fire-due")]
    public sealed record FireDue : OperatorInput
    {
        /// <inheritdoc/>
        public override OperatorCommand ToCommand() => new OperatorCommand.FireDue();
    }

    /// <summary>Enrol one of the first admins, from the settings.</summary>
    [GenerateSerializer, Immutable, Alias("ag.operator-command.founder")]
    public sealed record EnrollFounder([property: Id(0)] string Digest) : OperatorInput
    {
        /// <inheritdoc/>
        public override OperatorCommand ToCommand() => new OperatorCommand.EnrollFounder(Digest);
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

    /// <summary>The caller, whose record this is, undid a service's acts.</summary>
    [GenerateSerializer, Immutable, Alias("ag.operator-command.undo-service")]
    public sealed record RecordServiceUndo(
        [property: Id(0)] string Service,
        [property: Id(1)] DateTimeOffset Since,
        [property: Id(2)] int Accounts,
        [property: Id(3)] string Note) : OperatorInput
    {
        /// <inheritdoc/>
        public override OperatorCommand ToCommand() =>
            new OperatorCommand.RecordServiceUndo(OperatorId.Parse(Service), Since, Accounts, Note);
    }
}
