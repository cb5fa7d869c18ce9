using System.Text;
using AccountGrid.Application;
using AccountGrid.Domain;

namespace AccountGrid.Conformance;

/// <summary>What every journal does.</summary>
public abstract class JournalSuite(StoreFixture fixture) : StoreSuite(fixture)
{
    [Fact]
    public async Task An_unknown_stream_is_empty()
    {
        var stream = new SampleStream(1).Id;
        Assert.Empty(await Store.Journal.ReadAsync(stream, 1, 10, Stop));
        Assert.Empty(await Store.Journal.ReadBackwardsAsync(stream, long.MaxValue, 10, Stop));
        Assert.False(await Store.Journal.ExistsAsync(stream, Stop));
    }

    [Fact]
    public async Task What_is_appended_is_read_back_exactly_also_after_reopening()
    {
        var stream = new SampleStream(25073877);
        await AppendAsync(stream.Next());
        await AppendAsync(stream.Next(3));
        EntryAssert.Equal(stream.Entries, await Store.Journal.ReadAsync(stream.Id, 1, 10, Stop));
        Assert.True(await Store.Journal.ExistsAsync(stream.Id, Stop));

        await Fixture.ReopenAsync();
        EntryAssert.Equal(stream.Entries, await Store.Journal.ReadAsync(stream.Id, 1, 10, Stop));
    }

    [Fact]
    public async Task A_stream_about_the_grid_is_fenced_and_read_like_any_other_and_has_no_index_row()
    {
        var (policy, account) = (new SampleStream(StreamId.Policy), new SampleStream(25073877));
        var first = policy.Next();
        await AppendAsync(first);
        await AppendAsync(policy.Next(2));
        Assert.Equal(AppendResult.Conflict, await Store.Journal.AppendAsync(first, Stop));
        EntryAssert.Equal(policy.Entries, await Store.Journal.ReadAsync(policy.Id, 1, 10, Stop));
        Assert.Empty(await Store.Index.ListOperatorsAsync("", 10, Stop));

        // Only such a stream is without one.
        var without = account.Next() with { Index = new StreamIndexRow.None { Version = 1 } };
        await Assert.ThrowsAsync<ArgumentException>(() => Store.Journal.AppendAsync(without, Stop));
    }

    [Theory]
    [InlineData("0193e5a0-7e1d-7abc-8def-0123456789ab")]
    [InlineData("0193E5A0-7E1D-7ABC-8DEF-0123456789AB")]
    [InlineData("0193e5a07e1d7abc8def0123456789ab")]
    [InlineData("42")]
    [InlineData("replay:step/7")]
    [InlineData(null)]
    public async Task A_request_id_keeps_its_form(string? requestId)
    {
        var stream = new SampleStream(1);
        await AppendAsync(stream.Next(change: e => e with { RequestId = requestId }));
        EntryAssert.Equal(stream.Entries, await Store.Journal.ReadAsync(stream.Id, 1, 10, Stop));
    }

    [Theory]
    [InlineData("")]
    [InlineData("0af7651916cd43dd8448eb211c80319c")]
    [InlineData("0AF7651916CD43DD8448EB211C80319C")]
    [InlineData("abc")]
    public async Task A_trace_id_and_a_digest_keep_their_form(string text)
    {
        var stream = new SampleStream(1);
        await AppendAsync(
            stream.Next(change: e => e with { TraceId = text, RequestId = "r", RequestDigest = text + text }));
        EntryAssert.Equal(stream.Entries, await Store.Journal.ReadAsync(stream.Id, 1, 10, Stop));
    }

    [Fact]
    public async Task Any_text_payload_and_instant_come_back_as_they_were()
    {
        var stream = new SampleStream(long.MaxValue);
        await AppendAsync(
            stream.Next(change: e =>
                e with
                {
                    Actor = Actor.Service("päivä \u0000 \U0001F600"),
                    Payload = Encoding.UTF8.GetBytes(new string('ü', 20_000))
                }));
        await AppendAsync(
            stream.Next(change: e =>
                e with
                {
                    At = DateTimeOffset.UnixEpoch.AddTicks(-10),
                    Payload = ReadOnlyMemory<byte>.Empty,
                    Actor = Actor.System
                }));
        await AppendAsync(
            stream.Next(change: e =>
                e with { At = new DateTimeOffset(9999, 12, 31, 23, 59, 59, TimeSpan.Zero), TypeVersion = 7 }));
        EntryAssert.Equal(stream.Entries, await Store.Journal.ReadAsync(stream.Id, 1, 10, Stop));
    }

    [Fact]
    public async Task Reading_begins_at_a_sequence_and_stops_at_the_maximum()
    {
        var stream = new SampleStream(1);
        await AppendAsync(stream.Next(10));
        await AppendAsync(new SampleStream(2).Next());
        EntryAssert.Equal(stream.Entries.Skip(3).Take(4), await Store.Journal.ReadAsync(stream.Id, 4, 4, Stop));
        EntryAssert.Equal(stream.Entries.Skip(8), await Store.Journal.ReadAsync(stream.Id, 9, 100, Stop));
        Assert.Empty(await Store.Journal.ReadAsync(stream.Id, 11, 100, Stop));
    }

    [Fact]
    public async Task Reading_backwards_is_below_a_sequence_newest_first()
    {
        var stream = new SampleStream(1);
        await AppendAsync(stream.Next(10));
        EntryAssert.Equal(
            stream.Entries.Take(6).Reverse().Take(3), await Store.Journal.ReadBackwardsAsync(stream.Id, 7, 3, Stop));
        EntryAssert.Equal(
            stream.Entries.Reverse(), await Store.Journal.ReadBackwardsAsync(stream.Id, long.MaxValue, 100, Stop));
    }

    [Fact]
    public async Task Streams_whose_names_begin_alike_are_apart()
    {
        var (one, eleven) = (new SampleStream(1), new SampleStream(11));
        await AppendAsync(eleven.Next(2));
        Assert.False(await Store.Journal.ExistsAsync(one.Id, Stop));
        Assert.Empty(await Store.Journal.ReadAsync(one.Id, 1, 10, Stop));
        var (lower, upper) = (new SampleStream(OperatorId.Parse("kim")), new SampleStream(OperatorId.Parse("Kim")));
        await AppendAsync(lower.Next());
        Assert.False(await Store.Journal.ExistsAsync(upper.Id, Stop));
    }

    [Fact]
    public async Task The_second_writer_of_a_version_meets_a_conflict_and_writes_nothing()
    {
        var winner = new SampleStream(1);
        await AppendAsync(winner.Next(2));
        var loser = new SampleStream(1);
        var late = loser.Next(3, change: static e => e with { Payload = SampleStream.Payload("late") });
        Assert.Equal(AppendResult.Conflict, await Store.Journal.AppendAsync(late, Stop));
        EntryAssert.Equal(winner.Entries, await Store.Journal.ReadAsync(winner.Id, 1, 10, Stop));
        Assert.Equal(2, await Store.Feed.ReadHeadAsync(Stop));
    }

    [Fact]
    public async Task An_append_that_would_leave_a_gap_is_a_conflict()
    {
        var stream = new SampleStream(1);
        var first = stream.Next();
        var second = stream.Next();
        Assert.Equal(AppendResult.Conflict, await Store.Journal.AppendAsync(second, Stop));
        await AppendAsync(first);
        await AppendAsync(second);
    }

    [Fact]
    public async Task Of_eight_writers_exactly_one_wins_each_sequence()
    {
        const int Writers = 8, Rounds = 40;
        var id = new SampleStream(1).Id;
        var wins = await Task.WhenAll(Enumerable.Range(0, Writers).Select(writer => Task.Run(async () =>
        {
            var (won, mine) = (new List<long>(), new SampleStream(1));
            for (var version = 0; version < Rounds; version = (int)mine.Version)
            {
                var append = mine.Next(change: e => e with { RequestId = $"{writer}:{e.Sequence}" });
                if (await Store.Journal.AppendAsync(append, Stop) == AppendResult.Appended)
                {
                    won.Add(append.ExpectedVersion + 1);
                    continue;
                }

                // Stale: takes over what the others wrote.
                mine.StaleAt(append.ExpectedVersion);
                foreach (var entry in await Store.Journal.ReadAsync(id, mine.Version + 1, 1000, Stop))
                {
                    mine.Next(change: _ => entry);
                }
            }

            return won;
        })));

        var entries = await Store.Journal.ReadAsync(id, 1, 1000, Stop);
        var all = wins.SelectMany(static w => w).Order().ToArray();
        Assert.Equal(Enumerable.Range(1, all.Length).Select(static s => (long)s), all);
        Assert.Equal(all, entries.Select(static e => e.Sequence));
        for (var writer = 0; writer < Writers; writer++)
        {
            Assert.All(wins[writer],
                sequence => Assert.Equal($"{writer}:{sequence}", entries[(int)sequence - 1].RequestId));
        }
    }

    [Fact]
    public async Task A_conflict_does_not_disturb_the_appends_beside_it()
    {
        await AppendAsync(new SampleStream(1).Next());
        var streams = Enumerable.Range(1, 200).Select(static i => new SampleStream(i)).ToArray();
        var results = await Task.WhenAll(streams.Select(s => Store.Journal.AppendAsync(s.Next(2), Stop)));
        Assert.Equal(AppendResult.Conflict, results[0]);
        Assert.All(results.Skip(1), static r => Assert.Equal(AppendResult.Appended, r));
        Assert.Equal(1 + (199 * 2), await Store.Feed.ReadHeadAsync(Stop));
    }

    [Fact]
    public async Task A_malformed_append_is_a_fault_of_the_caller()
    {
        var good = new SampleStream(1).Next(2);
        await RefusedAsync(good with { Entries = [] });
        await RefusedAsync(good with { ExpectedVersion = 1 });
        await RefusedAsync(good with { Stream = new SampleStream(2).Id });
        await RefusedAsync(good with { Entries = good.Entries.RemoveAt(1) });
        await RefusedAsync(
            good with
            {
                Entries = [good.Entries[0],
                good.Entries[1] with { Entry = good.Entries[1].Entry with { Hash = default } }]
            });
        await RefusedAsync(new SampleStream(1).Next(65));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => Store.Journal.ReadAsync(good.Stream, 1, 0, Stop));
        Assert.Equal(0, await Store.Feed.ReadHeadAsync(Stop));

        async Task RefusedAsync(JournalAppend append) =>
            await Assert.ThrowsAsync<ArgumentException>(() => Store.Journal.AppendAsync(append, Stop));
    }

    [Fact]
    public async Task A_cancelled_call_does_nothing()
    {
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();
        var stream = new SampleStream(1);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => Store.Journal.AppendAsync(stream.Next(), cancelled.Token));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => Store.Journal.ReadAsync(stream.Id, 1, 1, cancelled.Token));
        Assert.False(await Store.Journal.ExistsAsync(stream.Id, Stop));
    }
}
