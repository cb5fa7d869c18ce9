using System.Collections.Immutable;
using AccountGrid.Domain;

namespace AccountGrid.Application;

/// <content>How a command is carried out.</content>
public sealed partial class AccountProcessor
{
    /// <summary>More steps than an account can ever have due at once (every hold's end, one proposal).</summary>
    private const int MostDueSteps = 8;

    /// <summary>
    /// Carries out one command. Refusals are answers; among them <see cref="RefusalReason.Overloaded"/> at a full
    /// queue, at once. A request id that acted before is answered as it was then, with the account as it is now.
    /// </summary>
    /// <param name="request">What, by whom, with which idempotency key.</param>
    /// <param name="cancellationToken">
    /// Honoured until the append is handed to the store; after that the outcome is awaited.
    /// </param>
    /// <exception cref="StorageUnavailableException">
    /// The store failed; where the outcome is unknown the caller retries with the same request id.
    /// </exception>
    public async Task<AccountResult> ExecuteAsync(AccountRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        var (result, _) = await RunAsync(request, reserved: false, cancellationToken);
        return result;
    }

    /// <summary>
    /// Does everything that is due, as the system's act, until nothing is; each step a turn of its own. Has a reserved
    /// place in the queue. Callers that ask while this is under way share it.
    /// </summary>
    /// <exception cref="StorageUnavailableException">The store failed; what is due stays due.</exception>
    /// <exception cref="StorageOverloadedException">The store's queue is full; what is due stays due.</exception>
    public Task FireDueAsync(CancellationToken cancellationToken)
    {
        _dueWork = _dueWork is { IsCompleted: false } ? _dueWork : FireAllAsync();
        return _dueWork.WaitAsync(cancellationToken);
    }

    private async Task FireAllAsync()
    {
        var request = new AccountRequest(new AccountCommand.FireDue(), Caller.System);
        for (var step = 0; step < MostDueSteps; step++)
        {
            var (result, appended) = await RunAsync(request, reserved: true, CancellationToken.None);
            if (result.Refusal is { Reason: RefusalReason.Overloaded } overloaded)
            {
                throw new StorageOverloadedException(
                    $"The queue behind account {Id}", overloaded.RetryAfter ?? _services.Limits.RetryAfter);
            }

            if (!appended)
            {
                return;
            }
        }

        AccountLog.DueWorkEndless(_services.Log, Id, MostDueSteps);
    }

    private async Task<(AccountResult Result, bool Appended)> RunAsync(
        AccountRequest request, bool reserved, CancellationToken cancellationToken)
    {
        using var run = _services.Diagnostics.StartCommand("account.execute", request.Command.Name, _services.Clock);
        run.Activity?.SetTag(ApplicationDiagnostics.AccountTag, Id.Value);
        ApplicationDiagnostics.Describe(run.Activity, request.Caller.Actor);
        try
        {
            await LinkProposalAsync(run.Activity, request.Command, cancellationToken);
            using var turn = await EnterAsync(reserved, cancellationToken);
            var answer = turn is null
                ? (AccountResult.Refused(
                    _view, Refusal.Overloaded($"The queue of account {Id}", _services.Limits.RetryAfter)), false)
                : await DecideAndAppendAsync(request, cancellationToken);
            run.Answered(answer.Item1.Outcome, answer.Item1.Refusal);
            return answer;
        }
        catch (Exception e)
        {
            run.Failed(e);
            throw;
        }
    }

    private async ValueTask<TurnQueue.Turn?> EnterAsync(bool reserved, CancellationToken cancellationToken)
    {
        var start = _services.Clock.GetTimestamp();
        using var span = _services.Diagnostics.Start("account.queue");
        var turn = await Turns.EnterAsync(reserved, cancellationToken);
        if (turn is null)
        {
            _services.Diagnostics.QueueFull("commands");
        }
        else
        {
            _services.Diagnostics.Waited(_services.Clock.GetElapsedTime(start));
        }

        return turn;
    }

    /// <summary>
    /// Within a turn: decide and append, and once more on what is really there if another activation was first.
    /// </summary>
    private async Task<(AccountResult Result, bool Appended)> DecideAndAppendAsync(
        AccountRequest request, CancellationToken cancellationToken)
    {
        try
        {
            var isFresh = _stream.MustReload || !_stream.Head.State.IsRegistered;
            if (isFresh)
            {
                await _stream.ReloadAsync(cancellationToken);
            }

            await _followers.EnsureAsync(cancellationToken);
            for (var attempt = 0; attempt < 2; attempt++)
            {
                if (await AttemptAsync(request, isFresh, cancellationToken) is { } answer)
                {
                    return answer;
                }

                _stream.NoteFenceLost();
                await _stream.ReloadAsync(cancellationToken);
                isFresh = true;
            }
        }
        catch (StorageOverloadedException full)
        {
            // Nothing was written.
            return (AccountResult.Refused(_view, Refusal.Overloaded(full.What, full.RetryAfter)), false);
        }

        var refusal = new Refusal(
            RefusalReason.Overloaded, $"Account {Id} is being changed elsewhere; try again.",
            RetryAfter: _services.Limits.RetryAfter);
        return (AccountResult.Refused(_view, refusal), false);
    }

    /// <summary>One try on one head; <c>null</c> when another activation appended behind it.</summary>
    private async Task<(AccountResult Result, bool Appended)?> AttemptAsync(
        AccountRequest request, bool isFresh, CancellationToken cancellationToken)
    {
        var head = _stream.Head;
        var asked = request with { Command = WithReadsRefused(request.Command) };
        var reservations = new Reservations(_services.Authority, _services.Brake);
        try
        {
            var (decision, situation) = await DecideAsync(head, asked, reservations, cancellationToken);
            var events = EventsOf(decision);
            if (!events.IsEmpty)
            {
                if (!await AppendAsync(head, asked, situation.Now, events, reservations, cancellationToken))
                {
                    return null;
                }

                NoteOpened(events, head.Version);
                await reservations.SpendAsync((decision as Decision.Accepted)?.Charged, situation.Now);
            }
            else if (!isFresh && DependsOnState(decision))
            {
                // No append fences this answer, so that the journal itself must: no caller is told that there is
                // nothing to restore by an instance that has not seen the account go down.
                await _stream.ReloadAsync(cancellationToken);
                if (_stream.Head.Version != head.Version)
                {
                    return null;
                }
            }

            NoteRefused(asked, situation, decision);
            _services.Diagnostics.Moderation.Decided(asked, situation, decision);
            return (ResultOf(asked, decision), !events.IsEmpty);
        }
        finally
        {
            await reservations.ReleaseAsync();
        }
    }

    /// <summary>
    /// The decision on a head, with what was asked for it: the same for a command that is only validated.
    /// </summary>
    private async Task<(Decision Decision, Situation Situation)> DecideAsync(
        Head<AccountState> head, AccountRequest request, Reservations reservations,
        CancellationToken cancellationToken)
    {
        // One situation for questions and decision: a count that moves between them must not turn a harm that was asked
        // for without a reservation into one that may happen alone. The instant comes before the questions, so that no
        // entry is dated after an end of authority that the answers did not know of.
        var situation = new Situation(
            Microseconds.Truncate(_services.Clock.GetUtcNow()), _followers.Exact?.Count, _services.Policy,
            Situation.NoAuthorities)
        {
            Counted = _refused?.Of(request.Caller.Actor)?.Counted,
        };
        var questions = AccountDecider.Questions(head.State, request, situation);
        situation = await reservations.AskAsync(situation, questions, _services.Diagnostics, cancellationToken);
        var decision = Decide(head.State, request, situation);
        if (Brake.LoneHarmOf(Id, decision) is { } harm
            && await reservations.AskBrakeAsync(harm, _services.Diagnostics, cancellationToken) is { } until)
        {
            situation = situation with { BrakedUntil = until };
            decision = Decide(head.State, request, situation);
        }

        return (decision, situation);
    }

    private Decision Decide(AccountState state, AccountRequest request, Situation situation)
    {
        using var span = _services.Diagnostics.Start("account.decide");
        return AccountDecider.Decide(state, request, situation);
    }

    /// <summary>Whether the events were appended; else another activation appended behind the head.</summary>
    private async Task<bool> AppendAsync(
        Head<AccountState> head, AccountRequest request, DateTimeOffset at, ImmutableArray<AccountEvent> events,
        Reservations reservations, CancellationToken cancellationToken)
    {
        var facts = new EntryFacts(
            at, request.Caller.Actor, request.RequestId, request.RequestId is null
                ? null
                : RequestDigest.Of(Id, request),
            ApplicationDiagnostics.CurrentTraceId);
        try
        {
            if (await _stream.AppendAsync(head, events, facts, cancellationToken) is not { } after)
            {
                return false;
            }

            _services.Diagnostics.Moderation.Moved(
                head.State, after.State, at, head.State.TierWith(_followers.Exact?.Count, _services.Policy));
            return true;
        }
        catch (Exception e) when (JournaledStream<AccountState, AccountEvent>.IsOutcomeUnknown(e))
        {
            reservations.KeepAsSpent();
            throw;
        }
    }

    /// <summary>What memory counted goes into the command that may end the incident.</summary>
    private AccountCommand WithReadsRefused(AccountCommand command) => command switch
    {
        AccountCommand.Restore c => c with { ReadsRefused = Math.Max(c.ReadsRefused, _readsRefused) },
        AccountCommand.UndoHolds c => c with { ReadsRefused = Math.Max(c.ReadsRefused, _readsRefused) },
        AccountCommand.FireDue c => c with { ReadsRefused = Math.Max(c.ReadsRefused, _readsRefused) },
        _ => command,
    };

    private static bool DependsOnState(Decision decision) =>
        decision is Decision.Refused
        {
            Refusal.Reason: not (RefusalReason.InvalidArgument
            or RefusalReason.RequestIdConflict)
        };

    private static ImmutableArray<AccountEvent> EventsOf(Decision decision) => decision switch
    {
        Decision.Accepted d => d.Events,
        Decision.Refused d => d.Events,
        Decision.Replayed => [],
        _ => throw new InvalidOperationException($"Unknown decision {decision.GetType().Name}."),
    };

    private AccountResult ResultOf(AccountRequest request, Decision decision) => decision switch
    {
        Decision.Accepted d => new(d.Outcome, _view, d.ProposalSequence, null),
        Decision.Refused d => AccountResult.Refused(
            _view, d.Refusal, d.Events.OfType<AccountEvent.AttemptRefused>().FirstOrDefault()?.ProposalSequence) with
        {
            IsFinal = request.RequestId is not null && d.Events is [AccountEvent.AttemptRefused, ..],
        },
        Decision.Replayed { Request: var earlier } =>
            new(earlier.Outcome, _view, earlier.ProposalSequence, earlier.Refusal)
            {
                IsFinal = earlier.Refusal is not null,
            },
        _ => throw new InvalidOperationException($"Unknown decision {decision.GetType().Name}."),
    };
}
