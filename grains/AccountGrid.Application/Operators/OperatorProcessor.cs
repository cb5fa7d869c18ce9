using System.Collections.Immutable;
using System.Diagnostics;
using AccountGrid.Domain;

namespace AccountGrid.Application;

/// <summary>
/// One operator at work: the record (standing, roles) folded from its journal, and the budget derived from the
/// accounts' journals.
/// </summary>
/// <remarks>
/// Single-threaded by contract, like <see cref="AccountProcessor"/>; only <see cref="TryAsk"/> and <see cref="Settle"/>
/// are for any thread. Commands take turns; <see cref="AskAsync"/> waits for no turn, so that two admins who change
/// each other's record at once cannot wait for each other.
/// </remarks>
public sealed class OperatorProcessor
{
    private readonly OperatorServices _services;
    private readonly JournaledStream<OperatorState, OperatorEvent> _stream;
    private readonly TurnQueue _turns;
    private readonly HarmBudget _budget;

    /// <summary>A processor that knows nothing yet: call <see cref="LoadAsync"/> before anything else.</summary>
    public OperatorProcessor(OperatorId id, OperatorServices services)
    {
        ArgumentNullException.ThrowIfNull(services);
        Id = id;
        _services = services;
        _stream = services.StreamOf(id);
        _turns = new(services.Limits.QueueDepth, services.Diagnostics.Queues.Commands);
        _budget = new(Actor.Operator(id), services);
    }

    /// <summary>The operator.</summary>
    public OperatorId Id { get; }

    /// <summary>The operator now: standing and budget move with the clock. Never waits.</summary>
    public OperatorView View => ViewOf(_stream.Head.State);

    /// <summary>Whether an append of this instance met another activation's: the host must deactivate it.</summary>
    public bool IsFenced => _stream.IsFenced;

    /// <summary>Folds the journal and reads what the person has spent.</summary>
    /// <exception cref="StorageUnavailableException">The store cannot be read.</exception>
    /// <exception cref="JournalDamagedException">The journal does not fold.</exception>
    public async Task LoadAsync(CancellationToken cancellationToken)
    {
        await _stream.ReloadAsync(cancellationToken);
        await _budget.LoadAsync(cancellationToken);
    }

    /// <summary>
    /// A person's standing and roles at this instant, folded from the journal alone: for a caller that does not
    /// wait for the silo of the person's grain. The budget is not read, and nothing is reserved.
    /// </summary>
    /// <exception cref="StorageUnavailableException">The store cannot be read.</exception>
    /// <exception cref="JournalDamagedException">The journal does not fold.</exception>
    public static async Task<Authority> ReadAuthorityAsync(
        OperatorId id, OperatorServices services, CancellationToken cancellationToken)
    {
        var processor = new OperatorProcessor(id, services);
        await processor._stream.ReloadAsync(cancellationToken);
        return processor.AuthorityNow();
    }

    /// <summary>
    /// What the person may do at this instant. A record in memory that is older than
    /// <see cref="ProcessorLimits.AuthorityFreshness"/> is compared with the journal first. An intent that fits the
    /// budget is reserved until <see cref="Settle"/> or until the window is over.
    /// </summary>
    /// <exception cref="StorageUnavailableException">
    /// The record cannot be confirmed: there is no authority without it.
    /// </exception>
    public async ValueTask<AuthorityAnswer> AskAsync(AuthorityQuestion question, CancellationToken cancellationToken)
    {
        await PrepareAsync(question, cancellationToken);
        return Answer(question, reserves: true);
    }

    /// <summary>The answer of <see cref="AskAsync"/> at this instant; an intent is not reserved.</summary>
    /// <exception cref="StorageUnavailableException">The record cannot be confirmed.</exception>
    public async ValueTask<AuthorityAnswer> PeekAsync(AuthorityQuestion question, CancellationToken cancellationToken)
    {
        await PrepareAsync(question, cancellationToken);
        return Answer(question, reserves: false);
    }

    private async ValueTask PrepareAsync(AuthorityQuestion question, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(question);
        await ConfirmAsync(cancellationToken);
        if (question.Intent is not null)
        {
            await _budget.LoadAsync(cancellationToken);
        }
    }

    /// <summary>
    /// The answer of <see cref="AskAsync"/> where memory alone can give it, or <c>null</c>. Never waits; for any
    /// thread.
    /// </summary>
    public AuthorityAnswer? TryAsk(AuthorityQuestion question)
    {
        ArgumentNullException.ThrowIfNull(question);
        return _stream.IsFresh(_services.Limits.AuthorityFreshness) && (question.Intent is null || _budget.IsLoaded)
            ? Answer(question, reserves: true)
            : null;
    }

    private AuthorityAnswer Answer(AuthorityQuestion question, bool reserves)
    {
        if (question.Person != Id)
        {
            throw new ArgumentException("The question is about another person.", nameof(question));
        }

        var authority = AuthorityNow();
        if (question.Intent is not { } intent || authority.Standing == Standing.Ended)
        {
            return new(authority, null);
        }

        if (!reserves)
        {
            var (over, left) = _budget.Peek(intent, _services.Clock.GetUtcNow());
            return new(authority with { Budget = over }, null) { Left = left };
        }

        var (reservation, refusal) = _budget.Reserve(intent, _services.Clock.GetUtcNow());
        return new(authority with { Budget = refusal }, reservation);
    }

    /// <summary>Compares the record with the journal, by a reading that begins after this call.</summary>
    /// <exception cref="StorageUnavailableException">The store cannot be read.</exception>
    /// <exception cref="JournalDamagedException">The journal does not fold.</exception>
    public Task RefreshAsync(CancellationToken cancellationToken) => _stream.ReloadAsync(cancellationToken);

    /// <summary>
    /// Says what became of a reserved harm: when it took effect, or <c>null</c> when it did not. Never fails; twice is
    /// once.
    /// </summary>
    public void Settle(long reservation, DateTimeOffset? happenedAt) => _budget.Settle(reservation, happenedAt);

    /// <summary>Carries out one command on the record. Durable before it answers.</summary>
    /// <exception cref="StorageUnavailableException">
    /// The store failed; every command may be sent again safely.
    /// </exception>
    public async Task<OperatorResult> ExecuteAsync(OperatorRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        using var run =
            _services.Diagnostics.StartCommand("operator.execute", request.Command.Name, _services.Clock);
        run.Activity?.SetTag(ApplicationDiagnostics.OperatorTag, Id.Value);
        ApplicationDiagnostics.Describe(run.Activity, request.Caller.Actor);
        try
        {
            using var turn = await _turns.EnterAsync(reserved: false, cancellationToken);
            if (turn is null)
            {
                _services.Diagnostics.QueueFull("operators");
            }

            var decision = turn is null
                ? Refused(Refusal.Overloaded($"The queue of operator {Id}", _services.Limits.RetryAfter))
                : await DecideAndAppendAsync(request, cancellationToken);
            run.Answered(decision.Outcome, decision.Refusal);
            return new(View, decision.Refusal, decision.Outcome, decision.ProposalSequence);
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
    public async Task<OperatorResult> ValidateAsync(OperatorRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        using var span = StartValidation(request.Command.Name, request.Caller.Actor);
        await _stream.ReloadAsync(cancellationToken);
        return await PreviewAsync(request, cancellationToken);
    }

    private Activity? StartValidation(string action, Actor by) =>
        _services.Diagnostics.StartValidation("operator.validate", action, by)
            ?.SetTag(ApplicationDiagnostics.OperatorTag, Id.Value);

    private async Task<OperatorResult> PreviewAsync(OperatorRequest request, CancellationToken cancellationToken)
    {
        var (decision, after) =
            await _stream.PreviewAsync(head => DecideAsync(head, request, cancellationToken));
        return new(View, decision.Refusal, decision.Outcome, decision.ProposalSequence)
        {
            After = decision.Refusal is null ? ViewOf(after) : null,
        };
    }

    /// <summary>
    /// What each action on the person's power would come to for a caller now, as <see cref="ValidateAsync"/> says it,
    /// all on one reading of the journal.
    /// </summary>
    /// <returns>By the command's name, in the order of <see cref="OperatorActions.For"/>.</returns>
    /// <exception cref="StorageUnavailableException">The store failed.</exception>
    public async Task<ImmutableArray<(string Name, OperatorResult Preview)>> ListActionsAsync(
        Caller caller, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(caller);
        using var span = StartValidation("list_actions", caller.Actor);
        await _stream.ReloadAsync(cancellationToken);
        var actions = ImmutableArray.CreateBuilder<(string, OperatorResult)>();
        foreach (var command in OperatorActions.For(
            _stream.Head.State, Microseconds.Truncate(_services.Clock.GetUtcNow())))
        {
            actions.Add((command.Name, await PreviewAsync(new(command, caller), cancellationToken)));
        }

        return actions.ToImmutable();
    }

    private Task<OperatorDecision> DecideAndAppendAsync(
        OperatorRequest request, CancellationToken cancellationToken) => _stream.DecideAsync(
        () => ConfirmAsync(cancellationToken), head => DecideAsync(head, request, cancellationToken),
        Refused, $"Operator {Id}", _services.Limits.RetryAfter, cancellationToken);

    private async Task<(OperatorDecision Decision, ImmutableArray<OperatorEvent> Events, EntryFacts Facts)> DecideAsync(
        Head<OperatorState> head, OperatorRequest request, CancellationToken cancellationToken)
    {
        var situation = await SituationOfAsync(head.State, request, cancellationToken);
        var decision = OperatorDecider.Decide(head.State, request, situation);
        var facts = new EntryFacts(
            situation.Now, request.Caller.Actor, request.RequestId,
            request.RequestId is null ? null : RequestDigest.Of(Id, request), ApplicationDiagnostics.CurrentTraceId);
        return (decision, decision.Events, facts);
    }

    private OperatorView ViewOf(OperatorState state)
    {
        var (harms, reach) = _budget.Spent();
        return new(state, state.StandingAt(_services.Clock.GetUtcNow(), _services.Policy), harms, reach);
    }

    private static OperatorDecision Refused(Refusal refusal) => new(refusal, [], Outcome.Refused);

    private async Task<OperatorSituation> SituationOfAsync(
        OperatorState state, OperatorRequest request, CancellationToken cancellationToken)
    {
        var authorities = new Dictionary<OperatorId, Authority>();
        foreach (var person in OperatorDecider.PeopleConcerned(state, request))
        {
            authorities[person] = await AuthorityOfAsync(person, cancellationToken);
        }

        // After the answers, which may have taken a while: what has ended meanwhile counts as ended.
        var now = Microseconds.Truncate(_services.Clock.GetUtcNow());
        var register = OperatorDecider.NeedsRegister(state, request.Command)
            ? RegisterFacts.Of(
                state, request,
                await OperatorRegister.ReadForAsync(_services, Id, request.Command, cancellationToken), now,
                _services.Policy)
            : RegisterFacts.NotAsked;
        return new(now, _services.Policy, authorities, register);
    }

    /// <summary>A person's authority from the person's own record, at this instant.</summary>
    private async ValueTask<Authority> AuthorityOfAsync(OperatorId person, CancellationToken cancellationToken)
    {
        if (person == Id)
        {
            return AuthorityNow();
        }

        using var span =
            _services.Diagnostics.Start("operator.ask")?.SetTag(ApplicationDiagnostics.OperatorTag, person.Value);
        return (await _services.Authority.AskAsync(new AuthorityQuestion(person, null), cancellationToken)).Authority;
    }

    private Authority AuthorityNow()
    {
        var state = _stream.Head.State;
        return new(
            Id, state.StandingAt(_services.Clock.GetUtcNow(), _services.Policy), state.Roles, Budget: null,
            state.Since, state.PersonId);
    }

    /// <summary>Compares with the journal if the last comparison is too old; all who wait share one reading.</summary>
    private ValueTask ConfirmAsync(CancellationToken cancellationToken) =>
        _stream.RefreshAsync(minVersion: 0, _services.Limits.AuthorityFreshness, cancellationToken);
}
