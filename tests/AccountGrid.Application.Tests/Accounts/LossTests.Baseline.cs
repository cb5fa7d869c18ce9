using AccountGrid.Domain;

namespace AccountGrid.Application.Tests;

/// <content>The followers that the limit is a share of.</content>
public sealed partial class LossTests
{
    // One service could protect its harm from the limit: 5,000 made-up followers first, the real ones away afterwards.
    public sealed class A_baseline
    {
        [Fact]
        public Task Keeps_followers_who_were_added_from_raising_the_limit_after_restarts_and_windows() =>
            InShares(async (world, account) =>
            {
                await FollowAsync(account, 1001, 5000);
                world.Clock.Advance(TimeSpan.FromHours(2));
                account = await world.ActivateAsync();
                Assert.NotNull((await UnfollowAsync(account, 1, 21)).Refusal);
                Assert.Equal(20, (await UnfollowAsync(account, 1, 20)).Changed);
                Assert.Equal(100, Assert.Single(Events(world).OfType<AccountEvent.LossBaselineNoted>()).Followers);
            });

        [Fact]
        public Task Is_renewed_after_a_day_and_grows_by_a_tenth() => InShares(async (world, account) =>
        {
            await FollowAsync(account, 1001, 5000);
            world.Clock.Advance(TimeSpan.FromDays(1) - TimeSpan.FromTicks(1));
            await FollowAsync(account, 7001, 1);
            Assert.Single(Events(world).OfType<AccountEvent.LossBaselineNoted>());
            world.Clock.Advance(TimeSpan.FromTicks(1));
            await FollowAsync(account, 7002, 1);
            Assert.Equal(
                [100, 110], Events(world).OfType<AccountEvent.LossBaselineNoted>().Select(static e => e.Followers));
            Assert.NotNull((await UnfollowAsync(account, 1, 23)).Refusal);
            Assert.Equal(22, (await UnfollowAsync(account, 1, 22)).Changed);
        });

        [Fact]
        public Task Is_made_before_the_follows_or_they_wait() => InShares(async (world, account) =>
        {
            world.Journal.FailNextAppend(AppendFault.Unavailable);
            await Assert.ThrowsAsync<StorageUnavailableException>(() => FollowAsync(account, 1001, 1));
            Assert.Single(world.Ledger.Transactions);
            Assert.Equal(1, (await FollowAsync(account, 1001, 1)).Changed);
            Assert.Equal(100, Assert.Single(Events(world).OfType<AccountEvent.LossBaselineNoted>()).Followers);
        });

        [Fact]
        public Task Is_not_needed_where_the_limit_is_no_share() => InWorld(async (world, account) =>
        {
            await FollowAsync(account, 1001, 200);
            Assert.DoesNotContain("loss-baseline", Types(world));
        });

        private static Task InShares(Func<World, AccountProcessor, Task> test) => InWorld((world, account) =>
        {
            world.Policies.Set(
                world.Policies.Accounts, world.Policies.Operators, new() { LossAtLeast = 1, LossShare = 0.2 });
            return test(world, account);
        });
    }
}
