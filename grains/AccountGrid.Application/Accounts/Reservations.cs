using System.Collections.Immutable;
using AccountGrid.Domain;

namespace AccountGrid.Application;

/// <summary>
/// Asks for the authority of all people concerned, and the brake, and settles every reservation made: with the instant
/// when its harm took effect, or as released when it did not. After an unknown outcome a reservation is kept and counts
/// as spent.
/// </summary>
/// <param name="authority">The people's and services' records.</param>
/// <param name="brake">The brake over the grid.</param>
/// <param name="peek">Whether nothing is reserved: the command is only validated.</param>
internal sealed class Reservations(IOperatorAuthority authority, IBrake brake, bool peek = false)
{
    private Dictionary<Actor, BudgetLeft>? _left;
    private readonly List<(Actor Payer, long Number)> _open = [];
    private long? _ofBrake;

    /// <summary>The answers, each asked for at this instant.</summary>
    /// <param name="situation">The situation without answers.</param>
    /// <param name="questions">What to ask; at most one of them is about a service.</param>
    /// <param name="diagnostics">Spans.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task<Situation> AskAsync(
        Situation situation, ImmutableArray<AuthorityQuestion> questions, ApplicationDiagnostics diagnostics,
        CancellationToken cancellationToken)
    {
        if (questions.IsEmpty)
        {
            return situation;
        }

        var answers = new Dictionary<OperatorId, Authority>(questions.Length);
        foreach (var question in questions)
        {
            using var span =
                diagnostics.Start("operator.ask")?.SetTag(ApplicationDiagnostics.OperatorTag, question.Person.Value);
            var answer = await (peek
                ? authority.PeekAsync(question, cancellationToken)
                : authority.AskAsync(question, cancellationToken));
            ApplicationDiagnostics.Answered(span, answer.Authority);
            if (answer.Left is { } left)
            {
                (_left ??= [])[question.Payer] = left;
            }

            if (answer.Reservation is { } number)
            {
                _open.Add((question.Payer, number));
            }

            if (question.OfAService)
            {
                // The register's answer stands for the person with the subject, whose budget this is not.
                situation = situation with { ServiceBudget = answer.Authority.Budget };
                answers.TryAdd(question.Person, answer.Authority with { Budget = null });
            }
            else
            {
                answers[question.Person] = answer.Authority;
            }
        }

        return situation with { Authorities = answers };
    }

    /// <summary>Asks the brake about a harm that one identity would cause alone.</summary>
    /// <returns>Until when the brake is engaged; <c>null</c> where the harm may happen, reserved.</returns>
    public async Task<DateTimeOffset?> AskBrakeAsync(
        HarmIntent harm, ApplicationDiagnostics diagnostics, CancellationToken cancellationToken)
    {
        using var span = diagnostics.Start("brake.ask");
        var answer = await (peek
            ? brake.PeekAsync(harm, cancellationToken)
            : brake.ReserveAsync(harm, cancellationToken));
        if (answer.EngagedUntil is not null)
        {
            span?.SetTag("accountgrid.brake.engaged", "true");
        }

        _ofBrake = answer.Reservation;
        return answer.EngagedUntil;
    }

    /// <summary>What is left of an actor's budget, where it was asked for without a reservation.</summary>
    public BudgetLeft? LeftOf(Actor payer) => _left?.GetValueOrDefault(payer);

    /// <summary>
    /// The harm took effect, at the cost of <paramref name="charged"/>; whatever others had reserved did not.
    /// </summary>
    public async ValueTask SpendAsync(Actor? charged, DateTimeOffset at)
    {
        // At the same time: the caller waits for both.
        var ofBrake = _ofBrake is { } reserved
            ? brake.SettleAsync(reserved, charged is null ? null : at)
            : ValueTask.CompletedTask;
        foreach (var (payer, number) in Drain())
        {
            await authority.SettleAsync(payer, number, payer == charged ? at : null);
        }

        await ofBrake;
    }

    /// <summary>Nothing took effect. Does nothing for what is settled or kept already.</summary>
    public ValueTask ReleaseAsync() => SpendAsync(charged: null, default);

    /// <summary>The outcome is unknown: the reservations count as spent.</summary>
    public void KeepAsSpent() => Drain();

    private (Actor Payer, long Number)[] Drain()
    {
        var open = _open.ToArray();
        _open.Clear();
        _ofBrake = null;
        return open;
    }
}
