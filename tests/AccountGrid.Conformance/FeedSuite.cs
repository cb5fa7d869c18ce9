using AccountGrid.Application;
using AccountGrid.Domain;

namespace AccountGrid.Conformance;

/// <summary>What every feed does.</summary>
public abstract class FeedSuite(StoreFixture fixture) : StoreSuite(fixture)
{
    private static readonly JournalFilter All = new();

    [Fact]
    public async Task Positions_begin_at_one_and_follow_the_commits_without_gaps()
    {
        Assert.Equal(0, await Store.Feed.ReadHeadAsync(Stop));
        var (one, two) = (new SampleStream(1), new SampleStream(2));
        await AppendAsync(two.Next(2));
        await AppendAsync(one.Next());
        var entries = await Store.Feed.ReadAfterAsync(0, 10, Stop);
        Assert.Equal([1L, 2, 3], entries.Select(static e => e.Position));
        EntryAssert.Equal([.. two.Entries, .. one.Entries], entries.Select(static e => e.Entry));
        Assert.Equal(3, await Store.Feed.ReadHeadAsync(Stop));
    }

    [Fact]
    public async Task Positions_go_on_after_reopening()
    {
        var stream = new SampleStream(1);
        await AppendAsync(stream.Next(2));
        await Fixture.ReopenAsync();
        Assert.Equal(2, await Store.Feed.ReadHeadAsync(Stop));
        await AppendAsync(stream.Next());
        Assert.Equal([3L], (await Store.Feed.ReadAfterAsync(2, 10, Stop)).Select(static e => e.Position));
    }

    [Fact]
    public async Task A_follower_of_the_feed_sees_every_entry_once_while_many_append()
    {
        const int Streams = 20, Appends = 15;
        var seen = new List<CommittedEntry>();
        var reading = Task.Run(async () =>
        {
            for (var position = 0L; seen.Count < Streams * Appends; position = seen.Count == 0 ? 0 : seen[^1].Position)
            {
                await Store.Feed.WaitForAsync(position, Stop);
                var page = await Store.Feed.ReadAfterAsync(position, 7, Stop);
                Assert.NotEmpty(page);
                seen.AddRange(page);
            }
        }, Stop);
        await Task.WhenAll(Enumerable.Range(1, Streams).Select(id => Task.Run(async () =>
        {
            var stream = new SampleStream(id);
            for (var i = 0; i < Appends; i++)
            {
                await AppendAsync(stream.Next());
            }
        })));
        await reading.WaitAsync(TimeSpan.FromSeconds(30), Stop);
        Assert.Equal(Enumerable.Range(1, Streams * Appends).Select(static p => (long)p),
            seen.Select(static e => e.Position));
        Assert.All(seen.GroupBy(static e => e.Entry.Stream),
            static s =>
                Assert.Equal(Enumerable.Range(1, Appends).Select(static n => (long)n),
                    s.Select(static e => e.Entry.Sequence)));
    }

    [Fact]
    public async Task Waiting_ends_with_the_commit_and_not_before()
    {
        var stream = new SampleStream(1);
        await AppendAsync(stream.Next());
        await Store.Feed.WaitForAsync(0, Stop).WaitAsync(TimeSpan.FromSeconds(10), Stop);
        var waiting = Store.Feed.WaitForAsync(1, Stop);
        var longer = Store.Feed.WaitForAsync(2, Stop);
        Assert.False(waiting.IsCompleted);
        await AppendAsync(stream.Next());
        await waiting.WaitAsync(TimeSpan.FromSeconds(10), Stop);
        Assert.False(longer.IsCompleted);
        await AppendAsync(stream.Next());
        await longer.WaitAsync(TimeSpan.FromSeconds(10), Stop);
    }

    [Fact]
    public async Task Waiting_ends_with_cancellation()
    {
        using var source = new CancellationTokenSource();
        var waiting = Store.Feed.WaitForAsync(0, source.Token);
        await source.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => waiting.WaitAsync(TimeSpan.FromSeconds(10), Stop));
    }

    [Fact]
    public async Task Closing_the_store_ends_every_wait()
    {
        var waiting = Store.Feed.WaitForAsync(0, Stop);
        await Fixture.CloseAsync();
        await Assert.ThrowsAsync<StorageUnavailableException>(() => waiting.WaitAsync(TimeSpan.FromSeconds(10), Stop));
    }

    [Fact]
    public async Task Reading_before_a_position_is_newest_first_and_filtered_by_everything_given()
    {
        var (one, two) = (new SampleStream(1), new SampleStream(2));
        await AppendAsync(one.Next(3));
        await AppendAsync(
            two.Next(2, change: static e =>
                e with { Actor = Actor.System, Type = "hold-lifted", At = SampleStream.Day.AddHours(e.Sequence) }));
        Assert.Equal([5L, 4, 3, 2, 1], await BeforeAsync(All));
        Assert.Equal([2L, 1], (await Store.Feed.ReadBeforeAsync(3, All, 10, Stop)).Select(static e => e.Position));
        Assert.Equal([5L, 4],
            (await Store.Feed.ReadBeforeAsync(long.MaxValue, All, 2, Stop)).Select(static e => e.Position));
        Assert.Empty(await Store.Feed.ReadBeforeAsync(1, All, 10, Stop));
        Assert.Equal([3L, 2, 1], await BeforeAsync(All with { Stream = one.Id }));
        Assert.Equal([5L, 4], await BeforeAsync(All with { Subject = "system" }));
        Assert.Equal([5L, 4], await BeforeAsync(All with { Type = "hold-lifted" }));
        Assert.Equal([5L], await BeforeAsync(All with { Since = SampleStream.Day.AddHours(2) }));
        Assert.Equal([4L, 3, 2, 1], await BeforeAsync(All with { Until = SampleStream.Day.AddHours(2) }));
        Assert.Equal([4L],
            await BeforeAsync(
                new JournalFilter(two.Id, "system", "hold-lifted", SampleStream.Day, SampleStream.Day.AddHours(2))));
        Assert.Empty(await BeforeAsync(new JournalFilter(one.Id, "system")));
    }

    private async Task<IEnumerable<long>> BeforeAsync(JournalFilter filter) =>
        (await Store.Feed.ReadBeforeAsync(long.MaxValue, filter, 10, Stop)).Select(static e => e.Position);
}
