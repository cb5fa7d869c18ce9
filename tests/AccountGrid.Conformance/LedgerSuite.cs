using System.Collections.Immutable;
using AccountGrid.Application;
using AccountGrid.Domain;
using CsCheck;

namespace AccountGrid.Conformance;

/// <summary>What every follower ledger does.</summary>
public abstract class LedgerSuite(StoreFixture fixture) : StoreSuite(fixture)
{
    private static readonly AccountId Account = new(25073877);
    private static readonly DateTimeOffset Later = SampleStream.Day.AddMinutes(11);

    private static readonly Gen<ImmutableArray<FollowChange>> Batch = Gen.Select(Gen.Long[1, 12], Gen.Bool)
        .Select(static (follower, follows) => new FollowChange(new AccountId(follower), follows)).Array[1, 20].Select(
            static a => a.ToImmutableArray());

    [Fact]
    public async Task Nobody_follows_a_new_account()
    {
        Assert.Equal(new FollowerCount(0, 0, DateTimeOffset.UnixEpoch),
            await Store.Ledger.ReadCountAsync(Account, Stop));
        Assert.Equal(0, await Store.Ledger.CountEdgesAsync(Account, Stop));
    }

    [Fact]
    public async Task The_count_moves_by_the_rows_that_changed()
    {
        var result = await ApplyAsync(SampleStream.Day, (1, true), (2, true), (2, true), (3, false));
        Assert.Equal([true, true, false, false], result.Changed);
        Assert.Equal(new FollowerCount(2, 1, SampleStream.Day), result.After);
        result = await ApplyAsync(Later, (1, false), (9, false), (4, true));
        Assert.Equal([true, false, true], result.Changed);
        Assert.Equal(new FollowerCount(2, 2, Later), result.After);
        Assert.Equal(result.After, await Store.Ledger.ReadCountAsync(Account, Stop));
    }

    [Fact]
    public async Task The_same_batch_again_changes_nothing()
    {
        var first = await ApplyAsync(SampleStream.Day, (1, true), (2, true));
        var again = await ApplyAsync(Later, (1, true), (2, true));
        Assert.Equal([false, false], again.Changed);
        Assert.Equal(first.After, again.After);
    }

    [Fact]
    public async Task Changes_of_one_follower_are_applied_in_order()
    {
        Assert.Equal([true, true, true],
            (await ApplyAsync(SampleStream.Day, (1, true), (1, false), (1, true))).Changed);
        Assert.Equal([false, true, false],
            (await ApplyAsync(SampleStream.Day, (1, true), (1, false), (1, false))).Changed);
        Assert.Equal(0, (await Store.Ledger.ReadCountAsync(Account, Stop)).Count);
    }

    [Fact]
    public async Task Answers_stand_in_the_order_of_the_changes_whatever_the_order_of_the_keys()
    {
        await ApplyAsync(SampleStream.Day, (50, true), (20, true));
        var result = await ApplyAsync(SampleStream.Day, (60, true), (50, true), (10, true), (20, false), (5, false));
        Assert.Equal([true, false, true, true, false], result.Changed);
    }

    [Fact]
    public async Task A_full_batch_fits_and_a_larger_or_empty_one_is_refused()
    {
        var full = Enumerable.Range(1, Limits.FollowBatch).Select(static i => new FollowChange(new AccountId(i), true))
            .ToImmutableArray();
        Assert.Equal(Limits.FollowBatch,
            (await Store.Ledger.ApplyAsync(Account, full, SampleStream.Day, Stop)).After.Count);
        await Assert.ThrowsAsync<ArgumentException>(
            () => Store.Ledger.ApplyAsync(Account, full.Add(full[0]), SampleStream.Day, Stop));
        await Assert.ThrowsAsync<ArgumentException>(() => Store.Ledger.ApplyAsync(Account, [], SampleStream.Day, Stop));
        await Fixture.ReopenAsync();
        Assert.Equal(Limits.FollowBatch, (await Store.Ledger.ReadCountAsync(Account, Stop)).Count);
        Assert.Equal(Limits.FollowBatch, await Store.Ledger.CountEdgesAsync(Account, Stop));
    }

    [Fact]
    public async Task One_accounts_followers_are_not_anothers()
    {
        await ApplyAsync(SampleStream.Day, (1, true));
        var other = await Store.Ledger.ApplyAsync(
            new AccountId(1), [new FollowChange(Account, true), new FollowChange(new AccountId(1), true)], Later, Stop);
        Assert.Equal(new FollowerCount(2, 1, Later), other.After);
        Assert.Equal(1, (await Store.Ledger.ReadCountAsync(Account, Stop)).Count);
    }

    /// <summary>
    /// Batches of one account follow one another; those of different accounts run at once. Each answer must be the
    /// model's.
    /// </summary>
    [Fact]
    public Task Every_answer_is_the_models_under_concurrent_batches_of_many_accounts()
    {
        var next = 1000L;
        return Batch.List[1, 6].Array[2, 5].SampleAsync(
            async perAccount =>
                await Task.WhenAll(
                    perAccount.Select(
                        batches =>
                            Task.Run(() => FollowAsync(new AccountId(Interlocked.Increment(ref next)), batches)))),
            iter: 60,
            threads: 2);
    }

    /// <summary>
    /// Even where several writers share an account, the count is the number of edges and the sum of what the answers
    /// say.
    /// </summary>
    [Fact]
    public Task The_count_is_exact_under_concurrent_batches_of_one_account()
    {
        var next = 1000L;
        return Batch.Array[2, 12].SampleAsync(
            async batches =>
            {
                var account = new AccountId(Interlocked.Increment(ref next));
                var results = await Task.WhenAll(
                    batches.Select(batch =>
                        Task.Run(() => Store.Ledger.ApplyAsync(account, batch, SampleStream.Day, Stop))));
                var sum = batches.Zip(results)
                    .Sum(static p =>
                        p.First.Zip(p.Second.Changed).Sum(static c => !c.Second ? 0 : c.First.Follows ? 1 : -1));
                var count = await Store.Ledger.ReadCountAsync(account, Stop);
                Assert.Equal(sum, count.Count);
                Assert.Equal(count.Count, await Store.Ledger.CountEdgesAsync(account, Stop));
                Assert.Equal(results.Count(static r => r.Changed.Contains(true)), count.Version);
            },
            iter: 60,
            threads: 2);
    }

    private async Task FollowAsync(AccountId account, List<ImmutableArray<FollowChange>> batches)
    {
        var (followers, version) = (new HashSet<AccountId>(), 0);
        foreach (var batch in batches)
        {
            var expected = batch.Select(c => c.Follows ? followers.Add(c.Follower) : followers.Remove(c.Follower))
                .ToArray();
            version += expected.Contains(true) ? 1 : 0;
            var result = await Store.Ledger.ApplyAsync(account, batch, SampleStream.Day, Stop);
            Assert.Equal(expected, result.Changed);
            Assert.Equal((followers.Count, version), (result.After.Count, result.After.Version));
        }

        Assert.Equal(followers.Count, await Store.Ledger.CountEdgesAsync(account, Stop));
    }

    private Task<FollowResult> ApplyAsync(DateTimeOffset at, params (long Follower, bool Follows)[] changes) =>
        Store.Ledger.ApplyAsync(
            Account, [.. changes.Select(static c => new FollowChange(new AccountId(c.Follower), c.Follows))], at, Stop);
}
