namespace AccountGrid.Domain;

/// <summary>
/// Power over power: what raises a person's power waits for a second admin; what lowers it takes one admin and is done
/// at once, except that one admin alone removes neither the last person who can heal, approve or administer, nor more
/// than <see cref="OperatorPolicy.MaxLowered"/> people within the window.
/// </summary>
internal static class PowerRules
{
    /// <summary>The change that a command asks for; <c>null</c> for commands that ask for none.</summary>
    public static PowerChange? ChangeOf(OperatorCommand command) => command switch
    {
        OperatorCommand.Enroll c => new(
            PowerChangeKind.Enroll, c.Roles, c.DisplayName, c.AuthorityEndsAt, c.PersonId, c.Note),
        OperatorCommand.Offboard c => new(
            PowerChangeKind.Offboard, Roles.None, "", c.AuthorityEndsAt, "", c.Note),
        _ => null,
    };

    /// <summary>
    /// Whether the change gives the person anything that the person has not now: enrolling, also again after the end, a
    /// role, a later end, a directory identity that the record has not (which would make one person two, or two people
    /// one, so that neither may approve what the other proposes).
    /// </summary>
    public static bool Raises(OperatorState state, PowerChange change, DateTimeOffset now) =>
        change.Kind == PowerChangeKind.Enroll
        && (HasNone(state, now)
            || (change.Roles & ~state.Roles) != Roles.None
            || EndOf(change.AuthorityEndsAt) > EndOf(state.AuthorityEndsAt)
            || (change.PersonId.Length > 0 && !SamePerson.IsJoined(change.PersonId, state.PersonId)));

    /// <summary>The roles that the person loses, now or at the change's earlier end.</summary>
    private static Roles Takes(OperatorState state, PowerChange change, DateTimeOffset now) =>
        HasNone(state, now) ? Roles.None
        : EndOf(change.AuthorityEndsAt) < EndOf(state.AuthorityEndsAt) ? state.Roles
        : state.Roles & ~change.Roles;

    public static OperatorDecision Enroll(
        OperatorState state, OperatorCommand.Enroll command, Caller caller, OperatorSituation situation)
    {
        var change = ChangeOf(command)!;
        if ((OperatorDecider.CheckPerson(caller, Roles.Admin, situation) ?? CheckEnroll(state, command, situation))
            is { } refusal)
        {
            return OperatorDecider.Refuse(state, refusal, command.Name);
        }

        if (Raises(state, change, situation.Now))
        {
            return CheckRaise(state, caller, situation) is { } mayNotRaise
                ? OperatorDecider.Refuse(state, mayNotRaise, command.Name)
                : Propose(state, change, command.Name, caller, situation);
        }

        return NeedsSecond(state, change, situation)
            ? Propose(state, change, command.Name, caller, situation)
            : WithVoidedProposal(state, EnrolledBy(state, change, consent: null));
    }

    public static OperatorDecision Offboard(
        OperatorState state, OperatorCommand.Offboard command, Caller caller, OperatorSituation situation)
    {
        var refusal = OperatorDecider.CheckPerson(caller, Roles.Admin, situation)
            ?? AccountDecider.CheckNote(command.Note)
            ?? OperatorDecider.CheckKnown(state);
        if (refusal is not null)
        {
            return OperatorDecider.Refuse(state, refusal, command.Name);
        }

        // A past instant would rewrite which acts were authorised: authority ends now at the earliest.
        var end = command.AuthorityEndsAt > situation.Now ? command.AuthorityEndsAt : situation.Now;
        if (state.AuthorityEndsAt is { } earlier && end > earlier)
        {
            return earlier <= situation.Now && command.AuthorityEndsAt <= situation.Now
                ? OperatorDecider.Accept()
                : OperatorDecider.Refuse(
                    state,
                    Refusal.Invalid("authorityEndsAt", "can only move earlier; enrol the person again to prolong"),
                    command.Name);
        }

        if (state.AuthorityEndsAt == end)
        {
            return OperatorDecider.Accept();
        }

        var change = ChangeOf(command)! with { AuthorityEndsAt = end };
        return NeedsSecond(state, change, situation)
            ? Propose(state, change, command.Name, caller, situation)
            : WithVoidedProposal(state, new OperatorEvent.Offboarded(end, command.Note));
    }

    /// <summary>
    /// The rule for a person who proposes or approves a rise: not in the notice window, and not the one concerned.
    /// </summary>
    public static Refusal? CheckRaiser(OperatorState state, OperatorId admin, OperatorSituation situation) =>
        situation.Of(admin).Standing == Standing.Notice ? Refusal.NoticePeriodOfAdmin(admin)
        : IsConcerned(state, admin, situation) ? Refusal.OwnPower
        : null;

    /// <summary>Whether an admin may be the person of the record.</summary>
    private static bool IsConcerned(OperatorState state, OperatorId admin, OperatorSituation situation) =>
        SamePerson.MayBe(admin, situation.Of(admin).PersonId, state.Id, state.PersonId)
        || (state.Proposal is { } proposal
            && SamePerson.IsJoined(situation.Of(admin).PersonId, proposal.Change.PersonId));

    /// <summary>The event that carries out an enrolment; what the change leaves open stays as it is.</summary>
    public static OperatorEvent EnrolledBy(OperatorState state, PowerChange change, Consent? consent) =>
        new OperatorEvent.Enrolled(
            change.Roles, change.DisplayName, change.AuthorityEndsAt,
            change.PersonId.Length > 0 ? change.PersonId : state.PersonId, change.Note, consent);

    /// <summary>Whether lowering takes a second admin, because one alone would take too much.</summary>
    private static bool NeedsSecond(OperatorState state, PowerChange change, OperatorSituation situation)
    {
        var taken = Takes(state, change, situation.Now);
        return taken != Roles.None
            && ((taken & situation.Register.SoleHolderOf) != Roles.None
                || situation.Register.LoweredByCaller >= situation.Policy.MaxLowered);
    }

    private static OperatorDecision Propose(
        OperatorState state, PowerChange change, string attempt, Caller caller, OperatorSituation situation)
    {
        if (state.Proposal is { } pending)
        {
            return OperatorDecider.Refuse(
                state,
                Refusal.AlreadyExists($"Pending proposal {new PowerProposalId(state.Id, pending.Sequence)}"),
                attempt);
        }

        if (situation.Register.OpenOfCaller >= Limits.PowerProposalsOfAnAdmin)
        {
            return OperatorDecider.Refuse(state, Refusal.TooManyPowerProposals, attempt);
        }

        var digest = RequestDigest.Of(state.Id, caller.Actor, change, state.PowerVersion);
        var expiresAt = situation.Now + situation.Policy.PowerProposalLifetime;
        return new(
            null, [new OperatorEvent.PowerProposed(change, digest, expiresAt)], Outcome.Pending, state.Version + 1);
    }

    private static Refusal? CheckRaise(OperatorState state, Caller caller, OperatorSituation situation) =>
        CheckRaiser(state, caller.Actor.Person!.Value, situation)
        ?? (situation.Register.Lookalike is { } lookalike ? Refusal.Lookalike(state.Id, lookalike) : null);

    private static Refusal? CheckEnroll(
        OperatorState state, OperatorCommand.Enroll command, OperatorSituation situation) =>
        SamePerson.IsReserved(state.Id.Value) ? Refusal.Invalid("id", "is reserved")
        : command.Roles == Roles.None || (command.Roles & ~Roles.Staff) != Roles.None
            ? Refusal.Invalid("roles", "must be some of support, approver, auditor, admin")
        : TextRules.DisplayName(command.DisplayName) is { } rule ? Refusal.Invalid("displayName", rule)
        : command.AuthorityEndsAt <= situation.Now ? Refusal.Invalid("authorityEndsAt", "must be in the future")
        : command.PersonId.Length > 0 && !OperatorId.TryParse(command.PersonId, out _)
            ? Refusal.Invalid(
                "personId", $"must be 1 to {OperatorId.MaxLength} characters of A-Z a-z 0-9 . _ - @ : | +")
        : AccountDecider.CheckNote(command.Note);

    /// <summary>A change of power voids what was pending, because that was bound to the power before.</summary>
    private static OperatorDecision WithVoidedProposal(OperatorState state, OperatorEvent change) =>
        state.Proposal is { } pending
            ? OperatorDecider.Accept(change, new OperatorEvent.PowerProposalClosed(
                pending.Sequence, ProposalState.Void, RefusalReason.ProposalVoid, "the operator's power changed"))
            : OperatorDecider.Accept(change);

    private static bool HasNone(OperatorState state, DateTimeOffset now) =>
        state.PowerVersion == 0 || now >= state.AuthorityEndsAt || state.Roles == Roles.None;

    private static DateTimeOffset EndOf(DateTimeOffset? end) => end ?? DateTimeOffset.MaxValue;
}
