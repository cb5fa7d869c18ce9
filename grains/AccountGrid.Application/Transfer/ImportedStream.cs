using AccountGrid.Domain;

namespace AccountGrid.Application;

/// <summary>One journal on its way into a store: folds its entries and says what the store keeps beside them.</summary>
internal abstract class ImportedStream(StreamId id)
{
    /// <summary>The stream that is imported.</summary>
    public StreamId Id => id;

    /// <summary>The index row after the entries so far.</summary>
    public abstract StreamIndexRow Row { get; }

    /// <summary>Takes the next entry.</summary>
    /// <returns>Its budget mark.</returns>
    /// <exception cref="JournalDamagedException">It is not the next one, was changed, or is impossible.</exception>
    /// <exception cref="UnknownFormatException">It was written by a newer program.</exception>
    public abstract BudgetMark? Fold(JournalEntry entry);

    /// <summary>A journal of which nothing was read yet.</summary>
    public static ImportedStream Of(StreamId id) =>
        id.IsAccount(out var account)
            ? new Folded<AccountState, AccountEvent>(
                id, AccountState.Unregistered(account), AccountEvolver.Evolve, new AccountEventCodec(),
                AccountIndex.RowOf, BudgetMarks.Of)
        : id.IsOperator(out var person)
            ? new Folded<OperatorState, OperatorEvent>(
                id, OperatorState.Unknown(person), OperatorEvolver.Evolve, new OperatorEventCodec(),
                OperatorIndex.RowOf, static _ => null)
        : id == StreamId.Brake
            ? new Folded<BrakeState, BrakeEvent>(
                id, BrakeState.Initial, BrakeEvolver.Evolve, new BrakeEventCodec(), BrakeStreamKind.RowAfter,
                static _ => null)
        : id == StreamId.Policy
            ? new Folded<PolicyState, PolicyEvent>(
                id, PolicyState.Unrecorded, PolicyEvolver.Evolve, new PolicyEventCodec(),
                PolicyStreamKind.RowOfState, static _ => null)
        : throw new InvalidOperationException($"{id} is a journal of no known kind.");

    private sealed class Folded<TState, TEvent>(
        StreamId id, TState initial, Func<TState, Recorded<TEvent>, TState> evolve, IEventCodec<TEvent> codec,
        Func<TState, StreamIndexRow> rowOf, Func<TEvent, BudgetMark?> markOf) : ImportedStream(id)
        where TEvent : class
    {
        private readonly EntryFold<TState, TEvent> _fold = new(id, evolve, codec);
        private Head<TState> _head = new(initial, 0, ReadOnlyMemory<byte>.Empty);

        public override StreamIndexRow Row => rowOf(_head.State);

        public override BudgetMark? Fold(JournalEntry entry)
        {
            (_head, var streamEvent) = _fold.After(_head, entry);
            return markOf(streamEvent);
        }
    }
}

/// <summary>Counts the edges of one account while they pass: the count must be their number.</summary>
internal sealed class FollowerTally(FollowerPart first)
{
    private long _edges;
    private long _last;

    /// <summary>The stream.</summary>
    public AccountId Account => first.Account;

    /// <exception cref="FormatException">The part does not follow what came before.</exception>
    public void Add(FollowerPart part)
    {
        if (part.Followers.IsDefault || part.Followers.Length > FollowerPart.MaxFollowers || part.Count != first.Count
            || part.Count.Version < 0)
        {
            throw new FormatException(
                $"its followers or its count are not of one piece, or there are more than {FollowerPart.MaxFollowers}");
        }

        foreach (var follower in part.Followers)
        {
            _edges++;
            if (follower <= _last)
            {
                throw new FormatException("a follower is doubled, out of order, or no account");
            }

            _last = follower;
        }
    }

    /// <exception cref="FormatException">The count is not the number of edges.</exception>
    public void Close()
    {
        if (_edges != first.Count.Count)
        {
            throw new FormatException(
                $"account {Account} before it counts {first.Count.Count} followers and has {_edges}");
        }
    }
}
