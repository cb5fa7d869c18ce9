using AccountGrid.Application;
using AccountGrid.Domain;

namespace AccountGrid.Testing;

/// <summary>
/// What a person with the database and the documentation can do: append an entry that is right by the public hash
/// chain. A MAC needs the silos' key.
/// </summary>
public static class Forgery
{
    /// <summary>Appends an event behind the last entry of a stream, with that entry's actor and time.</summary>
    /// <param name="journal">The store's own journal, which needs no MAC.</param>
    /// <param name="stream">A stream with an entry.</param>
    /// <param name="forged">The event.</param>
    /// <param name="row">The index row that fits, by the stream's new version.</param>
    /// <param name="mac">A MAC to put beside it; empty = none.</param>
    /// <param name="cancellationToken">Honoured until the append is handed to the store.</param>
    public static async Task<AppendResult> AppendAsync(
        IJournal journal, StreamId stream, EncodedEvent forged, Func<long, StreamIndexRow> row,
        ReadOnlyMemory<byte> mac, CancellationToken cancellationToken)
    {
        var last = (await journal.ReadBackwardsAsync(stream, long.MaxValue, 1, cancellationToken))[0];
        var entry = last with
        {
            Sequence = last.Sequence + 1,
            Type = forged.Type,
            TypeVersion = forged.TypeVersion,
            Payload = forged.Payload,
        };
        entry = entry with { Hash = EntryHash.Compute(entry, last.Hash.Span) };
        return await journal.AppendAsync(
            new JournalAppend(
                stream, last.Sequence, [new PendingEntry(entry, null) { Mac = mac }], row(entry.Sequence)),
            cancellationToken);
    }

    /// <summary>Appends a suspension that a person placed alone, until an instant.</summary>
    /// <param name="journal">As in <see cref="AppendAsync"/>.</param>
    /// <param name="account">A registered account.</param>
    /// <param name="person">In whose name.</param>
    /// <param name="handle">The account's handle.</param>
    /// <param name="until">The end of the suspension, UTC.</param>
    /// <param name="mac">As in <see cref="AppendAsync"/>.</param>
    /// <param name="cancellationToken">As in <see cref="AppendAsync"/>.</param>
    public static Task<AppendResult> SuspendAsync(
        IJournal journal, AccountId account, OperatorId person, string handle, DateTimeOffset until,
        ReadOnlyMemory<byte> mac, CancellationToken cancellationToken)
    {
        var suspension = new HarmAction(HarmKind.Suspend, "ABUSE", "", "", Until: until);
        var forged = new AccountEventCodec().Encode(new AccountEvent.HoldPlaced(
            suspension, Actor.Operator(person), null, null, new Impact(0, Tier.Standard)));
        return AppendAsync(
            journal, StreamId.Of(account), forged, version => new StreamIndexRow.Account
            {
                Version = version,
                Id = account,
                Handle = handle,
                Status = AccountStatus.Suspended,
                Designated = false,
                ProposalSequence = null,
                ProposedBy = null,
                DueAt = until,
            },
            mac, cancellationToken);
    }
}
