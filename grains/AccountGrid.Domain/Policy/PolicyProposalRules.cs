using System.Collections.Immutable;
using System.Globalization;

namespace AccountGrid.Domain;

/// <summary>
/// Proposing other values, the second admin, and what time does to a proposal. What weakens anything waits for the
/// cool-off of the policy in force after its approval.
/// </summary>
internal static class PolicyProposalRules
{
    /// <summary>Why a proposal is void when nothing is left that it would change.</summary>
    public const string NothingLeft = "the policy has these values already";

    private const string Settings = "settings";

    public static PolicyDecision Propose(
        PolicyState state, PolicyCommand.Propose command, Caller caller, OperatorSituation situation)
    {
        if ((CheckAdmin(caller, situation) ?? AccountDecider.CheckNote(command.Note)) is { } refusal)
        {
            return PolicyDecider.Refuse(refusal, command.Name);
        }

        var (changes, wrong) = ChangesOf(state, command.Values);
        if (wrong is not null)
        {
            return PolicyDecider.Refuse(wrong, command.Name);
        }

        if (state.Proposal is { } pending)
        {
            return PolicyDecider.Refuse(
                Refusal.AlreadyExists($"Pending proposal {NameOf(pending.Sequence)}"), command.Name);
        }

        var digest = RequestDigest.Of(caller.Actor, changes, state.PolicyVersion);
        var expiresAt = situation.Now + state.Policy.Operators.PowerProposalLifetime;
        return new(
            null, [new PolicyEvent.Proposed(changes, command.Note, digest, expiresAt)], Outcome.Pending,
            state.Version + 1);
    }

    public static PolicyDecision Approve(
        PolicyState state, PolicyCommand.Approve command, Caller caller, OperatorSituation situation)
    {
        if ((CheckAdmin(caller, situation) ?? AccountDecider.CheckNote(command.Note)
            ?? CheckPending(state, command.Sequence)) is { } refusal)
        {
            return PolicyDecider.Refuse(refusal, command.Name);
        }

        var (proposal, approver) = (state.Proposal!, caller.Actor.Person!.Value);
        var name = NameOf(proposal.Sequence);
        if (SecondAdminRules.CheckApprover(name, WaitingOf(proposal), approver, command.Digest, situation)
            is { } mayNotApprove)
        {
            return PolicyDecider.Refuse(mayNotApprove, command.Name);
        }

        if (situation.Now >= proposal.DueAt)
        {
            return PolicyDecider.Refuse(
                new Refusal(RefusalReason.ProposalExpired, $"Proposal {name} has expired."), command.Name,
                Closed(proposal, ProposalState.Expired, RefusalReason.ProposalExpired, ""));
        }

        if (WhyVoid(proposal, situation) is { } why)
        {
            return PolicyDecider.Refuse(
                new Refusal(RefusalReason.ProposalVoid, $"Proposal {name} is void: {why}."), command.Name,
                Closed(proposal, ProposalState.Void, RefusalReason.ProposalVoid, why));
        }

        var coolOff = proposal.Weakens ? state.Policy.Operators.PowerCoolOff : TimeSpan.Zero;
        return coolOff > TimeSpan.Zero
            ? new(
                null, [new PolicyEvent.Approved(proposal.Sequence, command.Note, situation.Now + coolOff)],
                Outcome.Pending, proposal.Sequence)
            : Adopt(proposal, approver);
    }

    public static PolicyDecision Reject(
        PolicyState state, PolicyCommand.Reject command, Caller caller, OperatorSituation situation)
    {
        var refusal = OperatorDecider.CheckPerson(caller, Roles.Admin, situation)
            ?? AccountDecider.CheckNote(command.Note)
            ?? CheckPending(state, command.Sequence);
        return refusal is not null
            ? PolicyDecider.Refuse(refusal, command.Name)
            : Close(state.Proposal!, ProposalState.Rejected, RefusalReason.None, command.Note);
    }

    public static PolicyDecision Withdraw(
        PolicyState state, PolicyCommand.Withdraw command, Caller caller, OperatorSituation situation)
    {
        var refusal = OperatorDecider.CheckPerson(caller, Roles.Admin, situation)
            ?? AccountDecider.CheckNote(command.Note)
            ?? CheckPending(state, command.Sequence)
            ?? SecondAdminRules.CheckWithdrawer(state.Proposal!.ProposedBy, caller);
        return refusal is not null
            ? PolicyDecider.Refuse(refusal, command.Name)
            : Close(state.Proposal!, ProposalState.Withdrawn, RefusalReason.None, command.Note);
    }

    /// <summary>
    /// What time does: a proposal expires, is void with the authority of one of its admins, or takes effect at the end
    /// of its cool-off, when everything is checked again.
    /// </summary>
    public static PolicyDecision FireDue(PolicyState state, OperatorSituation situation)
    {
        if (state.Proposal is not { } proposal)
        {
            return new(null, []);
        }

        if (WhyVoid(proposal, situation) is { } why)
        {
            return Close(proposal, ProposalState.Void, RefusalReason.ProposalVoid, why);
        }

        if (proposal.DueAt > situation.Now)
        {
            return new(null, []);
        }

        return proposal.State == ProposalState.Open
            ? Close(proposal, ProposalState.Expired, RefusalReason.ProposalExpired, "not approved in time")
            : Adopt(proposal, proposal.ApprovedBy!.Value);
    }

    private static PolicyDecision Adopt(PolicyProposal proposal, OperatorId approver) => new(
        null,
        [new PolicyEvent.Adopted(
            proposal.Changes, new Consent(proposal.ProposedBy, approver, proposal.Sequence), proposal.Note)],
        Outcome.Done, proposal.Sequence);

    /// <summary>What the values change, in the order of the names, or the refusal.</summary>
    private static (ImmutableArray<SettingChange> Changes, Refusal? Refusal) ChangesOf(
        PolicyState state, ImmutableSortedDictionary<string, string> values)
    {
        if (state.Version == 0)
        {
            return ([], Refusal.NotFound("policy record yet: every silo must be of a version that keeps one"));
        }

        if (values.Count > Limits.PolicyChanges)
        {
            return ([], Refusal.Invalid(
                Settings, string.Create(
                    CultureInfo.InvariantCulture, $"must be at most {Limits.PolicyChanges} at a time")));
        }

        var changes = ImmutableArray.CreateBuilder<SettingChange>();
        foreach (var (name, text) in values.OrderBy(static value => value.Key, StringComparer.Ordinal))
        {
            if (PolicySettings.Find(name) is not { } setting || !state.Values.TryGetValue(name, out var recorded))
            {
                return ([], Refusal.Invalid(Settings, $"must be settings of the policy; {Shown(name)} is none"));
            }

            if (text.Length > Limits.PolicyValueLength)
            {
                return ([], Refusal.Invalid(
                    Settings, string.Create(
                        CultureInfo.InvariantCulture,
                        $"{name} must have at most {Limits.PolicyValueLength} characters")));
            }

            if (!setting.TryApply(GridPolicy.Default, text, out var applied, out var rule))
            {
                return ([], Refusal.Invalid(Settings, $"{name} {rule}"));
            }

            if (setting.ValueOf(applied) is var value && value != recorded)
            {
                changes.Add(new(name, recorded, value));
            }
        }

        return changes.Count > 0
            ? (changes.ToImmutable(), null)
            : ([], Refusal.Invalid(Settings, "must have at least one value that the policy has not now"));
    }

    /// <summary>A name as it may be shown in an error: what is no name of a setting is not repeated.</summary>
    private static string Shown(string name) =>
        name.Length is > 0 and <= 64 && name.All(static c => char.IsAsciiLetterOrDigit(c) || c == ':')
            ? name
            : "one of them";

    /// <summary>Why the proposal no longer holds at this instant, or <c>null</c>.</summary>
    private static string? WhyVoid(PolicyProposal proposal, OperatorSituation situation) =>
        SecondAdminRules.WhoLostAuthority(WaitingOf(proposal), mayBeInNotice: false, situation)
        ?? (proposal.Changes.All(static change =>
                PolicySettings.Find(change.Name)?.TryApply(GridPolicy.Default, change.To, out _, out _) == true)
            ? null
            : "this version of the program does not know one of the values");

    /// <summary>The rule for an admin who proposes or approves: not in the notice window.</summary>
    private static Refusal? CheckAdmin(Caller caller, OperatorSituation situation) =>
        OperatorDecider.CheckPerson(caller, Roles.Admin, situation)
        ?? (caller.Actor.Person is { } admin && situation.Of(admin).Standing == Standing.Notice
            ? Refusal.NoticePeriodForPolicy(admin)
            : null);

    private static Refusal? CheckPending(PolicyState state, long sequence) => SecondAdminRules.CheckPending(
        NameOf(sequence), sequence, state.Proposal?.Sequence, state.ClosedProposals);

    private static PolicyEvent.ProposalClosed Closed(
        PolicyProposal proposal, ProposalState how, RefusalReason reason, string note) =>
        new(proposal.Sequence, how, reason, note);

    private static PolicyDecision Close(
        PolicyProposal proposal, ProposalState how, RefusalReason reason, string note) =>
        new(null, [Closed(proposal, how, reason, note)], Outcome.Done, proposal.Sequence);

    private static WaitingChange WaitingOf(PolicyProposal proposal) => new(
        proposal.State, proposal.Digest, proposal.ProposedBy, proposal.ProposedAt, proposal.ApprovedBy);

    private static string NameOf(long sequence) =>
        string.Create(CultureInfo.InvariantCulture, $"{sequence} of the policy");
}
