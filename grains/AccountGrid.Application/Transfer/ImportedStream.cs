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
        id.IsAccount(out var account) ? new OfAccount(id, account)
        : id.IsOperator(out var person) ? new OfOperator(id, person)
        : throw new InvalidOperationException($"{id} is neither an account's nor an operator's journal.");

    private sealed class OfAccount(StreamId id, AccountId account) : ImportedStream(id)
    {
        private readonly EntryFold<AccountState, AccountEvent> _fold =
            new(id, AccountEvolver.Evolve, new AccountEventCodec());
        private Head<AccountState> _head = new(AccountState.Unregistered(account), 0, ReadOnlyMemory<byte>.Empty);

        public override StreamIndexRow Row => AccountIndex.RowOf(_head.State);

        public override BudgetMark? Fold(JournalEntry entry)
        {
            (_head, var accountEvent) = _fold.After(_head, entry);
            return BudgetMarks.Of(accountEvent);
        }
    }

    private sealed class OfOperator(StreamId id, OperatorId person) : ImportedStream(id)
    {
        private readonly EntryFold<OperatorState, OperatorEvent> _fold =
            new(id, OperatorEvolver.Evolve, new OperatorEventCodec());
        private Head<OperatorState> _head = new(OperatorState.Unknown(person), 0, ReadOnlyMemory<byte>.Empty);

        public override StreamIndexRow Row => OperatorIndex.RowOf(_head.State);

        public override BudgetMark? Fold(JournalEntry entry)
        {
            (_head, _) = _fold.After(_head, entry);
            return null;
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
