using AccountGrid.Application;
using AccountGrid.Domain;

namespace AccountGrid.Testing;

/// <summary>
/// The operators of a test: real processors, asked directly, with a record of every question and settlement. Runs on
/// one scheduler, like the processors it holds.
/// </summary>
public sealed class OperatorDesk : IOperatorAuthority
{
    private readonly Dictionary<OperatorId, OperatorProcessor> _people = [];
    private readonly Dictionary<Actor, ServiceProcessor> _services = [];

    /// <summary>What the processors are built on; set once, before the first question.</summary>
    public OperatorServices? Services { get; set; }

    /// <summary>Every question, in order.</summary>
    public List<AuthorityQuestion> Questions { get; } = [];

    /// <summary>Every settlement, in order.</summary>
    public List<(Actor Payer, DateTimeOffset? HappenedAt)> Settlements { get; } = [];

    /// <summary>Whoever cannot be reached.</summary>
    public HashSet<OperatorId> Unreachable { get; } = [];

    /// <summary>Runs before each answer: something that happens at that very instant.</summary>
    public Func<AuthorityQuestion, Task>? OnAsk { get; set; }

    /// <summary>A person's processor, loaded.</summary>
    public async Task<OperatorProcessor> OfAsync(OperatorId person)
    {
        if (!_people.TryGetValue(person, out var processor))
        {
            processor = new OperatorProcessor(
                person, Services ?? throw new InvalidOperationException("The desk has no services yet."));
            _people[person] = processor;
            await processor.LoadAsync(CancellationToken.None);
        }

        return processor;
    }

    /// <inheritdoc/>
    public async Task<AuthorityAnswer> AskAsync(AuthorityQuestion question, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(question);
        Questions.Add(question);
        if (Unreachable.Contains(question.Person))
        {
            throw new TimeoutException("The operator's grain did not answer.");
        }

        if (OnAsk is { } hook)
        {
            await hook(question);
        }

        var asked = question.OfAService ? question with { Intent = null } : question;
        var answer = await (await OfAsync(question.Person)).AskAsync(asked, cancellationToken);
        if (!question.OfAService || question.Intent is not { } intent)
        {
            return answer;
        }

        var (reservation, refusal) = await OfService(question.Payer).ReserveAsync(intent, cancellationToken);
        return new(answer.Authority with { Budget = refusal }, reservation);
    }

    /// <inheritdoc/>
    public async Task<AuthorityAnswer> PeekAsync(AuthorityQuestion question, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(question);
        var processor = await OfAsync(question.Person);
        if (!question.OfAService || question.Intent is not { } intent)
        {
            return await processor.PeekAsync(question, cancellationToken);
        }

        var answer = await processor.PeekAsync(question with { Intent = null }, cancellationToken);
        var (refusal, left) = await OfService(question.Payer).PeekAsync(intent, cancellationToken);
        return new(answer.Authority with { Budget = refusal }, null) { Left = left };
    }

    /// <inheritdoc/>
    public async ValueTask SettleAsync(Actor payer, long reservation, DateTimeOffset? happenedAt)
    {
        ArgumentNullException.ThrowIfNull(payer);
        Settlements.Add((payer, happenedAt));
        if (payer.Person is { } person)
        {
            (await OfAsync(person)).Settle(reservation, happenedAt);
        }
        else
        {
            OfService(payer).Settle(reservation, happenedAt);
        }
    }

    /// <summary>A service's processor.</summary>
    public ServiceProcessor OfService(Actor service)
    {
        if (!_services.TryGetValue(service, out var processor))
        {
            _services[service] = processor = new(
                service, Services ?? throw new InvalidOperationException("The desk has no services yet."));
        }

        return processor;
    }
}
