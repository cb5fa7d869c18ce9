using System.Collections.Immutable;
using AccountGrid.Domain;

namespace AccountGrid.Application;

/// <summary>
/// The brake at work: the record of engagements and releases folded from its journal, and the sums derived from the
/// accounts' journals.
/// </summary>
/// <remarks>
/// Single-threaded by contract, like <see cref="AccountProcessor"/>; only <see cref="View"/>, <see cref="TryReserve"/>
/// and <see cref="Settle"/> are for any thread.
/// Appends take turns. A reservation waits for no turn: it reads memory alone, but for a look at the journal whenever
/// the last one is older than <see cref="ProcessorLimits.AuthorityFreshness"/>.
/// </remarks>
public sealed class BrakeProcessor
{
    private const string ReleaseCommand = "release_brake";
    private readonly BrakeServices _services;
    private readonly JournaledStream<BrakeState, BrakeEvent> _stream;
    private readonly TurnQueue _turns;
    private readonly RollingCharges _charges;
    private Task? _engaging;

    /// <summary>A processor that has read nothing yet: call <see cref="LoadAsync"/> before anything else.</summary>
    public BrakeProcessor(BrakeServices services)
    {
        ArgumentNullException.ThrowIfNull(services);
        _services = services;
        _stream = services.NewStream();
        _turns = new(services.Limits.QueueDepth, services.Diagnostics.Queues.Commands);
        _charges = new(
            () => Brake.CountsAfter(_stream.Head.State, _services.Clock.GetUtcNow(), _services.Policy),
            services.Harms.ReadAloneAsync);
    }

    /// <summary>The brake now. Never waits; safe from any thread.</summary>
    public BrakeView View
    {
        get
        {
            var state = _stream.Head.State;
            var (harms, reach) = _charges.Spent();
            return new(state.EngagedAt(Now), state.Release, harms, reach, _services.Policy);
        }
    }

    /// <summary>Whether an append of this instance met another activation's: the host must deactivate it.</summary>
    public bool IsFenced => _stream.IsFenced;

    private DateTimeOffset Now => Microseconds.Truncate(_services.Clock.GetUtcNow());

    /// <summary>Folds the journal and reads what counts.</summary>
    /// <exception cref="StorageUnavailableException">The store cannot be read.</exception>
    /// <exception cref="JournalDamagedException">The journal does not fold.</exception>
    public async Task LoadAsync(CancellationToken cancellationToken)
    {
        await ConfirmAsync(cancellationToken);
        await _charges.LoadAsync(cancellationToken);
    }

    /// <summary>
    /// Compares the record with the journal and reads the sums again, by readings that begin after this call.
    /// </summary>
    /// <exception cref="StorageUnavailableException">The store cannot be read.</exception>
    /// <exception cref="JournalDamagedException">The journal does not fold.</exception>
    public async Task RefreshAsync(CancellationToken cancellationToken)
    {
        _charges.Reread();
        await _stream.ReloadAsync(cancellationToken);
        await _charges.LoadAsync(cancellationToken);
    }

    /// <summary>
    /// Reserves a harm until <see cref="Settle"/> or until the window is over, or says until when the brake is engaged.
    /// One that does not fit engages the brake, and the entry is durable before the answer.
    /// </summary>
    /// <param name="harm">The harm that one identity would cause alone.</param>
    /// <param name="mayEngage">
    /// Whether the brake counts and may engage. Where it may not, because a silo of the cluster could not read the
    /// entry, the harm is let through uncounted.
    /// </param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="StorageUnavailableException">The store failed: the harm must not happen.</exception>
    public async ValueTask<BrakeAnswer> ReserveAsync(
        HarmIntent harm, bool mayEngage, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(harm);
        while (true)
        {
            await LoadAsync(cancellationToken);
            if (!mayEngage && _stream.Head.State.EngagedAt(Now) is null)
            {
                // What happens now is found in the journals once every silo counts.
                _charges.Reread();
                return BrakeAnswer.NotCounted;
            }

            if (Reserve(harm) is { } answer)
            {
                return answer;
            }

            _engaging = _engaging is { IsCompleted: false } ? _engaging : EngageAsync(harm);
            await _engaging.WaitAsync(cancellationToken);
        }
    }

    /// <summary>
    /// The answer of <see cref="ReserveAsync"/> at this instant, with nothing reserved; a harm that would engage the
    /// brake is answered as if it had.
    /// </summary>
    /// <exception cref="StorageUnavailableException">The store failed.</exception>
    public async ValueTask<BrakeAnswer> PeekAsync(
        HarmIntent harm, bool mayEngage, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(harm);
        await LoadAsync(cancellationToken);
        var (state, now, policy) = (_stream.Head.State, Now, _services.Policy);
        var (harms, reach) = _charges.Spent();
        return state.EngagedAt(now) is { } engaged ? new(null, engaged.Until)
            : !mayEngage || Brake.Fits(harms, reach, harm.Reach, policy) ? BrakeAnswer.NotCounted
            : new(null, Brake.Engage(harms, reach, now, policy).Until);
    }

    /// <summary>
    /// The answer of <see cref="ReserveAsync"/> with <c>mayEngage</c> where memory alone can give it, or <c>null</c>:
    /// something is to be read, or the brake is to be engaged. Never waits; for any thread.
    /// </summary>
    public BrakeAnswer? TryReserve(HarmIntent harm)
    {
        ArgumentNullException.ThrowIfNull(harm);
        return _stream.IsFresh(_services.Limits.AuthorityFreshness) && _charges.IsLoaded ? Reserve(harm) : null;
    }

    private BrakeAnswer? Reserve(HarmIntent harm)
    {
        if (_stream.Head.State.EngagedAt(Now) is { } engaged)
        {
            return new(null, engaged.Until);
        }

        return _charges.Reserve(harm.Reach, Now, (harms, reach) =>
            Brake.Fits(harms, reach, harm.Reach, _services.Policy)) is { } number
            ? new(number, null)
            : null;
    }

    /// <summary>
    /// Says what became of a reserved harm: when it took effect, or <c>null</c> when it did not. Never fails; twice is
    /// once.
    /// </summary>
    public void Settle(long reservation, DateTimeOffset? happenedAt) => _charges.Settle(reservation, happenedAt);

    /// <summary>An approver releases the brake; the sums begin anew. Durable before it answers.</summary>
    /// <exception cref="StorageUnavailableException">The store failed; it may be sent again safely.</exception>
    public async Task<BrakeResult> ReleaseAsync(BrakeReleaseRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        using var run = _services.Diagnostics.StartCommand("brake.release", ReleaseCommand, _services.Clock);
        ApplicationDiagnostics.Describe(run.Activity, request.Caller.Actor);
        try
        {
            var refusal = await DecideAndAppendAsync(request, cancellationToken);
            run.Answered(refusal is null ? Outcome.Done : Outcome.Refused, refusal);
            if (refusal is not null)
            {
                BrakeLog.ReleaseRefused(_services.Log, request.Caller.Actor, refusal.Reason);
            }

            return new(View, refusal);
        }
        catch (Exception e)
        {
            run.Failed(e);
            throw;
        }
    }

    /// <summary>
    /// Says whether <see cref="ReleaseAsync"/> would release the brake now, by the same checks; nothing is written.
    /// </summary>
    /// <exception cref="StorageUnavailableException">The store failed.</exception>
    public async Task<BrakeResult> ValidateReleaseAsync(
        BrakeReleaseRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        using var span =
            _services.Diagnostics.StartValidation("brake.validate", ReleaseCommand, request.Caller.Actor);
        if (request.Caller.Actor.Person is not { } person)
        {
            return new(View, Refusal.ForbiddenRole(Roles.Approver));
        }

        await _stream.ReloadAsync(cancellationToken);
        var (decision, _) =
            await _stream.PreviewAsync(head => DecideAsync(head, request, person, cancellationToken));
        return new(View, decision.Refusal);
    }

    private async Task<Refusal?> DecideAndAppendAsync(
        BrakeReleaseRequest request, CancellationToken cancellationToken)
    {
        if (request.Caller.Actor.Person is not { } person)
        {
            return Refusal.ForbiddenRole(Roles.Approver);
        }

        using var turn = await _turns.EnterAsync(reserved: false, cancellationToken);
        if (turn is null)
        {
            _services.Diagnostics.QueueFull("commands");
            return Refusal.Overloaded("The queue of the brake", _services.Limits.RetryAfter);
        }

        var decided = await _stream.DecideAsync(
            () => new(_stream.ReloadAsync(cancellationToken)),
            head => DecideAsync(head, request, person, cancellationToken),
            static refusal => new BrakeDecision(refusal, null), "The brake", _services.Limits.RetryAfter,
            cancellationToken);
        if (decided.Event is BrakeEvent.Released)
        {
            BrakeLog.Released(_services.Log, person);
        }

        return decided.Refusal;
    }

    private async Task<(BrakeDecision Decision, ImmutableArray<BrakeEvent> Events, EntryFacts Facts)> DecideAsync(
        Head<BrakeState> head, BrakeReleaseRequest request, OperatorId person, CancellationToken cancellationToken)
    {
        var answer = await _services.Authority.AskAsync(new(person, null), cancellationToken);
        var now = Now;
        var decision = Brake.Release(head.State, request, answer.Authority, now);
        var facts = new EntryFacts(
            now, request.Caller.Actor, request.RequestId,
            request.RequestId is null ? null : RequestDigest.OfRelease(request),
            ApplicationDiagnostics.CurrentTraceId);
        return (decision, decision.Event is { } released ? [released] : [], facts);
    }

    /// <summary>Engages it, unless that was done meanwhile or the harm fits by now; the caller looks again.</summary>
    private async Task EngageAsync(HarmIntent harm)
    {
        using var turn = await _turns.EnterAsync(reserved: true, CancellationToken.None);
        await LoadAsync(CancellationToken.None);
        var (head, now) = (_stream.Head, Now);
        var (harms, reach) = _charges.Spent();
        var policy = _services.Policy;
        if (head.State.EngagedAt(now) is not null || Brake.Fits(harms, reach, harm.Reach, policy))
        {
            return;
        }

        var engaged = Brake.Engage(harms, reach, now, policy);
        var facts = new EntryFacts(now, Actor.System, null, null, ApplicationDiagnostics.CurrentTraceId);
        if (await _stream.AppendAsync(head, [engaged], facts, CancellationToken.None) is null)
        {
            _stream.NoteFenceLost();
            return;
        }

        _services.Diagnostics.Brake.Engaged();
        BrakeLog.Engaged(_services.Log, harms, reach, engaged.Until);
    }

    /// <summary>Compares with the journal if the last comparison is too old; all who wait share one reading.</summary>
    private ValueTask ConfirmAsync(CancellationToken cancellationToken) =>
        _stream.RefreshAsync(minVersion: 0, _services.Limits.AuthorityFreshness, cancellationToken);
}
