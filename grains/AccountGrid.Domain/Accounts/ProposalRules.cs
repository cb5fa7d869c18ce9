using System.Collections.Immutable;

namespace AccountGrid.Domain;

/// <summary>The second person: approving, rejecting and withdrawing what waits.</summary>
internal static class ProposalRules
{
    /// <summary>
    /// An approval concerns the approver and, because power is checked when the action executes, the proposer: a
    /// person, or a service with a budget of its own.
    /// </summary>
    public static ImmutableArray<AuthorityQuestion> PeopleConcerned(
        AccountState state, long sequence, OperatorId? caller)
    {
        var questions = ImmutableArray.CreateBuilder<AuthorityQuestion>(2);
        var proposedBy = state.Proposal is { } p && p.Sequence == sequence ? p.ProposedBy : null;
        var proposer = proposedBy?.Person;
        var intent = new HarmIntent(state.Id, Reach: 0);
        if (proposer is { } first)
        {
            questions.Add(new(first, intent));
        }
        else if (proposedBy is not null && AuthorityQuestion.About(proposedBy, intent) is { } ofAService)
        {
            questions.Add(ofAService);
        }

        if (caller is { } second && second != proposer)
        {
            questions.Add(new(second, null));
        }

        return questions.DrainToImmutable();
    }

    public static Decision Approve(
        AccountState state, AccountCommand.Approve command, Caller caller, Situation situation)
    {
        const string Name = "approve";
        if ((AccountDecider.CheckNote(command.Note) ?? AccountDecider.CheckPerson(caller, Roles.Approver, situation))
            is { } refusal)
        {
            return AccountDecider.Refuse(refusal, Name, command.Sequence);
        }

        var approver = caller.Actor.Person!.Value;
        if (CheckApprover(approver, situation) is { } mayNotApprove)
        {
            return AccountDecider.Refuse(mayNotApprove, Name, command.Sequence);
        }

        if (state.Proposal is not { } proposal || proposal.Sequence != command.Sequence)
        {
            return AccountDecider.Refuse(WhyNotPending(state, command.Sequence), Name, command.Sequence);
        }

        if (proposal.State == ProposalState.Scheduled)
        {
            return AccountDecider.Refuse(
                Refusal.WrongStatus($"Proposal {IdOf(state, proposal)} waits for its time only."), Name,
                command.Sequence);
        }

        if (situation.MayBeSamePerson(proposal.ProposedBy, approver))
        {
            return AccountDecider.Refuse(Refusal.SamePerson, Name, command.Sequence);
        }

        if (!situation.Of(approver).HasHeldSince(Roles.Approver, proposal.ProposedAt))
        {
            return AccountDecider.Refuse(Refusal.RoleTooNew(approver, Roles.Approver), Name, command.Sequence);
        }

        if (command.Digest is { Length: > 0 } seen && seen != proposal.Digest)
        {
            return AccountDecider.Refuse(Refusal.VersionMismatch("digest", proposal.Digest), Name, command.Sequence);
        }

        if (situation.Now >= proposal.DueAt)
        {
            return AccountDecider.Refuse(
                Refusal.ProposalExpired(IdOf(state, proposal)), Name, command.Sequence,
                new AccountEvent.ProposalClosed(
                    proposal.Sequence, ProposalState.Expired, RefusalReason.ProposalExpired, ""));
        }

        if (WhyVoid(state, proposal, situation) is { } why)
        {
            return AccountDecider.Refuse(
                Refusal.ProposalVoid(IdOf(state, proposal), why), Name, command.Sequence,
                new AccountEvent.ProposalClosed(
                    proposal.Sequence, ProposalState.Void, RefusalReason.ProposalVoid, why));
        }

        return ExecuteOrSchedule(state, proposal, command, approver, situation);
    }

    /// <summary>
    /// Whether the register lets this person be the second one at this instant. Returns the refusal, or <c>null</c>.
    /// </summary>
    public static Refusal? CheckApprover(OperatorId approver, Situation situation) =>
        AccountDecider.CheckPerson(situation.Of(approver), Roles.Approver)
        ?? (situation.Of(approver).Standing == Standing.Notice ? Refusal.NoticePeriod(approver) : null);

    public static Decision Reject(AccountState state, AccountCommand.Reject command, Caller caller, Situation situation)
    {
        var refusal = AccountDecider.CheckNote(command.Note)
            ?? AccountDecider.CheckPerson(caller, Roles.Support | Roles.Approver, situation)
            ?? (state.Proposal?.Sequence == command.Sequence ? null : WhyNotPending(state, command.Sequence));
        return refusal is not null
            ? AccountDecider.Refuse(refusal, "reject", command.Sequence)
            : Closed(command.Sequence, ProposalState.Rejected, command.Note);
    }

    public static Decision Withdraw(
        AccountState state, AccountCommand.Withdraw command, Caller caller, Situation situation)
    {
        var refusal = AccountDecider.CheckNote(command.Note)
            ?? (caller.Actor.Kind == ActorKind.Service
                ? CheckService(state, command.Sequence, caller)
                : CheckProposer(state, command.Sequence, caller, situation));
        return refusal is not null
            ? AccountDecider.Refuse(refusal, "withdraw", command.Sequence)
            : Closed(command.Sequence, ProposalState.Withdrawn, command.Note);
    }

    /// <summary>
    /// Everything is in order: execute now, or wait for the time (and for an unprotect, the cool-off).
    /// </summary>
    private static Decision ExecuteOrSchedule(
        AccountState state, Proposal proposal, AccountCommand.Approve command, OperatorId approver, Situation situation)
    {
        var firesAt = proposal.Action.At ?? situation.Now;
        if (proposal.Action.Kind == HarmKind.Unprotect && firesAt < situation.Now + situation.Policy.UnprotectCoolOff)
        {
            firesAt = situation.Now + situation.Policy.UnprotectCoolOff;
        }

        if (firesAt > situation.Now)
        {
            return new Decision.Accepted(
                [new AccountEvent.ProposalApproved(proposal.Sequence, command.Note, firesAt)], Outcome.Pending,
                proposal.Sequence);
        }

        return situation.BudgetOf(proposal.ProposedBy) is { } overBudget
            ? AccountDecider.Refuse(overBudget, "approve", proposal.Sequence)
            : HarmRules.Execute(state, proposal.Action, proposal.ProposedBy, approver, proposal.Sequence, situation);
    }

    /// <summary>
    /// What a proposal was bound to, checked at the instant of approval. Returns why it is void, or <c>null</c>.
    /// </summary>
    private static string? WhyVoid(AccountState state, Proposal proposal, Situation situation)
    {
        if (proposal.ProposedBy.Person is { } proposer
            && !situation.Of(proposer).HasHeldSince(Roles.Support, proposal.ProposedAt))
        {
            return "the proposer has lost the authority";
        }

        if (proposal.StateVersion != state.StateVersion
            || HarmRules.CheckStatus(state, proposal.Action, situation) is not null)
        {
            return "the account's state moved";
        }

        return WhyOutdated(state, proposal, situation);
    }

    /// <summary>
    /// What time alone may have done to a pending action; checked at its approval and again when it fires. Returns the
    /// reason, or <c>null</c>.
    /// </summary>
    public static string? WhyOutdated(AccountState state, Proposal proposal, Situation situation)
    {
        if (proposal.Action.Until is { } until && until <= situation.Now)
        {
            return proposal.Action.Kind == HarmKind.AllowFollowerLoss
                ? "the allowance would be over already"
                : "the suspension would be over already";
        }

        // An approval is bound to the impact that was shown. A person who acts alone is bound by tier and reach budget
        // at that instant.
        var needsImpact = proposal.State == ProposalState.Open || proposal.ApprovedBy is not null;
        var now = HarmRules.ImpactOf(state, situation);
        return needsImpact
            && (now.Tier != proposal.Shown.Tier
                || IsMuchMore(now.Followers, proposal.Shown.Followers, situation.Policy))
            ? "the impact is not the one that was shown"
            : null;
    }

    /// <summary>More followers than shown, beyond the policy's drift; small accounts get a thousand of slack.</summary>
    private static bool IsMuchMore(long? now, long? shown, AccountPolicy policy) =>
        now is { } n && shown is { } s && n > s + Math.Max(1000, s * policy.ImpactDrift);

    private static Refusal WhyNotPending(AccountState state, long sequence)
    {
        var id = new ProposalId(state.Id, sequence);
        var closed = state.ClosedProposals.FirstOrDefault(p => p.Sequence == sequence);
        return closed?.State switch
        {
            null => Refusal.NotFound($"pending proposal {id}"),
            ProposalState.Expired => Refusal.ProposalExpired(id),
            ProposalState.Void => Refusal.ProposalVoid(id, "it was voided before"),
            _ => Refusal.WrongStatus($"Proposal {id} is {closed.State.ToString().ToLowerInvariant()}."),
        };
    }

    private static Refusal? CheckProposer(AccountState state, long sequence, Caller caller, Situation situation) =>
        AccountDecider.CheckPerson(caller, Roles.Support, situation)
        ?? (state.Proposal is not { } proposal || proposal.Sequence != sequence ? WhyNotPending(state, sequence)
            : proposal.ProposedBy == caller.Actor ? null
            : new Refusal(RefusalReason.ForbiddenRole, "Only the proposer withdraws; others reject."));

    /// <summary>
    /// A service withdraws what it has proposed itself. Whether anything else waits, or was decided, is not for
    /// services to know.
    /// </summary>
    private static Refusal? CheckService(AccountState state, long sequence, Caller caller) =>
        (caller.Roles & Roles.MayActForOwners) == Roles.None ? Refusal.ForbiddenRole(Roles.MayActForOwners)
        : state.Proposal is { } proposal && proposal.ProposedBy == caller.Actor && proposal.Sequence == sequence ? null
        : Refusal.NotFound($"pending proposal {new ProposalId(state.Id, sequence)} of this service");

    private static Decision.Accepted Closed(long sequence, ProposalState how, string note) =>
        new([new AccountEvent.ProposalClosed(sequence, how, RefusalReason.None, note)], Outcome.Done, sequence);

    private static ProposalId IdOf(AccountState state, Proposal proposal) => new(state.Id, proposal.Sequence);
}
