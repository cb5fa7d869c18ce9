namespace AccountGrid.Domain;

/// <summary>What can be asked of an operator's record. A closed hierarchy.</summary>
public abstract record OperatorCommand
{
    private OperatorCommand()
    {
    }

    /// <summary>The name, for journals, digests and metrics. It is stored: never change it.</summary>
    public abstract string Name { get; }

    /// <summary>
    /// Adds the fields that the caller chose to a request's digest, so that a request id with another body is a
    /// conflict. Digests are stored: never change what is added.
    /// </summary>
    internal virtual CanonicalWriter AddTo(CanonicalWriter digest) => digest;

    /// <summary>
    /// Admin: enrol, re-enrol, or change roles, directory identity and the end of authority. What raises power waits
    /// for a second admin; what lowers it is done at once.
    /// </summary>
    /// <param name="Roles">The roles from then on, at least one.</param>
    /// <param name="DisplayName">The name to show, or empty.</param>
    /// <param name="AuthorityEndsAt">When all authority ends; <c>null</c> = open.</param>
    /// <param name="PersonId">The directory's id of the human being; empty = as it is.</param>
    /// <param name="Note">Free text, or empty.</param>
    public sealed record Enroll(
        Roles Roles, string DisplayName, DateTimeOffset? AuthorityEndsAt, string PersonId = "", string Note = "")
        : OperatorCommand
    {
        /// <inheritdoc/>
        public override string Name => "enroll";

        internal override CanonicalWriter AddTo(CanonicalWriter digest) => PowerRules.ChangeOf(this)!.AddTo(digest);
    }

    /// <summary>
    /// Admin: authority ends at an instant (now, if it lies in the past), and whatever the person has pending is
    /// voided.
    /// </summary>
    public sealed record Offboard(DateTimeOffset AuthorityEndsAt, string Note) : OperatorCommand
    {
        /// <inheritdoc/>
        public override string Name => "offboard";

        internal override CanonicalWriter AddTo(CanonicalWriter digest) => PowerRules.ChangeOf(this)!.AddTo(digest);
    }

    /// <summary>Be the second admin.</summary>
    /// <param name="Sequence">The proposal.</param>
    /// <param name="Digest">What the approver saw, if sent: a different one is refused.</param>
    /// <param name="Note">Free text, or empty.</param>
    public sealed record Approve(long Sequence, string? Digest, string Note) : OperatorCommand
    {
        /// <inheritdoc/>
        public override string Name => "approve";

        internal override CanonicalWriter AddTo(CanonicalWriter digest) => digest.Add(Sequence).Add(Digest).Add(Note);
    }

    /// <summary>Turn a proposal down, also when it is approved and waits for the end of its cool-off.</summary>
    public sealed record Reject(long Sequence, string Note) : OperatorCommand
    {
        /// <inheritdoc/>
        public override string Name => "reject";

        internal override CanonicalWriter AddTo(CanonicalWriter digest) => digest.Add(Sequence).Add(Note);
    }

    /// <summary>Take one's own proposal back.</summary>
    public sealed record Withdraw(long Sequence, string Note) : OperatorCommand
    {
        /// <inheritdoc/>
        public override string Name => "withdraw";

        internal override CanonicalWriter AddTo(CanonicalWriter digest) => digest.Add(Sequence).Add(Note);
    }

    /// <summary>
    /// System, only with the development key: a token's subject is enrolled on first use, and gains the roles of later
    /// tokens. Never touches a record that an admin has written, or a person whose authority has an end.
    /// </summary>
    public sealed record EnrollOnFirstUse(Roles Roles) : OperatorCommand
    {
        /// <inheritdoc/>
        public override string Name => "enroll_on_first_use";
    }

    /// <summary>System: one of the first admins, from the settings; only where the register has no admin.</summary>
    /// <param name="Digest">SHA-256 over the list of founders, lower-case hex: recorded with each of them.</param>
    public sealed record EnrollFounder(string Digest) : OperatorCommand
    {
        /// <inheritdoc/>
        public override string Name => "enroll_founder";
    }

    /// <summary>System: everything that the person had pending is voided.</summary>
    public sealed record ConfirmFrozen : OperatorCommand
    {
        /// <inheritdoc/>
        public override string Name => "confirm_frozen";
    }

    /// <summary>
    /// System: do what is due now: a proposal's expiry, the end of its cool-off, or its end with its proposer's
    /// authority.
    /// </summary>
    public sealed record FireDue : OperatorCommand
    {
        /// <inheritdoc/>
        public override string Name => "fire_due";
    }

    /// <summary>
    /// Support, on the caller's own record: record that all acts of a service since an instant are being undone. A
    /// service has no record.
    /// </summary>
    public sealed record RecordServiceUndo(OperatorId Service, DateTimeOffset Since, int Accounts, string Note)
        : OperatorCommand
    {
        /// <inheritdoc/>
        public override string Name => "record_service_undo";

        internal override CanonicalWriter AddTo(CanonicalWriter digest) =>
            digest.Add(Service.Value).Add(Since).Add(Accounts).Add(Note);
    }

    /// <summary>Support: record that all acts of this person since an instant are being undone.</summary>
    public sealed record RecordUndo(DateTimeOffset Since, int Accounts, string Note) : OperatorCommand
    {
        /// <inheritdoc/>
        public override string Name => "record_undo";

        internal override CanonicalWriter AddTo(CanonicalWriter digest) =>
            digest.Add(Since).Add(Accounts).Add(Note);
    }
}
