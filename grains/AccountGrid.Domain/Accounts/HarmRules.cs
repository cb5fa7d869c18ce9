namespace AccountGrid.Domain;

/// <summary>Two to harm: who may take an account down, when it is done at once and when it waits.</summary>
internal static class HarmRules
{
    /// <summary>
    /// Whether the caller could cause this harm at once without a second person, authority and budget permitting.
    /// </summary>
    public static bool MayActAlone(AccountState state, HarmAction action, Situation situation) =>
        action.At is null
            && action.Kind is HarmKind.Deactivate or HarmKind.Suspend or HarmKind.OwnerDeactivate
                or HarmKind.ChangeSuspension
            && !SuspensionRules.Shortens(state, action)
            && !NeedsSecond(state, action, Standing.Active, situation);

    /// <summary>
    /// The heart of law 1: erasing, unprotecting, letting followers be lost, a protected account, a proposer in notice,
    /// and any harm while the brake is engaged each need a second person.
    /// </summary>
    public static bool NeedsSecond(AccountState state, HarmAction action, Standing proposer, Situation situation) =>
        action.Kind is HarmKind.Erase or HarmKind.Unprotect or HarmKind.AllowFollowerLoss
        || proposer != Standing.Active
        || situation.BrakedUntil is not null
        || state.TierWith(situation.Followers, situation.Policy) == Tier.Protected;

    public static Decision Decide(AccountState state, AccountCommand.Harm command, Caller caller, Situation situation)
    {
        var action = command.Action;
        if (SuspensionRules.Shortens(state, action))
        {
            return SuspensionRules.Shorten(state, action, caller, situation);
        }

        var name = AccountDecider.NameOf(action.Kind);
        if ((CheckFields(action, situation) ?? CheckCaller(action, caller, situation)
                ?? CheckStatus(state, action, situation))
            is { } refusal)
        {
            return AccountDecider.Refuse(refusal, name);
        }

        var needsSecond = NeedsSecond(state, action, StandingOf(caller.Actor, situation), situation);
        if (!needsSecond && action.At is null)
        {
            return situation.BudgetOf(caller.Actor) is { } overBudget
                ? AccountDecider.Refuse(overBudget, name)
                : Execute(state, action, caller.Actor, approvedBy: null, proposalSequence: null, situation);
        }

        if (command.DirectOnly && needsSecond)
        {
            return AccountDecider.Refuse(WhySecond(situation), name);
        }

        if (state.Proposal is { } pending)
        {
            // What waits is not for services to know.
            return AccountDecider.Refuse(
                Refusal.AlreadyExists(caller.Actor.Kind == ActorKind.Service
                    ? $"An action on account {state.Id} that waits"
                    : $"Pending proposal {new ProposalId(state.Id, pending.Sequence)}"),
                name);
        }

        var digest = RequestDigest.Of(state.Id, caller.Actor, action);
        var shown = ImpactOf(state, situation);
        AccountEvent opened = needsSecond
            ? new AccountEvent.ProposalOpened(action, digest, shown, situation.Now + situation.Policy.ProposalLifetime)
            : new AccountEvent.ActionScheduled(action, digest, shown, action.At!.Value);
        return new Decision.Accepted([opened], Outcome.Pending, state.Version + 1);
    }

    /// <summary>The events of a harm that happens now. Every check is done before.</summary>
    public static Decision Execute(
        AccountState state, HarmAction action, Actor placedBy, OperatorId? approvedBy, long? proposalSequence,
        Situation situation)
    {
        var impact = ImpactOf(state, situation);
        AccountEvent harm = action.Kind switch
        {
            HarmKind.Erase =>
                new AccountEvent.Erased(action, placedBy, approvedBy!.Value, proposalSequence!.Value, impact),
            HarmKind.Unprotect =>
                new AccountEvent.ProtectionLowered(
                    action, placedBy, approvedBy!.Value, proposalSequence!.Value, impact),
            HarmKind.AllowFollowerLoss =>
                new AccountEvent.FollowerLossAllowed(
                    action, placedBy, approvedBy!.Value, proposalSequence!.Value, impact),
            HarmKind.Deactivate or HarmKind.Suspend or HarmKind.OwnerDeactivate =>
                new AccountEvent.HoldPlaced(action, placedBy, approvedBy, proposalSequence, impact),
            HarmKind.ChangeSuspension =>
                new AccountEvent.SuspensionProlonged(action, placedBy, approvedBy, proposalSequence, impact),
            _ => throw new InvalidOperationException($"Unknown harm {action.Kind}."),
        };

        if (action.Kind == HarmKind.Unprotect && ReachRules.MayBeLowered(state, situation))
        {
            var reach = new AccountEvent.ReachUnprotected(
                impact.Followers!.Value, situation.Policy.ProtectedReach, proposalSequence);
            return new Decision.Accepted([harm, reach], Outcome.Done, proposalSequence, placedBy);
        }

        // Executing a proposal closes it; any other harm is a movement under whatever is pending.
        return new Decision.Accepted(
            proposalSequence is null ? AccountDecider.WithVoidedProposal(state, [harm]) : [harm], Outcome.Done,
            proposalSequence, placedBy);
    }

    /// <summary>Whether the account's status allows the action at all.</summary>
    public static Refusal? CheckStatus(AccountState state, HarmAction action, Situation situation) =>
        state.Status == AccountStatus.Erased ? Refusal.WrongStatus($"Account {state.Id} is erased.")
        : action.PlacesHold is { } kind && state.HoldOf(kind) is not null
            ? Refusal.WrongStatus($"Account {state.Id} has a {kind} already.")
        : action.Kind == HarmKind.ChangeSuspension ? SuspensionRules.CheckProlonged(state, action)
        : action.Kind == HarmKind.Unprotect && state.Designation is null && !ReachRules.MayBeLowered(state, situation)
            ? Refusal.WrongStatus(
                $"Account {state.Id} has no explicit protection, and none that outlives its reach.")
        : action.Kind == HarmKind.AllowFollowerLoss && ImpactOf(state, situation).Tier != Tier.Protected
            ? Refusal.WrongStatus($"Account {state.Id} is not protected; nothing limits the followers that it loses.")
        : null;

    /// <summary>The impact at this instant.</summary>
    public static Impact ImpactOf(AccountState state, Situation situation) =>
        new(situation.Followers, state.TierWith(situation.Followers, situation.Policy));

    /// <summary>The refusal where a second person is needed and there is none.</summary>
    public static Refusal WhySecond(Situation situation) =>
        situation.BrakedUntil is { } until ? Refusal.Braked(until) : Refusal.NeedsSecondPerson;

    /// <summary>The standing of the actor; a service that speaks for the owner has no notice period.</summary>
    public static Standing StandingOf(Actor actor, Situation situation) =>
        actor.Person is { } person ? situation.Of(person).Standing : Standing.Active;

    private static Refusal? CheckCaller(HarmAction action, Caller caller, Situation situation) =>
        action.Kind == HarmKind.OwnerDeactivate
            ? AccountDecider.CheckOwnersService(caller, situation)
            : AccountDecider.CheckPerson(caller, Roles.Support, situation);

    private static Refusal? CheckFields(HarmAction action, Situation situation)
    {
        if (AccountDecider.CheckFields(action.Reason, action.Note, action.Ticket, situation.Policy) is { } refusal)
        {
            return refusal;
        }

        if (action.Kind == HarmKind.AllowFollowerLoss || action.Followers != 0)
        {
            return LossRules.CheckAllowance(action, situation.Now);
        }

        if (action.At is { } at && (at <= situation.Now || at > situation.Now + Limits.ScheduleAhead))
        {
            return Refusal.Invalid(
                "at", $"must be in the future, at most {Limits.ScheduleAhead.TotalDays:0} days ahead");
        }

        if (action.Until is not { } until)
        {
            return null;
        }

        var from = action.At ?? situation.Now;
        return action.Kind is not (HarmKind.Suspend or HarmKind.ChangeSuspension)
                ? Refusal.Invalid("until", "is for suspensions only")
            : until <= from || until > from + Limits.SuspensionLength
                ? Refusal.Invalid(
                    "until",
                    $"must be after the suspension begins, by at most {Limits.SuspensionLength.TotalDays:0} days")
            : null;
    }
}
