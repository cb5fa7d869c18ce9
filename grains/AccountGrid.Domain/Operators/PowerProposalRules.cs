namespace AccountGrid.Domain;

/// <summary>
/// The second admin: approving, rejecting and withdrawing a change of power, and what time does to it.
/// </summary>
internal static class PowerProposalRules
{
    private const string ApproveName = "approve";

    public static OperatorDecision Approve(
        OperatorState state, OperatorCommand.Approve command, Caller caller, OperatorSituation situation)
    {
        var refusal = AccountDecider.CheckNote(command.Note)
            ?? OperatorDecider.CheckPerson(caller, Roles.Admin, situation)
            ?? PowerRules.CheckRaiser(state, caller.Actor.Person!.Value, situation)
            ?? CheckPending(state, command.Sequence);
        if (refusal is not null)
        {
            return OperatorDecider.Refuse(state, refusal, ApproveName);
        }

        var (proposal, approver) = (state.Proposal!, caller.Actor.Person!.Value);
        if (SecondAdminRules.CheckApprover(
            IdOf(state).ToString(), WaitingOf(proposal), approver, command.Digest, situation) is { } mayNotApprove)
        {
            return OperatorDecider.Refuse(state, mayNotApprove, ApproveName);
        }

        if (situation.Now >= proposal.DueAt)
        {
            return OperatorDecider.Refuse(
                state, new Refusal(RefusalReason.ProposalExpired, $"Proposal {IdOf(state)} has expired."), ApproveName,
                Closed(proposal, ProposalState.Expired, RefusalReason.ProposalExpired, ""));
        }

        if (WhyVoid(state, proposal, situation) is { } why)
        {
            return OperatorDecider.Refuse(
                state, new Refusal(RefusalReason.ProposalVoid, $"Proposal {IdOf(state)} is void: {why}."), ApproveName,
                Closed(proposal, ProposalState.Void, RefusalReason.ProposalVoid, why));
        }

        var coolOff = PowerRules.Raises(state, proposal.Change, situation.Now)
            ? situation.Policy.PowerCoolOff
            : TimeSpan.Zero;
        return coolOff > TimeSpan.Zero
            ? new(
                null, [new OperatorEvent.PowerApproved(proposal.Sequence, command.Note, situation.Now + coolOff)],
                Outcome.Pending, proposal.Sequence)
            : Execute(state, proposal, approver, situation);
    }

    public static OperatorDecision Reject(
        OperatorState state, OperatorCommand.Reject command, Caller caller, OperatorSituation situation)
    {
        var refusal = AccountDecider.CheckNote(command.Note)
            ?? OperatorDecider.CheckPerson(caller, Roles.Admin, situation)
            ?? CheckPending(state, command.Sequence);
        return refusal is not null
            ? OperatorDecider.Refuse(state, refusal, command.Name)
            : Close(state.Proposal!, ProposalState.Rejected, RefusalReason.None, command.Note);
    }

    public static OperatorDecision Withdraw(
        OperatorState state, OperatorCommand.Withdraw command, Caller caller, OperatorSituation situation)
    {
        var refusal = AccountDecider.CheckNote(command.Note)
            ?? OperatorDecider.CheckPerson(caller, Roles.Admin, situation)
            ?? CheckPending(state, command.Sequence)
            ?? SecondAdminRules.CheckWithdrawer(state.Proposal!.ProposedBy, caller);
        return refusal is not null
            ? OperatorDecider.Refuse(state, refusal, command.Name)
            : Close(state.Proposal!, ProposalState.Withdrawn, RefusalReason.None, command.Note);
    }

    /// <summary>
    /// What time does: a proposal expires, is void with its proposer's authority, or takes effect at the end of its
    /// cool-off, when everything is checked again.
    /// </summary>
    public static OperatorDecision FireDue(OperatorState state, OperatorSituation situation)
    {
        if (state.Proposal is not { } proposal)
        {
            return OperatorDecider.Accept();
        }

        if (WhyVoid(state, proposal, situation) is { } why)
        {
            return Close(proposal, ProposalState.Void, RefusalReason.ProposalVoid, why);
        }

        if (proposal.DueAt > situation.Now)
        {
            return OperatorDecider.Accept();
        }

        return proposal.State == ProposalState.Open
            ? Close(proposal, ProposalState.Expired, RefusalReason.ProposalExpired, "not approved in time")
            : Execute(state, proposal, proposal.ApprovedBy!.Value, situation);
    }

    private static OperatorDecision Execute(
        OperatorState state, PowerProposal proposal, OperatorId approver, OperatorSituation situation)
    {
        var consent = new Consent(proposal.ProposedBy, approver, proposal.Sequence);
        var change = proposal.Change;
        OperatorEvent done = change.Kind == PowerChangeKind.Enroll
            ? PowerRules.EnrolledBy(state, change, consent)
            : new OperatorEvent.Offboarded(
                change.AuthorityEndsAt > situation.Now ? change.AuthorityEndsAt.Value : situation.Now, change.Note,
                consent);
        return new(null, [done], Outcome.Done, proposal.Sequence);
    }

    /// <summary>Why the proposal no longer holds at this instant, or <c>null</c>.</summary>
    private static string? WhyVoid(OperatorState state, PowerProposal proposal, OperatorSituation situation)
    {
        // What lowers power may be done in the notice window.
        var mayBeInNotice = proposal.Change.Kind == PowerChangeKind.Offboard;
        return SecondAdminRules.WhoLostAuthority(WaitingOf(proposal), mayBeInNotice, situation)
            ?? (proposal.PowerVersion != state.PowerVersion ? "the operator's power changed"
                : proposal.Change.Kind == PowerChangeKind.Enroll && proposal.Change.AuthorityEndsAt <= situation.Now
                    ? "the authority would have ended already"
                : null);
    }

    private static Refusal? CheckPending(OperatorState state, long sequence) => SecondAdminRules.CheckPending(
        IdOf(state, sequence).ToString(), sequence, state.Proposal?.Sequence, state.ClosedProposals);

    private static WaitingChange WaitingOf(PowerProposal proposal) => new(
        proposal.State, proposal.Digest, proposal.ProposedBy, proposal.ProposedAt, proposal.ApprovedBy);

    private static OperatorEvent.PowerProposalClosed Closed(
        PowerProposal proposal, ProposalState how, RefusalReason reason, string note) =>
        new(proposal.Sequence, how, reason, note);

    private static OperatorDecision Close(
        PowerProposal proposal, ProposalState how, RefusalReason reason, string note) =>
        new(null, [Closed(proposal, how, reason, note)], Outcome.Done, proposal.Sequence);

    private static PowerProposalId IdOf(OperatorState state, long sequence) => new(state.Id, sequence);

    private static PowerProposalId IdOf(OperatorState state) => IdOf(state, state.Proposal!.Sequence);
}
