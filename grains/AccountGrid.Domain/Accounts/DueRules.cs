using System.Collections.Immutable;

namespace AccountGrid.Domain;

/// <summary>
/// What time does to an account. Always the system's own act, and an action that fires is checked again, in full.
/// </summary>
internal static class DueRules
{
    /// <summary>Firing a scheduled action concerns its proposer (who pays) and its approver.</summary>
    public static ImmutableArray<AuthorityQuestion> PeopleConcerned(AccountState state, Situation situation)
    {
        if (state.Proposal is not { State: ProposalState.Scheduled } proposal || proposal.DueAt > situation.Now)
        {
            return [];
        }

        var questions = ImmutableArray.CreateBuilder<AuthorityQuestion>(2);
        var intent = new HarmIntent(state.Id, proposal.ApprovedBy is null ? situation.Followers ?? 0 : 0);
        if (proposal.ProposedBy.Person is { } proposer)
        {
            questions.Add(new(proposer, intent));
        }
        else if (AuthorityQuestion.About(proposal.ProposedBy, intent) is { } ofAService)
        {
            questions.Add(ofAService);
        }

        if (proposal.ApprovedBy is { } approver)
        {
            questions.Add(new(approver, null));
        }

        return questions.DrainToImmutable();
    }

    /// <summary>
    /// One thing per call: an ended suspension first (it heals), then the pending proposal, then the end of a
    /// protection by reach. The processor asks again until nothing is due.
    /// </summary>
    public static Decision Fire(AccountState state, AccountCommand.FireDue command, Situation situation)
    {
        foreach (var hold in state.Holds)
        {
            if (hold.Until <= situation.Now)
            {
                var lifted = new AccountEvent.HoldLifted(
                    hold.Kind, LiftCause.Expired, "", "", "", command.ReadsRefused);
                return new Decision.Accepted(AccountDecider.WithVoidedProposal(state, [lifted]), Outcome.Done);
            }
        }

        if (state.Proposal is not { } proposal || proposal.DueAt > situation.Now)
        {
            return ReachRules.Fire(state, situation);
        }

        if (proposal.State == ProposalState.Open)
        {
            return Closed(proposal, ProposalState.Expired, RefusalReason.ProposalExpired, "nobody approved in time");
        }

        return WhyNotNow(state, proposal, situation) is { } refusal
            ? Closed(proposal, ProposalState.Refused, refusal.Reason, refusal.Message)
            : HarmRules.Execute(
                state, proposal.Action, proposal.ProposedBy, proposal.ApprovedBy, proposal.Sequence, situation);
    }

    /// <summary>A person who is being offboarded keeps nothing pending.</summary>
    public static Decision Freeze(AccountState state, AccountCommand.Freeze command) =>
        state.Proposal is { } proposal && proposal.ProposedBy.Person == command.Person
            ? Closed(proposal, ProposalState.Void, RefusalReason.AuthorityEnded, "the proposer is being offboarded")
            : new Decision.Accepted([], Outcome.Done);

    /// <summary>Law 2: the full check, with today's standing, roles, tier and budget.</summary>
    private static Refusal? WhyNotNow(AccountState state, Proposal proposal, Situation situation)
    {
        if (HarmRules.CheckStatus(state, proposal.Action, situation) is { } wrongStatus)
        {
            return wrongStatus;
        }

        var proposer = proposal.ProposedBy.Person;
        if (proposer is { } first && CheckHeld(first, Roles.Support, proposal, situation) is { } lost)
        {
            return lost;
        }

        if (proposal.ApprovedBy is null
            && HarmRules.NeedsSecond(
                state, proposal.Action, HarmRules.StandingOf(proposal.ProposedBy, situation), situation))
        {
            return HarmRules.WhySecond(situation);
        }

        // Asked even where one person would do by now: an approval counts (it spares the reach budget), so the approver
        // must still have the power to give it, and must be another person by the rule of today.
        if (proposal.ApprovedBy is { } approver
            && (ProposalRules.CheckApprover(approver, situation)
                ?? CheckHeld(approver, Roles.Approver, proposal, situation)
                ?? (situation.MayBeSamePerson(proposal.ProposedBy, approver) ? Refusal.SamePerson : null))
                is { } notApproved)
        {
            return notApproved;
        }

        if (ProposalRules.WhyOutdated(state, proposal, situation) is { } why)
        {
            return Refusal.ProposalVoid(new(state.Id, proposal.Sequence), why);
        }

        return situation.BudgetOf(proposal.ProposedBy);
    }

    /// <summary>
    /// The role of today must be the one of the proposal: what was pending at the end of a person's authority does not
    /// come back with a new authority.
    /// </summary>
    private static Refusal? CheckHeld(OperatorId person, Roles role, Proposal proposal, Situation situation) =>
        AccountDecider.CheckPerson(situation.Of(person), role)
        ?? (situation.Of(person).HasHeldSince(role, proposal.ProposedAt)
            ? null
            : Refusal.AuthorityInterrupted(person));

    private static Decision.Accepted Closed(Proposal proposal, ProposalState how, RefusalReason reason, string note) =>
        new([new AccountEvent.ProposalClosed(proposal.Sequence, how, reason, note)], Outcome.Done, proposal.Sequence);
}
