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

    /// <summary>What the processors are built on; set once, before the first question.</summary>
    public OperatorServices? Services { get; set; }

    /// <summary>Every question, in order.</summary>
    public List<AuthorityQuestion> Questions { get; } = [];

    /// <summary>Every settlement, in order.</summary>
    public List<(OperatorId Person, DateTimeOffset? HappenedAt)> Settlements { get; } = [];

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

        return await (await OfAsync(question.Person)).AskAsync(question, cancellationToken);
    }

    /// <inheritdoc/>
    public async ValueTask SettleAsync(OperatorId person, long reservation, DateTimeOffset? happenedAt)
    {
        Settlements.Add((person, happenedAt));
        (await OfAsync(person)).Settle(reservation, happenedAt);
    }
}
