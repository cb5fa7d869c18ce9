using System.Collections.Immutable;

namespace AccountGrid.Domain;

/// <summary>
/// The rules about the policy record. Pure. Settings tighten it alone, at a silo's start; everything else takes two
/// admins (<see cref="PolicyProposalRules"/>).
/// </summary>
public static class PolicyDecider
{
    /// <summary>
    /// The people whose authority must be looked up before deciding: the caller, and the admins behind the pending
    /// proposal where the command acts on it.
    /// </summary>
    public static ImmutableArray<OperatorId> PeopleConcerned(PolicyState state, PolicyRequest request)
    {
        ArgumentNullException.ThrowIfNull(state);
        ArgumentNullException.ThrowIfNull(request);
        var acts = request.Command is PolicyCommand.Approve or PolicyCommand.FireDue ? state.Proposal : null;
        return SecondAdminRules.PeopleConcerned(request.Caller, acts?.ProposedBy, acts?.ApprovedBy);
    }

    /// <summary>
    /// Decides one request. <see cref="OperatorSituation.Policy"/> is not looked at: the record's own numbers apply.
    /// </summary>
    public static PolicyDecision Decide(PolicyState state, PolicyRequest request, OperatorSituation situation)
    {
        ArgumentNullException.ThrowIfNull(state);
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(situation);
        if (RequestMemory.AnswerTo(
            state.Requests, request.RequestId, () => RequestDigest.Of(request), request.Caller.Actor,
            person => situation.Of(person).Standing) is var (refusal, outcome, proposal))
        {
            return new(refusal, [], outcome, proposal);
        }

        var decision = request.ExpectedPolicyVersion is { } expected && expected != state.PolicyVersion
            ? Refuse(Refusal.VersionMismatch("etag", Etag.Format(state.PolicyVersion)), request.Command.Name)
            : request.Command is PolicyCommand.Configure or PolicyCommand.FireDue
                && request.Caller.Actor.Kind != ActorKind.System
                ? Refuse(Refusal.SystemOnly, request.Command.Name)
                : DecideNew(state, request, situation);
        return decision with
        {
            Events = state.RefusedCallers.EventsOf(
                request.Caller.Actor, state.Version, decision.Events, decision.Refusal, request.RequestId,
                situation.Now, refused => EntryOf(refused, request.Command.Name)),
        };
    }

    /// <summary>
    /// What a silo's settings change about the record, without the settings that the record does not know: those that
    /// the configuration names and that are stricter.
    /// </summary>
    public static ImmutableArray<SettingChange> TightenedBy(PolicyState state, PolicyCommand.Configure settings)
    {
        ArgumentNullException.ThrowIfNull(state);
        ArgumentNullException.ThrowIfNull(settings);
        var changes = ImmutableArray.CreateBuilder<SettingChange>();
        foreach (var setting in PolicySettings.All)
        {
            if (settings.Named.Contains(setting.Name)
                && settings.Values.TryGetValue(setting.Name, out var own)
                && state.Values.TryGetValue(setting.Name, out var recorded)
                && setting.TightenedAlone(recorded, own) is var tighter && tighter != recorded)
            {
                changes.Add(new(setting.Name, recorded, tighter));
            }
        }

        return changes.ToImmutable();
    }

    /// <summary>Whether a silo's settings have something to record or to tighten.</summary>
    public static bool IsToBeConfigured(PolicyState state, PolicyCommand.Configure settings) =>
        !UnknownOf(state, settings).IsEmpty || !TightenedBy(state, settings).IsEmpty;

    private static PolicyDecision DecideNew(
        PolicyState state, PolicyRequest request, OperatorSituation situation) => request.Command switch
        {
            PolicyCommand.Configure c => Configure(state, c),
            PolicyCommand.Propose c => PolicyProposalRules.Propose(state, c, request.Caller, situation),
            PolicyCommand.Approve c => PolicyProposalRules.Approve(state, c, request.Caller, situation),
            PolicyCommand.Reject c => PolicyProposalRules.Reject(state, c, request.Caller, situation),
            PolicyCommand.Withdraw c => PolicyProposalRules.Withdraw(state, c, request.Caller, situation),
            PolicyCommand.FireDue => PolicyProposalRules.FireDue(state, situation),
            _ => throw new InvalidOperationException($"Unknown command {request.Command.GetType().Name}."),
        };

    private static PolicyDecision Configure(PolicyState state, PolicyCommand.Configure command)
    {
        var unknown = UnknownOf(state, command);
        var tightened = TightenedBy(state, command);
        var events = ImmutableArray.CreateBuilder<PolicyEvent>();
        if (!unknown.IsEmpty)
        {
            events.Add(new PolicyEvent.SettingsRecorded(unknown));
        }

        if (!tightened.IsEmpty)
        {
            events.Add(new PolicyEvent.Tightened(tightened));
        }

        // What is pending stays: settings tightened step by step must not keep two admins from taking it back.
        var values = state.Values.SetItems(tightened.Select(static c => KeyValuePair.Create(c.Name, c.To)));
        if (state.Proposal is { } pending && pending.Over(values).Changes.IsEmpty)
        {
            events.Add(new PolicyEvent.ProposalClosed(
                pending.Sequence, ProposalState.Void, RefusalReason.ProposalVoid, PolicyProposalRules.NothingLeft));
        }

        return new(null, events.ToImmutable());
    }

    private static ImmutableSortedDictionary<string, string> UnknownOf(
        PolicyState state, PolicyCommand.Configure settings) => settings.Values.RemoveRange(state.Values.Keys);

    internal static PolicyDecision Refuse(
        Refusal refusal, string attempt, params ReadOnlySpan<PolicyEvent> alsoAppend) => new(
        refusal,
        refusal.IsRecorded ? [EntryOf(refusal, attempt), .. alsoAppend] : [.. alsoAppend], Outcome.Refused);

    private static PolicyEvent.AttemptRefused EntryOf(Refusal refusal, string attempt) =>
        new(attempt, refusal.Reason, refusal.Message);
}
