using System.Collections.Immutable;
using AccountGrid.Domain;

namespace AccountGrid.Application;

/// <summary>The policy record at work: folds its journal, decides, appends.</summary>
/// <remarks>Single-threaded by contract, like <see cref="OperatorProcessor"/>; commands take turns.</remarks>
public sealed class PolicyProcessor
{
    private readonly PolicyServices _services;
    private readonly PolicyMeters _meters;
    private readonly JournaledStream<PolicyState, PolicyEvent> _stream;
    private readonly TurnQueue _turns;

    /// <summary>A processor that knows nothing yet: call <see cref="RefreshAsync"/> before anything else.</summary>
    public PolicyProcessor(PolicyServices services, PolicyMeters meters)
    {
        ArgumentNullException.ThrowIfNull(services);
        _services = services;
        _meters = meters;
        _stream = services.NewStream();
        _turns = new(services.Limits.QueueDepth, services.Diagnostics.Queues.Commands);
    }

    /// <summary>The last known state. Never waits.</summary>
    public PolicyState State => _stream.Head.State;

    /// <summary>Whether an append of this instance met another activation's: the host must deactivate it.</summary>
    public bool IsFenced => _stream.IsFenced;

    /// <summary>Compares the record with the journal, by a reading that begins after this call.</summary>
    /// <exception cref="StorageUnavailableException">The store cannot be read.</exception>
    /// <exception cref="JournalDamagedException">The journal does not fold.</exception>
    /// <exception cref="UnknownFormatException">The journal was written by a newer program.</exception>
    public Task RefreshAsync(CancellationToken cancellationToken) => _stream.ReloadAsync(cancellationToken);

    /// <summary>Carries out one command. Durable before it answers.</summary>
    /// <exception cref="StorageUnavailableException">
    /// The store failed; every command with a request id may be sent again safely.
    /// </exception>
    public async Task<PolicyResult> ExecuteAsync(PolicyRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        using var run = _services.Diagnostics.StartCommand("policy.execute", request.Command.Name, _services.Clock);
        ApplicationDiagnostics.Describe(run.Activity, request.Caller.Actor);
        try
        {
            using var turn = await _turns.EnterAsync(reserved: false, cancellationToken);
            if (turn is null)
            {
                _services.Diagnostics.QueueFull("policy");
            }

            var decision = turn is null
                ? Refused(Refusal.Overloaded("The queue of the policy", _services.Limits.RetryAfter))
                : await DecideAndAppendAsync(request, cancellationToken);
            run.Answered(decision.Outcome, decision.Refusal);
            return new(State, decision.Refusal, decision.Outcome, decision.ProposalSequence);
        }
        catch (Exception e)
        {
            run.Failed(e);
            throw;
        }
    }

    /// <summary>
    /// Says what a command would come to now, by the checks of <see cref="ExecuteAsync"/> on the record as the journal
    /// has it; nothing is written.
    /// </summary>
    /// <exception cref="StorageUnavailableException">The store failed.</exception>
    public async Task<PolicyResult> ValidateAsync(PolicyRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        using var span = _services.Diagnostics.StartValidation(
            "policy.validate", request.Command.Name, request.Caller.Actor);
        await _stream.ReloadAsync(cancellationToken);
        var (decision, after) =
            await _stream.PreviewAsync(head => DecideAsync(head, request, cancellationToken));
        return new(State, decision.Refusal, decision.Outcome, decision.ProposalSequence)
        {
            After = decision.Refusal is null ? after : null,
        };
    }

    private async Task<PolicyDecision> DecideAndAppendAsync(PolicyRequest request, CancellationToken cancellationToken)
    {
        var decision = await _stream.DecideAsync(
            () => _stream.RefreshAsync(minVersion: 0, _services.Limits.AuthorityFreshness, cancellationToken),
            head => DecideAsync(head, request, cancellationToken),
            Refused, "The policy", _services.Limits.RetryAfter, cancellationToken);
        _meters.Changed(decision.Events);
        return decision;
    }

    private async Task<(PolicyDecision Decision, ImmutableArray<PolicyEvent> Events, EntryFacts Facts)> DecideAsync(
        Head<PolicyState> head, PolicyRequest request, CancellationToken cancellationToken)
    {
        var situation = await SituationOfAsync(head.State, request, cancellationToken);
        var decision = PolicyDecider.Decide(head.State, request, situation);
        var facts = new EntryFacts(
            situation.Now, request.Caller.Actor, request.RequestId,
            request.RequestId is null ? null : RequestDigest.Of(request), ApplicationDiagnostics.CurrentTraceId);
        return (decision, decision.Events, facts);
    }

    private async Task<OperatorSituation> SituationOfAsync(
        PolicyState state, PolicyRequest request, CancellationToken cancellationToken)
    {
        var authorities = new Dictionary<OperatorId, Authority>();
        foreach (var person in PolicyDecider.PeopleConcerned(state, request))
        {
            using var span = _services.Diagnostics.Start("operator.ask")
                ?.SetTag(ApplicationDiagnostics.OperatorTag, person.Value);
            authorities[person] =
                (await _services.Authority.AskAsync(new AuthorityQuestion(person, null), cancellationToken)).Authority;
        }

        // After the answers, which may have taken a while: what has ended meanwhile counts as ended.
        var now = Microseconds.Truncate(_services.Clock.GetUtcNow());
        return new(now, state.Policy.Operators, authorities, RegisterFacts.NotAsked);
    }

    private static PolicyDecision Refused(Refusal refusal) => new(refusal, [], Outcome.Refused);
}
