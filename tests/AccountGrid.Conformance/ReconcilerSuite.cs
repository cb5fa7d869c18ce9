using System.Collections.Immutable;
using AccountGrid.Application;
using AccountGrid.Domain;
using AccountGrid.Testing;

namespace AccountGrid.Conformance;

/// <summary>What the reconciler finds, and leaves alone, on every store; and what the port below it promises.</summary>
public abstract class ReconcilerSuite(StoreFixture fixture) : StoreSuite(fixture)
{
    private static readonly ReconcilerSettings Fast =
        new() { EdgesPerSecond = 10_000_000, SliceEdges = 1_000, Rotation = TimeSpan.FromMinutes(1) };

    [Fact]
    public async Task Whoever_is_registered_or_has_a_count_is_listed()
    {
        await AppendAsync(new SampleStream(2).Next());
        await AppendAsync(new SampleStream(9).Next());
        await FollowAsync(5, 1);
        await FollowAsync(9, 1);
        Assert.Equal([2, 5, 9], Ids(await Store.FollowerAudit.ListAsync(0, 10, Stop)));
        Assert.Equal([2, 5], Ids(await Store.FollowerAudit.ListAsync(0, 2, Stop)));
        Assert.Equal([9], Ids(await Store.FollowerAudit.ListAsync(5, 10, Stop)));
    }

    [Fact]
    public async Task Edges_are_counted_in_parts_with_the_count_beside_them()
    {
        await FollowAsync(1, 5);
        await FollowAsync(2, 3);
        Assert.Equal(new EdgeSlice(5, 1, 3, 3), await Store.FollowerAudit.CountAsync(new(1), long.MinValue, 3, Stop));
        Assert.Equal(new EdgeSlice(5, 1, 2, null), await Store.FollowerAudit.CountAsync(new(1), 3, 3, Stop));
        Assert.Equal(new EdgeSlice(5, 1, 5, 5), await Store.FollowerAudit.CountAsync(new(1), long.MinValue, 5, Stop));
        Assert.Equal(new EdgeSlice(5, 1, 0, null), await Store.FollowerAudit.CountAsync(new(1), 5, 5, Stop));
        Assert.Equal(new EdgeSlice(0, 0, 0, null),
            await Store.FollowerAudit.CountAsync(new(3), long.MinValue, 5, Stop));
    }

    [Fact]
    public async Task Counts_that_agree_are_compared_and_nothing_is_said()
    {
        await AppendAsync(new SampleStream(1).Next());
        await FollowAsync(2, 10);
        await FollowAsync(3, 2_500);
        using var run = new ReconcilerRun(Store.FollowerAudit, Fast);
        await run.TickAsync(Stop);
        Assert.Equal((3, 2_510, 0, 0),
            (run.Sum("accounts.checked"), run.Sum("edges.counted"), run.Last("drifting.accounts"),
                run.Last("drift.followers")));
        Assert.Empty(run.Warnings);
    }

    [Theory]
    [InlineData(40)]
    [InlineData(3_700)]
    public async Task Edges_removed_behind_the_stores_back_are_reported_and_left_removed(int followers)
    {
        Assert.SkipWhen(Fixture.Tamper is null, "This store has no way in but its own.");
        await FollowAsync(1, 7);
        await FollowAsync(2, followers);
        await Fixture.Tamper.RemoveEdgesAsync(new(2), 3);
        using var run = new ReconcilerRun(Store.FollowerAudit, Fast);
        await run.TickAsync(Stop);
        Assert.Equal((2, 1, 3),
            (run.Sum("accounts.checked"), run.Last("drifting.accounts"), run.Last("drift.followers")));
        Assert.Contains($"account 2 shows {followers} followers and has {followers - 3} edges",
            Assert.Single(run.Warnings), StringComparison.Ordinal);
        Assert.Equal(followers, (await Store.Ledger.ReadCountAsync(new(2), Stop)).Count);
        Assert.Equal(followers - 3, await Store.Ledger.CountEdgesAsync(new(2), Stop));

        // Found again in the next round, and not said twice.
        run.Clock.Advance(Fast.Rotation);
        await run.TickAsync(Stop);
        Assert.Equal((4, 1, 3),
            (run.Sum("accounts.checked"), run.Last("drifting.accounts"), run.Last("drift.followers")));
        Assert.Single(run.Warnings);

        // Whoever mends it sees the figure go down.
        await Fixture.Tamper.AddEdgesAsync(new(2), 3);
        run.Clock.Advance(Fast.Rotation);
        await run.TickAsync(Stop);
        Assert.Equal((0, 0), (run.Last("drifting.accounts"), run.Last("drift.followers")));
    }

    [Fact]
    public async Task Edges_planted_under_an_account_that_shows_none_are_found()
    {
        Assert.SkipWhen(Fixture.Tamper is null, "This store has no way in but its own.");
        await AppendAsync(new SampleStream(4).Next());
        await Fixture.Tamper.AddEdgesAsync(new(4), 1_200);
        using var run = new ReconcilerRun(Store.FollowerAudit, Fast);
        await run.TickAsync(Stop);
        Assert.Equal((1, 1_200), (run.Last("drifting.accounts"), run.Last("drift.followers")));
    }

    [Fact]
    public async Task A_large_account_that_moves_between_the_parts_is_not_judged_where_nobody_remembers_what_moved()
    {
        await FollowAsync(1, 2_500);
        var next = 1_000_000;
        using var run = new ReconcilerRun(new Between(Store.FollowerAudit, () => FollowAsync(1, 1, next += 2)), Fast);
        await run.TickAsync(Stop);
        Assert.Equal((0, 1), (run.Sum("accounts.checked"), run.Sum("accounts.moving")));
        Assert.Equal(0, run.Last("drifting.accounts"));
        Assert.Empty(run.Warnings);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    public Task A_large_account_that_moves_between_the_parts_is_compared_to_the_edge(int removed) =>
        OneThread.RunAsync(async () =>
        {
            Assert.SkipWhen(Fixture.Tamper is null, "This store has no way in but its own.");
            await AppendAsync(new SampleStream(1).Next());
            await FollowAsync(1, 4_500);
            if (removed > 0)
            {
                await Fixture.Tamper.RemoveEdgesAsync(new(1), removed);
            }

            // Before what was counted, within it and behind it; some twice, some for nothing.
            var account = new Watched(Store);
            var (number, random) = (0, new Random(41));
            using var run = new ReconcilerRun(
                new Between(Store.FollowerAudit,
                    () =>
                        account.FollowAsync(
                            [.. Enumerable.Range(0, 40)
                                .Select(
                                    _ => new FollowChange(
                                        new(2 + random.Next(5_500)), random.Next(2) == number++ % 2))])),
                Fast,
                account);
            await run.TickAsync(Stop);
            Assert.Equal((1, 0), (run.Sum("accounts.checked"), run.Sum("accounts.moving")));
            Assert.Equal(removed > 0 ? 1 : 0, run.Last("drifting.accounts"));
            Assert.InRange(run.Last("drift.followers"), 0, removed);
            Assert.Equal((await Store.Ledger.ReadCountAsync(new(1), Stop)).Count
                - await Store.Ledger.CountEdgesAsync(new(1), Stop), run.Last("drift.followers"));
        });

    [Fact]
    public async Task While_accounts_are_followed_and_unfollowed_there_is_no_false_alarm()
    {
        const int Accounts = 6;
        await FollowAsync(1, 3_000);
        using var run = new ReconcilerRun(Store.FollowerAudit, Fast);
        var writers = Enumerable.Range(1, Accounts).Select(account => Task.Run(async () =>
        {
            for (var batch = 0; batch < 60; batch++)
            {
                ImmutableArray<FollowChange> changes =
                    [.. Enumerable.Range(0, 25)
                        .Select(i => new FollowChange(new(5_000 + ((batch * 7) + i) % 90), (batch + i) % 3 != 0))];
                await Store.Ledger.ApplyAsync(new(account), changes, SampleStream.Day, Stop);
            }
        }, Stop)).ToArray();
        var all = Task.WhenAll(writers);
        do
        {
            run.Clock.Advance(Fast.Rotation);
            await run.TickAsync(Stop);
        }
        while (!all.IsCompleted);
        await all;
        run.Clock.Advance(Fast.Rotation);
        await run.TickAsync(Stop);
        Assert.Equal(0, run.Last("drifting.accounts"));
        Assert.Empty(run.Warnings);
        Assert.True(run.Sum("accounts.checked") >= Accounts);
    }

    [Fact]
    public async Task It_counts_no_more_than_it_may()
    {
        await FollowAsync(1, 10_000);
        var gentle = Fast with { EdgesPerSecond = 2_000 };
        using var run = new ReconcilerRun(Store.FollowerAudit, gentle);
        for (var second = 1; second <= 12; second++)
        {
            await run.TickAsync(Stop);
            Assert.InRange(run.Sum("edges.counted"), 1, (second * gentle.EdgesPerSecond) + gentle.SliceEdges);
            await run.TickAsync(Stop);
            Assert.InRange(run.Sum("edges.counted"), 1, (second * gentle.EdgesPerSecond) + gentle.SliceEdges);
            run.Clock.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.Equal(1, run.Sum("accounts.checked"));
    }

    [Fact]
    public async Task Off_it_does_nothing_and_without_a_store_it_waits_for_it()
    {
        await FollowAsync(1, 3);
        using var off = new ReconcilerRun(Store.FollowerAudit, Fast with { Enabled = false });
        await off.TickAsync(Stop);
        Assert.Equal(0, off.Sum("edges.counted"));

        var audit = Store.FollowerAudit;
        await Fixture.CloseAsync();
        using var run = new ReconcilerRun(audit, Fast);
        await run.TickAsync(Stop);
        await run.TickAsync(Stop);
        Assert.Single(run.Warnings);
    }

    private async Task FollowAsync(long account, int followers, int from = 1)
    {
        foreach (var part in Enumerable.Range(from, followers).Chunk(Limits.FollowBatch))
        {
            await Store.Ledger.ApplyAsync(
                new(account), [.. part.Select(static f => new FollowChange(new(f), true))], SampleStream.Day, Stop);
        }
    }

    private static IEnumerable<long> Ids(IEnumerable<AccountId> accounts) => accounts.Select(static a => a.Value);

    /// <summary>The real account over the store, which is asked directly rather than through a cluster.</summary>
    private sealed class Watched : IFollowWatch
    {
        private readonly World _world = new();
        private readonly AccountProcessor _account;

        public Watched(IStore store) =>
            _account = new(new(1), _world.Accounts with { Ledger = store.Ledger, Clock = TimeProvider.System });

        public async Task FollowAsync(ImmutableArray<FollowChange> changes)
        {
            await LoadAsync();
            Assert.Null((await _account.FollowAsync(changes, Stop)).Refusal);
        }

        public async Task<long?> BeginAsync(AccountId account, CancellationToken cancellationToken)
        {
            await LoadAsync();
            return _account.WatchFollows();
        }

        public Task<long?> SettleAsync(
            AccountId account, ImmutableArray<SweptPart> parts, long version, CancellationToken cancellationToken) =>
            _account.SettleFollowsAsync(parts, version, cancellationToken);

        /// <summary>What the account shows.</summary>
        public AccountView View => _account.View;

        public Task DoubtAsync(AccountId account, bool inDoubt, CancellationToken cancellationToken)
        {
            _account.DoubtFollows(inDoubt);
            return Task.CompletedTask;
        }

        private async Task LoadAsync()
        {
            if (!_account.View.State.IsRegistered)
            {
                await _world.RegisterAsync(_account.Id);
                await _account.LoadAsync(null, Stop);
            }
        }
    }

    /// <summary>Does something after every part of the real thing.</summary>
    private sealed class Between(IFollowerAudit real, Func<Task> act) : IFollowerAudit
    {
        public Task<ImmutableArray<AccountId>> ListAsync(long after, int max, CancellationToken cancellationToken) =>
            real.ListAsync(after, max, cancellationToken);

        public async Task<EdgeSlice> CountAsync(
            AccountId account, long afterFollower, int max, CancellationToken cancellationToken)
        {
            var slice = await real.CountAsync(account, afterFollower, max, cancellationToken);
            await act();
            return slice;
        }
    }
}
