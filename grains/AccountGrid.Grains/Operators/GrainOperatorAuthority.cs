using System.Collections.Concurrent;
using AccountGrid.Application;
using AccountGrid.Domain;
using Microsoft.Extensions.Logging;

namespace AccountGrid.Grains;

/// <summary>
/// Asks the operator's own grain, wherever it is, and reserves a service's harm in the service's own; grains in this
/// silo mostly without a call. That a service's subject is no operator's is remembered for
/// <see cref="ProcessorLimits.AuthorityFreshness"/>: the grain of an unknown operator is made anew, and reads the
/// journal, every <see cref="OperatorGrain.LifeOfUnknown"/>. Thread-safe.
/// </summary>
public sealed partial class GrainOperatorAuthority(
    IGrainFactory grains, LocalProcessors<OperatorProcessor> operators, LocalProcessors<ServiceProcessor> services,
    ProcessorLimits limits, TimeProvider clock, ILogger<GrainOperatorAuthority> log)
    : IOperatorAuthority
{
    /// <summary>Services at most that are remembered; more are forgotten together.</summary>
    private const int MostServices = 1024;

    private readonly ConcurrentDictionary<OperatorId, long> _unknownSince = new();
    private readonly GrainReferences<IOperatorGrain> _operatorGrains =
        new(grains, static factory => factory.GetGrain<IOperatorGrain>("-"));
    private readonly GrainReferences<IServiceGrain> _serviceGrains =
        new(grains, static factory => factory.GetGrain<IServiceGrain>("-"));

    /// <inheritdoc />
    /// <remarks>
    /// Asked again if the grain's silo goes away: a reservation lies in that silo's memory and is gone with it, so that
    /// none is made twice. Not after a timeout: the silo may be alive, and what it reserved would count as spent until
    /// the window is over.
    /// </remarks>
    /// <exception cref="StorageUnavailableException">
    /// The record cannot be had, so there is no authority now; nothing was done.
    /// </exception>
    public async Task<AuthorityAnswer> AskAsync(AuthorityQuestion question, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(question);
        if (!question.OfAService)
        {
            return await AskGrainAsync(question, cancellationToken);
        }

        var answer = await AskAboutServiceAsync(question with { Intent = null }, cancellationToken);
        return question.Intent is { } intent
            ? await ReserveAsync(answer.Authority, question.Payer, intent, cancellationToken)
            : answer;
    }

    /// <inheritdoc />
    /// <remarks>By calls to the grains: what is validated is asked for by people, and not at a high rate.</remarks>
    /// <exception cref="StorageUnavailableException">The record cannot be had.</exception>
    public async Task<AuthorityAnswer> PeekAsync(AuthorityQuestion question, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(question);
        if (question.Intent is not { } intent)
        {
            return await AskAsync(question, cancellationToken);
        }

        if (!question.OfAService)
        {
            var info = await PortCalls.AskAsync(
                () => Grain(question.Person).PeekAsync(intent.Account.Value, intent.Reach, cancellationToken).AsTask(),
                "The record of an operator", clock, cancellationToken);
            return info.ToAnswer(question.Person);
        }

        var answer = await AskAboutServiceAsync(question with { Intent = null }, cancellationToken);
        var budget = await PortCalls.AskAsync(
            () => Service(question.Payer).PeekAsync(intent.Account.Value, intent.Reach, cancellationToken).AsTask(),
            "The budget of a service", clock, cancellationToken);
        return new(answer.Authority with { Budget = budget.Budget?.ToRefusal() }, null)
        {
            Left = budget.Left?.ToLeft(),
        };
    }

    private async Task<AuthorityAnswer> AskAboutServiceAsync(
        AuthorityQuestion question, CancellationToken cancellationToken)
    {
        if (_unknownSince.TryGetValue(question.Person, out var since)
            && clock.GetElapsedTime(since) < limits.AuthorityFreshness)
        {
            return new(Authority.Unknown(question.Person), Reservation: null);
        }

        var asked = clock.GetTimestamp();
        var answer = await AskGrainAsync(question, cancellationToken);
        if (!answer.Authority.IsEnrolled)
        {
            if (_unknownSince.Count >= MostServices)
            {
                _unknownSince.Clear();
            }

            _unknownSince[question.Person] = asked;
        }

        return answer;
    }

    private async Task<AuthorityAnswer> ReserveAsync(
        Authority authority, Actor service, HarmIntent intent, CancellationToken cancellationToken)
    {
        if (services.Find(ServiceGrain.KeyOf(service))?.TryReserve(intent) is var (number, refusal))
        {
            return new(authority with { Budget = refusal }, number);
        }

        var reserved = await PortCalls.AskAsync(
            () => Service(service).ReserveAsync(intent.Account.Value, intent.Reach, cancellationToken).AsTask(),
            "The budget of a service", clock, cancellationToken);
        return new(authority with { Budget = reserved.Budget?.ToRefusal() }, reserved.Reservation);
    }

    private async Task<AuthorityAnswer> AskGrainAsync(AuthorityQuestion question, CancellationToken cancellationToken)
    {
        if (operators.Find(KeyOf(question.Person))?.TryAsk(question) is { } answer)
        {
            return answer;
        }

        var info = await PortCalls.AskAsync(
            () => Grain(question.Person)
                .AskAsync(question.Intent?.Account.Value ?? 0, question.Intent?.Reach, cancellationToken).AsTask(),
            "The record of an operator", clock, cancellationToken);
        return info.ToAnswer(question.Person);
    }

    /// <inheritdoc />
    public ValueTask SettleAsync(Actor payer, long reservation, DateTimeOffset? happenedAt)
    {
        if (payer.Person is { } person && operators.Find(KeyOf(person)) is { } processor)
        {
            processor.Settle(reservation, happenedAt);
        }
        else if (payer.Person is null && services.Find(ServiceGrain.KeyOf(payer)) is { } service)
        {
            service.Settle(reservation, happenedAt);
        }
        else
        {
            return new(CallSettleAsync(payer, reservation, happenedAt));
        }

        return ValueTask.CompletedTask;
    }

    private async Task CallSettleAsync(Actor payer, long reservation, DateTimeOffset? happenedAt)
    {
        try
        {
            await (payer.Person is { } person
                ? Grain(person).SettleAsync(reservation, happenedAt)
                : Service(payer).SettleAsync(reservation, happenedAt));
        }
        catch (Exception e) when (PortCalls.IsOfTheWay(e))
        {
            // What it was reserved for has happened: nothing here may fail that.
            NotSettled(log, e, payer);
        }
    }

    private static string KeyOf(OperatorId person) => StreamId.Of(person).Value;

    private IOperatorGrain Grain(OperatorId person) => _operatorGrains[IdSpan.Create(KeyOf(person))];

    private IServiceGrain Service(Actor service) => _serviceGrains[IdSpan.Create(ServiceGrain.KeyOf(service))];

    [LoggerMessage(2110, LogLevel.Warning,
        "A reservation of {Payer} was not settled; it counts as spent until its window is over.")]
    private static partial void NotSettled(ILogger logger, Exception exception, Actor payer);
}
