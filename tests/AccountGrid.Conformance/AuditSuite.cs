using AccountGrid.Application;
using AccountGrid.Domain;

namespace AccountGrid.Conformance;

/// <summary>What every audit source does.</summary>
public abstract class AuditSuite(StoreFixture fixture) : StoreSuite(fixture)
{
    [Fact]
    public async Task Entries_come_by_stream_ordinally_and_by_position()
    {
        var streams = await FillAsync();
        await using var view = await Store.Audit.OpenAsync(Stop);
        var byStream = await ListAsync(view.ReadByStreamAsync(Stop));
        var expected = streams.OrderBy(static s => s.Id.Value, StringComparer.Ordinal)
            .SelectMany(static s => s.Entries);
        EntryAssert.Equal(expected, byStream.Select(static e => e.Entry));

        var byPosition = await ListAsync(view.ReadByPositionAsync(Stop));
        Assert.Equal(Enumerable.Range(1, byStream.Count).Select(static p => (long)p),
            byPosition.Select(static e => e.Position));
        EntryAssert.Equal(byStream.OrderBy(static e => e.Position).Select(static e => e.Entry),
            byPosition.Select(static e => e.Entry));
    }

    [Fact]
    public async Task Heads_are_every_streams_version_ordinally()
    {
        var streams = await FillAsync();
        await using var view = await Store.Audit.OpenAsync(Stop);
        Assert.Equal(
            streams.OrderBy(static s => s.Id.Value, StringComparer.Ordinal)
                .Select(static s => new StreamHead(s.Id, s.Version)), await ListAsync(view.ReadHeadsAsync(Stop)));
    }

    [Fact]
    public async Task A_view_stays_at_its_instant()
    {
        var streams = await FillAsync();
        await using var view = await Store.Audit.OpenAsync(Stop);
        var before = (await ListAsync(view.ReadByPositionAsync(Stop))).Count;
        foreach (var stream in streams)
        {
            await AppendAsync(stream.Next());
        }

        await AppendAsync(new SampleStream(77).Next());
        Assert.Equal(before, (await ListAsync(view.ReadByPositionAsync(Stop))).Count);
        Assert.Equal(before, (await ListAsync(view.ReadByStreamAsync(Stop))).Count);
        Assert.Equal(before, (await ListAsync(view.ReadHeadsAsync(Stop))).Sum(static h => h.Version));
        await using var later = await Store.Audit.OpenAsync(Stop);
        Assert.Equal(before + streams.Count + 1, (await ListAsync(later.ReadByPositionAsync(Stop))).Count);
    }

    [Fact]
    public async Task Reading_may_stop_in_the_middle_and_begin_again()
    {
        await FillAsync();
        await using var view = await Store.Audit.OpenAsync(Stop);
        await foreach (var entry in view.ReadByPositionAsync(Stop))
        {
            if (entry.Position == 3)
            {
                break;
            }
        }

        Assert.Equal(1, (await ListAsync(view.ReadByPositionAsync(Stop)))[0].Position);
    }

    [Fact]
    public async Task Reading_ends_with_cancellation()
    {
        await FillAsync();
        await using var view = await Store.Audit.OpenAsync(Stop);
        using var source = new CancellationTokenSource();
        await source.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => ListAsync(view.ReadByStreamAsync(source.Token)));
    }

    [Fact]
    public async Task An_empty_store_has_nothing_to_audit()
    {
        await using var view = await Store.Audit.OpenAsync(Stop);
        Assert.Empty(await ListAsync(view.ReadByStreamAsync(Stop)));
        Assert.Empty(await ListAsync(view.ReadByPositionAsync(Stop)));
        Assert.Empty(await ListAsync(view.ReadHeadsAsync(Stop)));
        Assert.Empty(await ListAsync(view.ReadCheckpointsAsync(Stop)));
    }

    [Fact]
    public async Task A_changed_payload_is_shown_as_it_stands()
    {
        var (tamper, stream) = (Tamper(), new SampleStream(1));
        await AppendAsync(stream.Next(3));
        await tamper.ReplacePayloadAsync(stream.Id, 2, SampleStream.Payload("forged"));
        var entry = (await ReadByStreamAsync())[1].Entry;
        Assert.Equal(SampleStream.Payload("forged").ToArray(), entry.Payload.ToArray());
        Assert.NotEqual(EntryHash.Compute(entry, stream.Entries[0].Hash.Span), entry.Hash.ToArray());
    }

    [Fact]
    public async Task A_removed_entry_leaves_its_gap()
    {
        var (tamper, stream) = (Tamper(), new SampleStream(1));
        await AppendAsync(stream.Next(3));
        await tamper.DeleteAsync(stream.Id, 2);
        Assert.Equal([1L, 3], (await ReadByStreamAsync()).Select(static e => e.Entry.Sequence));
        Assert.Equal([1L, 3], (await ReadByStreamAsync()).Select(static e => e.Position));
    }

    [Fact]
    public async Task A_cut_tail_shows_against_the_index()
    {
        var (tamper, stream) = (Tamper(), new SampleStream(1));
        await AppendAsync(stream.Next(3));
        await tamper.DeleteAsync(stream.Id, 3);
        await using var view = await Store.Audit.OpenAsync(Stop);
        Assert.Equal(3, Assert.Single(await ListAsync(view.ReadHeadsAsync(Stop))).Version);
        Assert.Equal(2, (await ListAsync(view.ReadByStreamAsync(Stop))).Count);
    }

    [Fact]
    public async Task Exchanged_positions_are_shown_as_they_stand()
    {
        var (tamper, one, two) = (Tamper(), new SampleStream(1), new SampleStream(2));
        await AppendAsync(one.Next());
        await AppendAsync(two.Next());
        await tamper.SwapPositionsAsync(1, 2);
        Assert.Equal([2L, 1], (await ReadByStreamAsync()).Select(static e => e.Position));
    }

    private ITamper Tamper()
    {
        Assert.SkipWhen(Fixture.Tamper is null, "This kind of store has no way in.");
        return Fixture.Tamper;
    }

    private async Task<List<CommittedEntry>> ReadByStreamAsync()
    {
        await using var view = await Store.Audit.OpenAsync(Stop);
        return await ListAsync(view.ReadByStreamAsync(Stop));
    }

    /// <summary>
    /// Names whose order as text and as numbers differ, interleaved, and more rows than a store fetches at a time.
    /// </summary>
    private async Task<IReadOnlyList<SampleStream>> FillAsync()
    {
        SampleStream[] streams =
        [
            new(2), new(10), new(1), new(25073877), new(9), new(100), new(OperatorId.Parse("kim")), new(
                OperatorId.Parse("Zoe")), new(OperatorId.Parse("a.b")), new(OperatorId.Parse("a"))
        ];
        for (var round = 0; round < 3; round++)
        {
            foreach (var stream in streams)
            {
                await AppendAsync(stream.Next(round == 1 ? 30 : 1));
            }
        }

        return streams;
    }
}
