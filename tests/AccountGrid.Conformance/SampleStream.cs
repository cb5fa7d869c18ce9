using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using AccountGrid.Application;
using AccountGrid.Domain;

namespace AccountGrid.Conformance;

/// <summary>
/// Makes well-formed appends to one stream, with the hash chain that a processor would compute, and remembers what it
/// made.
/// </summary>
public sealed class SampleStream
{
    private readonly List<JournalEntry> _entries = [];

    public SampleStream(long account) => Id = StreamId.Of(new AccountId(account));

    public SampleStream(OperatorId person) => Id = StreamId.Of(person);

    /// <summary>A stream about the whole grid.</summary>
    public SampleStream(StreamId ofGrid) => Id = ofGrid;

    public static DateTimeOffset Day { get; } = new(2017, 11, 2, 18, 52, 0, TimeSpan.Zero);

    public StreamId Id { get; }

    /// <summary>Everything made so far, in order.</summary>
    public IReadOnlyList<JournalEntry> Entries => _entries;

    public long Version => _entries.Count;

    /// <summary>Changes the account's index row of the next append.</summary>
    public Func<StreamIndexRow.Account, StreamIndexRow.Account> Row { get; set; } = static row => row;

    /// <summary>Whether the operator's next append says that an offboarding is unfinished.</summary>
    public bool FreezePending { get; set; }

    public static ReadOnlyMemory<byte> Payload(string note) => Encoding.UTF8.GetBytes($$"""{"note":"{{note}}"}""");

    /// <summary>The next append, of so many entries.</summary>
    public JournalAppend Next(int entries = 1, BudgetMark? harm = null, Func<JournalEntry, JournalEntry>? change = null)
    {
        var expected = Version;
        var pending = ImmutableArray.CreateBuilder<PendingEntry>(entries);
        for (var i = 0; i < entries; i++)
        {
            var entry = Chain(change is null ? Plain() : change(Plain()));
            _entries.Add(entry);
            pending.Add(new PendingEntry(entry, harm));
        }

        return new JournalAppend(Id, expected, pending.MoveToImmutable(), IndexRow());
    }

    /// <summary>Forgets entries from a version on, as a writer whose state is stale.</summary>
    public SampleStream StaleAt(long version)
    {
        _entries.RemoveRange((int)version, _entries.Count - (int)version);
        return this;
    }

    private JournalEntry Plain()
    {
        var sequence = Version + 1;
        return new JournalEntry(
            Id, sequence, Day.AddSeconds(sequence), Actor.Operator(OperatorId.Parse("kim")), "hold-placed", 1,
            Payload(string.Create(CultureInfo.InvariantCulture, $"entry {sequence}")),
            "0af7651916cd43dd8448eb211c80319c", RequestId: null, RequestDigest: null, Hash: default);
    }

    private JournalEntry Chain(JournalEntry entry) =>
        entry with { Hash = EntryHash.Compute(entry, _entries.Count == 0 ? default : _entries[^1].Hash.Span) };

    private StreamIndexRow IndexRow() => Id.IsAccount(out var account)
        ? Row(new StreamIndexRow.Account
        {
            Version = Version,
            Id = account,
            Handle = string.Create(CultureInfo.InvariantCulture, $"user_{account.Value}"),
            Status = AccountStatus.Active,
            Designated = false,
            ProposalSequence = null,
            ProposedBy = null,
            DueAt = null,
        })
        : Id.IsOfGrid ? new StreamIndexRow.None { Version = Version }
        : new StreamIndexRow.Operator
        {
            Version = Version,
            Id = Id.IsOperator(out var person) ? person : default,
            FreezePending = FreezePending,
        };
}

/// <summary>Compares entries by content: records compare their bytes by reference.</summary>
public static class EntryAssert
{
    public static void Equal(JournalEntry expected, JournalEntry actual)
    {
        Assert.Equal(expected.Payload.ToArray(), actual.Payload.ToArray());
        Assert.Equal(expected.Hash.ToArray(), actual.Hash.ToArray());
        Assert.Equal(expected with { Payload = default, Hash = default },
            actual with { Payload = default, Hash = default });
    }

    public static void Equal(IEnumerable<JournalEntry> expected, IEnumerable<JournalEntry> actual)
    {
        var (wanted, found) = (expected.ToArray(), actual.ToArray());
        Assert.Equal(wanted.Select(static e => (e.Stream, e.Sequence)),
            found.Select(static e => (e.Stream, e.Sequence)));
        foreach (var (one, other) in wanted.Zip(found))
        {
            Equal(one, other);
        }
    }
}
