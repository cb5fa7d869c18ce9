using System.Collections.Concurrent;
using AccountGrid.Application;
using AccountGrid.Domain;
using Microsoft.Extensions.Logging;

namespace AccountGrid.Grains;

/// <summary>
/// Asks the operator's own grain, wherever it is. That a service's subject is no operator's is remembered for
/// <see cref="ProcessorLimits.AuthorityFreshness"/>: the grain of an unknown operator reads the journal at every call.
/// Thread-safe.
/// </summary>
public sealed partial class GrainOperatorAuthority(
    IGrainFactory grains, ProcessorLimits limits, TimeProvider clock, ILogger<GrainOperatorAuthority> log)
    : IOperatorAuthority
{
    /// <summary>Services at most that are remembered; more are forgotten together.</summary>
    private const int MostServices = 1024;

    private readonly ConcurrentDictionary<OperatorId, long> _unknownSince = new();

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
        if (question.OfAService && _unknownSince.TryGetValue(question.Person, out var since)
            && clock.GetElapsedTime(since) < limits.AuthorityFreshness)
        {
            return new(Authority.Unknown(question.Person), Reservation: null);
        }

        var asked = clock.GetTimestamp();
        var answer = await AskGrainAsync(question, cancellationToken);
        if (question.OfAService && !answer.Authority.IsEnrolled)
        {
            if (_unknownSince.Count >= MostServices)
            {
                _unknownSince.Clear();
            }

            _unknownSince[question.Person] = asked;
        }

        return answer;
    }

    private async Task<AuthorityAnswer> AskGrainAsync(AuthorityQuestion question, CancellationToken cancellationToken)
    {
        try
        {
            var info = await LostCalls.RepeatAsync(
                () => Grain(question.Person)
                    .AskAsync(question.Intent?.Account.Value ?? 0, question.Intent?.Reach, cancellationToken).AsTask(),
                clock, cancellationToken, LostCalls.IsSiloGone);
            return info.ToAnswer(question.Person);
        }
        catch (GrainRefusedException e) when (e.Refusal.Reason == RefusalReason.Overloaded)
        {
            throw new StorageOverloadedException(
                "The register of operators", e.Refusal.RetryAfter ?? TimeSpan.FromSeconds(1));
        }
        catch (Exception e) when (IsOfTheWay(e)
            && !(e is OperationCanceledException && cancellationToken.IsCancellationRequested))
        {
            throw new StorageUnavailableException(
                "The record of an operator cannot be read.", e, isTransient: true, outcomeUnknown: false);
        }
    }

    /// <inheritdoc />
    public async ValueTask SettleAsync(OperatorId person, long reservation, DateTimeOffset? happenedAt)
    {
        try
        {
            await Grain(person).SettleAsync(reservation, happenedAt);
        }
        catch (Exception e) when (IsOfTheWay(e))
        {
            // What it was reserved for has happened: nothing here may fail that.
            NotSettled(log, e, person);
        }
    }

    /// <summary>
    /// A cancellation that is not the caller's: the operator's new activation could not register itself in time.
    /// </summary>
    private static bool IsOfTheWay(Exception failure) =>
        failure is GrainRefusedException or TimeoutException or OrleansException or OperationCanceledException;

    private IOperatorGrain Grain(OperatorId person) => grains.GetGrain<IOperatorGrain>(StreamId.Of(person).Value);

    [LoggerMessage(2110, LogLevel.Warning,
        "A reservation of operator {Person} was not settled; it counts as spent until its window is over.")]
    private static partial void NotSettled(ILogger logger, Exception exception, OperatorId person);
}
