using AccountGrid.Domain;

namespace AccountGrid.Application.Tests;

/// <summary>How the journal comes to say that an account is protected by its reach.</summary>
public sealed class ReachTests
{
    private const long Threshold = 1_000_000;
    private static readonly Caller Kim = World.Person("kim");
    private static readonly StreamId Stream = StreamId.Of(World.Account);

    [Fact]
    public Task A_crossing_is_an_entry_before_the_follow_is_answered() => InWorld(
        Threshold - 1, async (world, account) =>
        {
            await FollowAsync(account, 1);
            Assert.Equal(["registered", "reach-protected"], Types(world));
            Assert.True(Assert.IsType<StreamIndexRow.Account>(world.Journal.Row(Stream)).Designated);
            await FollowAsync(account, -1);
            Assert.Equal(
                ["registered", "reach-protected", "loss-baseline", "followers-lost", "reach-below"], Types(world));
            var down = await account.ExecuteAsync(new(World.Deactivate(), Kim), Token);
            Assert.Equal(Outcome.Pending, down.Outcome);
        });

    [Fact]
    public Task A_crossing_that_a_crash_left_unnoted_is_noted_after_the_start() => InWorld(
        Threshold, async (world, account) =>
        {
            account.Recover();
            await account.ExecuteAsync(new(World.Restore(), Kim), Token);
            Assert.Equal(["registered", "reach-protected"], Types(world));
        });

    // Between the crossing and its entry, unfollows could have taken the protection away for good.
    [Fact]
    public Task Unfollows_wait_for_the_entry_and_fail_without_it() => InWorld(Threshold, async (world, account) =>
    {
        world.Journal.FailNextAppend(AppendFault.Unavailable);
        await Assert.ThrowsAsync<StorageUnavailableException>(() => FollowAsync(account, -1));
        Assert.Empty(world.Ledger.Transactions);
        await FollowAsync(account, -1);
        Assert.Equal(["registered", "reach-protected", "loss-baseline", "followers-lost"], Types(world));
        Assert.Single(world.Ledger.Transactions);
    });

    [Fact]
    public Task Unfollows_wait_while_the_count_is_not_known() => InWorld(10, async (world, _) =>
    {
        world.Ledger.ReadsFail = true;
        var account = await world.ActivateAsync();
        await Assert.ThrowsAsync<StorageUnavailableException>(() => FollowAsync(account, -1));
        Assert.Empty(world.Ledger.Transactions);
        await FollowAsync(account, 2);
        Assert.Single(world.Ledger.Transactions);
    });

    [Fact]
    public Task Follows_do_not_fail_because_the_entry_does() => InWorld(Threshold - 1, async (world, account) =>
    {
        world.Journal.FailNextAppend(AppendFault.Unavailable);
        Assert.Equal(1, (await FollowAsync(account, 1)).Changed);
        Assert.Equal(["registered"], Types(world));
        account.Recover();
        await account.ExecuteAsync(new(World.Restore(), Kim), Token);
        Assert.Equal(["registered", "reach-protected"], Types(world));
    });

    [Fact]
    public Task An_account_below_the_threshold_costs_no_entry() => InWorld(10, async (world, account) =>
    {
        await FollowAsync(account, 1, 2, -1);
        account.Recover();
        Assert.Equal(["registered"], Types(world));
    });

    private static string[] Types(World world) => [.. world.Journal.Entries(Stream).Select(e => e.Type)];

    private static Task<FollowOutcome> FollowAsync(AccountProcessor account, params long[] followers) =>
        account.FollowAsync(
            [.. followers.Select(f => new FollowChange(new AccountId(Math.Abs(f)), f > 0))], Token);

    private static Task InWorld(long followers, Func<World, AccountProcessor, Task> test) =>
        OneThread.RunAsync(async () =>
        {
            using var world = new World();
            await world.EnrollAsync("kim");
            await world.RegisterAsync();
            world.Ledger.Pretend(World.Account, followers);
            await test(world, await world.ActivateAsync());
        });
}
