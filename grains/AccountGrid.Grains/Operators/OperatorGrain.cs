using AccountGrid.Application;
using AccountGrid.Domain;
using Microsoft.Extensions.Logging;
using Orleans.Placement;

namespace AccountGrid.Grains;

/// <summary>
/// The shell round one <see cref="OperatorProcessor"/>. An activation of an unknown operator ends
/// <see cref="LifeOfUnknown"/> after it was made.
/// </summary>
[ActivationCountBasedPlacement, GrainType("operator")]
public sealed partial class OperatorGrain(
    OperatorServices services, PauseGuard guard, LocalProcessors<OperatorProcessor> local, TimeProvider clock,
    ILogger<OperatorGrain> log)
    : Grain, IOperatorGrain
{
    /// <summary>
    /// How long an activation of an unknown operator lives: so short that asking for many ids holds little memory, and
    /// long enough that calls which come together are all answered. One that ends makes the runtime forward the calls
    /// that wait for it, twice at most, and then reject them.
    /// </summary>
    public static readonly TimeSpan LifeOfUnknown = TimeSpan.FromSeconds(1);

    private readonly GrainMemory _memory = new(guard, isRead: true);
    private LocalProcessors<OperatorProcessor>.Activation? _here;
    private Refusal? _fault;

    /// <summary>
    /// Loads the record. One that cannot be read faults this activation alone; until it can be read the operator has no
    /// authority.
    /// </summary>
    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        if (!StreamId.TryParse(this.GetPrimaryKeyString(), out var stream) || !stream.IsOperator(out var person))
        {
            _fault = Refusal.Invalid("operator", "must be an operator id");
            return;
        }

        var processor = new OperatorProcessor(person, services);
        try
        {
            await processor.LoadAsync(cancellationToken);
            _here = local.Begin(this.GetPrimaryKeyString(), processor);
            if (processor.View.State.Version == 0)
            {
                this.RegisterGrainTimer(EndIfUnknown, new(LifeOfUnknown, Timeout.InfiniteTimeSpan));
            }
        }
        catch (Exception e) when (RefusalMapping.OfFailure(e) is { } refusal)
        {
            _fault = refusal;
            LoadFailed(log, e, person);
        }
    }

    /// <inheritdoc />
    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        _here?.End();
        return Task.CompletedTask;
    }

    /// <inheritdoc />
    public async Task<OperatorInfo> GetAsync(CancellationToken cancellationToken)
    {
        var processor = Loaded();
        try
        {
            await CatchUpAsync(processor, cancellationToken);
            return processor.View.ToInfo(clock.GetUtcNow());
        }
        catch (Exception e) when (RefusalMapping.OfFailure(e) is { } refusal)
        {
            throw new GrainRefusedException(refusal.ToInfo());
        }
    }

    /// <inheritdoc />
    public async ValueTask<AuthorityInfo> AskAsync(long account, long? reach, CancellationToken cancellationToken)
    {
        var processor = Loaded();
        try
        {
            var generation = await CatchUpAsync(processor, cancellationToken);
            var answer = await processor.AskAsync(QuestionOf(processor, account, reach), cancellationToken);
            if (answer.Authority.IsEnrolled)
            {
                _here?.Called(generation);
            }

            return answer.ToInfo();
        }
        catch (Exception e) when (RefusalMapping.OfFailure(e) is { } refusal)
        {
            throw new GrainRefusedException(refusal.ToInfo());
        }
    }

    /// <inheritdoc />
    public async ValueTask<AuthorityInfo> PeekAsync(long account, long? reach, CancellationToken cancellationToken)
    {
        var processor = Loaded();
        try
        {
            await CatchUpAsync(processor, cancellationToken);
            return (await processor.PeekAsync(QuestionOf(processor, account, reach), cancellationToken)).ToInfo();
        }
        catch (Exception e) when (RefusalMapping.OfFailure(e) is { } refusal)
        {
            throw new GrainRefusedException(refusal.ToInfo());
        }
    }

    private static AuthorityQuestion QuestionOf(OperatorProcessor processor, long account, long? reach) => new(
        processor.Id, reach is { } followers ? new HarmIntent(new AccountId(account), followers) : null);

    /// <inheritdoc />
    public Task SettleAsync(long reservation, DateTimeOffset? happenedAt)
    {
        _here?.Processor.Settle(reservation, happenedAt);
        return Task.CompletedTask;
    }

    /// <inheritdoc />
    public Task<OperatorReply> ExecuteAsync(
        OperatorInput command, CallerInfo caller, CancellationToken cancellationToken) =>
        AnswerAsync(
            command, caller, (processor, request) => processor.ExecuteAsync(request, cancellationToken),
            cancellationToken);

    /// <inheritdoc />
    public Task<OperatorReply> ValidateAsync(
        OperatorInput command, CallerInfo caller, CancellationToken cancellationToken) =>
        AnswerAsync(
            command, caller, (processor, request) => processor.ValidateAsync(request, cancellationToken),
            cancellationToken);

    /// <inheritdoc />
    public async Task<Answer<ActionList>> ListActionsAsync(CallerInfo caller, CancellationToken cancellationToken)
    {
        var processor = Loaded();
        if (caller.ToCaller() is not { } verified)
        {
            return CommandMapping.InvalidSubject.ToAnswer<ActionList>();
        }

        using var trace = caller.ContinueTrace();
        try
        {
            await CatchUpAsync(processor, cancellationToken);
            var actions = await processor.ListActionsAsync(verified, cancellationToken);
            return new(new([.. actions.Select(static a => a.Preview.ToAction(a.Name))]), null);
        }
        catch (Exception e) when (RefusalMapping.OfFailure(e) is { } refusal)
        {
            return refusal.ToAnswer<ActionList>();
        }
    }

    private async Task<OperatorReply> AnswerAsync(
        OperatorInput command, CallerInfo caller,
        Func<OperatorProcessor, OperatorRequest, Task<OperatorResult>> answer, CancellationToken cancellationToken)
    {
        if (_here is not { Processor: var processor })
        {
            DeactivateOnIdle();
            return new(null, _fault!.ToInfo());
        }

        if (caller.ToCaller() is not { } verified)
        {
            return new(null, CommandMapping.InvalidSubject.ToInfo());
        }

        using var trace = caller.ContinueTrace();
        try
        {
            await CatchUpAsync(processor, cancellationToken);
            var request = new OperatorRequest(
                command.ToCommand(), verified, command.RequestId, command.ExpectedPowerVersion);
            return (await answer(processor, request)).ToReply(clock.GetUtcNow());
        }
        catch (Exception e) when (RefusalMapping.OfFailure(e) is { } refusal)
        {
            return new(null, refusal.ToInfo());
        }
        finally
        {
            if (processor.IsFenced)
            {
                Fenced(log, processor.Id);
                DeactivateOnIdle();
            }
        }
    }

    /// <summary>
    /// Waits until the silo knows that it is still a member, and compares the record with the journal if the generation
    /// has grown.
    /// </summary>
    /// <exception cref="SiloUnavailableException">The silo was declared dead; another one answers.</exception>
    private ValueTask<int> CatchUpAsync(OperatorProcessor processor, CancellationToken cancellationToken) =>
        _memory.ConfirmAsync(() => processor.RefreshAsync(cancellationToken), cancellationToken);

    /// <exception cref="GrainRefusedException">The record could not be loaded.</exception>
    private OperatorProcessor Loaded()
    {
        if (_here is not { Processor: var processor })
        {
            DeactivateOnIdle();
            throw new GrainRefusedException(_fault!.ToInfo());
        }

        return processor;
    }

    private Task EndIfUnknown(CancellationToken cancellationToken)
    {
        if (_here?.Processor.View.State.Version == 0)
        {
            DeactivateOnIdle();
        }

        return Task.CompletedTask;
    }

    [LoggerMessage(2101, LogLevel.Error,
        "The record of operator {Person} could not be loaded; until it is, the person has no authority.")]
    private static partial void LoadFailed(ILogger logger, Exception exception, OperatorId person);

    [LoggerMessage(2102, LogLevel.Warning,
        "The record of operator {Person} was changed by another activation; this one ends.")]
    private static partial void Fenced(ILogger logger, OperatorId person);
}
