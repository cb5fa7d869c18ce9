using System.Collections.Immutable;
using AccountGrid.Domain;

namespace AccountGrid.Application;

/// <content>What a command would come to.</content>
public sealed partial class AccountProcessor
{
    /// <summary>The turns of commands that are only validated, one at a time; made with the first one.</summary>
    private TurnQueue Validations => field ??= new(_services.Limits.QueueDepth, _services.Diagnostics.Queues.Commands);

    /// <summary>
    /// Says what a command would come to now: the checks are those of <see cref="ExecuteAsync"/>, on the account as
    /// the journal has it. Nothing is written, nothing is reserved, no attempt is counted. It takes no turn of the
    /// commands: what is only asked for, and leaves no trace, must not hold up what brings an account back.
    /// </summary>
    /// <param name="request">What, by whom. A request id that acted before is answered as it was then.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="StorageUnavailableException">The store failed.</exception>
    /// <exception cref="StorageOverloadedException">The store's queue is full.</exception>
    public async Task<AccountPreview> ValidateAsync(AccountRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        return await InTurnAsync(
            request.Command.Name, request.Caller.Actor, () => PreviewAsync(request, cancellationToken),
            refusal => new(Outcome.Refused, _view, refusal), cancellationToken);
    }

    /// <summary>
    /// What each action on the account would come to for a person now, as <see cref="ValidateAsync"/> says it, all on
    /// one state.
    /// </summary>
    /// <param name="caller">The person.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>By the command's name, in the order of <see cref="AccountActions.For"/>; or the refusal.</returns>
    /// <exception cref="StorageUnavailableException">The store failed.</exception>
    /// <exception cref="StorageOverloadedException">The store's queue is full.</exception>
    public async Task<(ImmutableArray<(string Name, AccountPreview Preview)> Actions, Refusal? Refusal)>
        ListActionsAsync(Caller caller, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(caller);
        if (caller.Actor.Person is not { } person)
        {
            return ([], Refusal.ForbiddenRole(Roles.Staff));
        }

        return await InTurnAsync<(ImmutableArray<(string, AccountPreview)>, Refusal?)>(
            "list_actions", caller.Actor, async () =>
            {
                var actions = ImmutableArray.CreateBuilder<(string, AccountPreview)>();
                foreach (var command in AccountActions.For(
                    _stream.Head.State, person, _services.Policy, Microseconds.Truncate(_services.Clock.GetUtcNow())))
                {
                    actions.Add((command.Name, await PreviewAsync(new(command, caller), cancellationToken)));
                }

                return (actions.ToImmutable(), null);
            },
            static refusal => ([], refusal), cancellationToken);
    }

    /// <summary>Answers in turn, on the account as the journal has it.</summary>
    private async Task<T> InTurnAsync<T>(
        string action, Actor by, Func<Task<T>> answer, Func<Refusal, T> refused, CancellationToken cancellationToken)
    {
        using var span = _services.Diagnostics.StartValidation("account.validate", action, by)
            ?.SetTag(ApplicationDiagnostics.AccountTag, Id.Value);
        using var turn = await Validations.EnterAsync(reserved: false, cancellationToken);
        if (turn is null)
        {
            return refused(
                Refusal.Overloaded($"The queue of questions about account {Id}", _services.Limits.RetryAfter));
        }

        await _stream.ReloadAsync(cancellationToken);
        await _followers.EnsureAsync(cancellationToken);
        return await answer();
    }

    private async Task<AccountPreview> PreviewAsync(AccountRequest request, CancellationToken cancellationToken)
    {
        var head = _stream.Head;
        var reservations = new Reservations(_services.Authority, _services.Brake, peek: true);
        var (decision, situation) = await DecideAsync(head, request, reservations, cancellationToken);
        var result = ResultOf(request, decision);
        return new(result.Outcome, _view, result.Refusal)
        {
            After = decision is Decision.Accepted { Events: var events } ? ViewAfter(head, request, situation, events)
                : result.Refusal is null ? _view
                : null,
            ProposalSequence = result.ProposalSequence,
            Left = PayerOf(decision, request.Caller.Actor) is { } payer ? reservations.LeftOf(payer) : null,
        };
    }

    /// <summary>Who would pay now, or cannot.</summary>
    private static Actor? PayerOf(Decision decision, Actor caller) => decision switch
    {
        Decision.Accepted { Charged: var charged } => charged,
        Decision.Refused { Refusal.Reason: RefusalReason.BudgetExceeded or RefusalReason.ReachExceeded } => caller,
        _ => null,
    };

    private AccountView ViewAfter(
        Head<AccountState> head, AccountRequest request, Situation situation, ImmutableArray<AccountEvent> events)
    {
        var facts = new EntryFacts(situation.Now, request.Caller.Actor, null, null, "");
        return new(
            _stream.Preview(head, events, facts), _view.Followers, _view.LastKnownFollowers, _view.Policy);
    }
}
