using System.Collections.Immutable;
using AccountGrid.Domain;

namespace AccountGrid.Application.Tests;

public sealed class FollowTests
{
    private static readonly Caller Kim = World.Person("kim");

    private static Task InWorld(Func<World, AccountProcessor, Task> test, ProcessorLimits? limits = null) =>
        OneThread.RunAsync(async () =>
        {
            using var world = new World(limits);
            await world.EnrollAsync("kim");
            await world.RegisterAsync();
            await test(world, await world.ActivateAsync());
        });

    private static ImmutableArray<FollowChange> Follows(params long[] followers) =>
        [.. followers.Select(f => new FollowChange(new AccountId(Math.Abs(f)), f > 0))];

    private static Task<FollowOutcome> Follow(AccountProcessor account, params long[] followers) =>
        account.FollowAsync(Follows(followers), Token);

    public sealed class Count
    {
        [Fact]
        public Task Is_what_really_changed() => InWorld(async (world, account) =>
        {
            Assert.Equal(3, (await Follow(account, 1, 2, 2, 3)).Changed);
            var outcome = await Follow(account, 3, -1, -9);
            Assert.Equal((1, 2L), (outcome.Changed, outcome.After!.Count));
            Assert.Equal(outcome.After, account.View.Followers);
            Assert.Equal(world.Clock.GetUtcNow(), outcome.After.AsOf);
        });

        [Fact]
        public Task Is_not_touched_by_taking_the_account_down_and_exact_at_the_first_read_after_the_restore() =>
            InWorld(async (_, account) =>
            {
                await Follow(account, 1, 2, 3);
                await account.ExecuteAsync(new(World.Deactivate(), Kim), Token);
                await Follow(account, 4, -1);
                await account.ExecuteAsync(new(World.Restore(), Kim), Token);
                Assert.Equal(3, account.View.Followers!.Count);
            });

        [Fact]
        public Task Carries_the_tier_with_it() => InWorld(async (world, account) =>
        {
            world.Ledger.Pretend(World.Account, 999_999);
            account = await world.ActivateAsync();
            Assert.Equal(Tier.Standard, account.View.Tier);
            await Follow(account, 1);
            Assert.Equal(Tier.Protected, account.View.Tier);
            await Follow(account, -1);
            Assert.Equal(Tier.Protected, account.View.Tier);
        });

        [Fact]
        public Task Never_goes_back_to_an_earlier_version() => InWorld(async (world, _) =>
        {
            world.Ledger.AfterRead.Arm();
            var loading = world.ActivateAsync();
            await world.Ledger.AfterRead.Reached;
            world.Clock.Advance(world.Limits.LedgerWait);
            while (!loading.IsCompleted)
            {
                world.Clock.Advance(world.Limits.LedgerWait);
                await Task.Yield();
            }

            // The count of version 0 is still on its way when version 1 is published.
            var account = await loading;
            await Follow(account, 1);
            world.Ledger.AfterRead.Release();
            await account.ExecuteAsync(new(World.Deactivate(), Kim), Token);
            Assert.Equal((1L, 1L), (account.View.Followers!.Count, account.View.Followers.Version));
        });

        [Fact]
        public Task Says_that_it_is_unknown_after_a_transaction_of_unknown_outcome_until_it_is_read_again() =>
            InWorld(async (world, account) =>
            {
                await Follow(account, 1);
                world.Ledger.FailNextApply(LedgerFault.UnknownWritten);
                await Assert.ThrowsAsync<StorageUnavailableException>(() => Follow(account, 2));
                Assert.Equal((null, 1L, Tier.Protected),
                    (account.View.Followers, account.View.LastKnownFollowers!.Count, account.View.Tier));
                world.Ledger.AfterRead.Arm();
                account.Recover();
                await world.Ledger.AfterRead.Reached;
                world.Ledger.AfterRead.Release();
                await account.ExecuteAsync(new(World.Deactivate(), Kim), Token);
                Assert.Equal(2, account.View.Followers!.Count);
            });

        [Fact]
        public Task Stays_known_when_the_transaction_is_known_to_have_failed() => InWorld(async (world, account) =>
        {
            await Follow(account, 1);
            world.Ledger.FailNextApply(LedgerFault.Unavailable);
            await Assert.ThrowsAsync<StorageUnavailableException>(() => Follow(account, 2));
            Assert.Equal(1, account.View.Followers!.Count);
            Assert.Equal(1, (await Follow(account, 2)).Changed);
        });
    }

    public sealed class Batches
    {
        [Fact]
        public Task That_arrive_during_a_transaction_share_the_next_and_each_learns_its_own_part() =>
            InWorld(async (world, account) =>
            {
                world.Ledger.BeforeApply.Arm();
                var first = Follow(account, 1);
                await world.Ledger.BeforeApply.Reached;
                var others = new[] { Follow(account, 1, 2), Follow(account, 2, 3, 4), Follow(account, -1, 1, -1) };
                world.Ledger.BeforeApply.Release();
                Assert.Equal(1, (await first).Changed);
                var outcomes = await Task.WhenAll(others);
                Assert.Equal([1, 2, 3], outcomes.Select(o => o.Changed));
                Assert.All(outcomes, o => Assert.Equal(new FollowerCount(3, 2, world.Clock.GetUtcNow()), o.After));
                Assert.Equal([1, 8], world.Ledger.Transactions);
            });

        [Theory]
        [InlineData(1)]
        [InlineData(2017)]
        [InlineData(41_000_000)]
        public Task Interleaved_at_random_add_up_exactly(int seed) => InWorld(async (world, account) =>
        {
            var random = new Random(seed);
            var pending = new List<(long[] Changes, Task<FollowOutcome> Outcome)>();
            for (var i = 0; i < 300; i++)
            {
                var changes = Enumerable.Range(0, random.Next(1, 40))
                    .Select(_ => random.NextInt64(1, 200) * (random.Next(3) == 0 ? -1 : 1)).ToArray();
                pending.Add((changes, Follow(account, changes)));
                for (var yields = random.Next(4); yields > 0; yields--)
                {
                    await Task.Yield();
                }

                if (random.Next(10) == 0)
                {
                    await pending[random.Next(pending.Count)].Outcome;
                }
            }

            // First come, first served: the model applies them in the order of the calls.
            var edges = new HashSet<long>();
            var lastVersion = 0L;
            foreach (var (changes, outcome) in pending)
            {
                var expected = changes.Count(c => c > 0 ? edges.Add(c) : edges.Remove(-c));
                var actual = await outcome;
                Assert.Equal((expected, null), (actual.Changed, actual.Refusal));
                Assert.InRange(actual.After!.Version, lastVersion, long.MaxValue);
                lastVersion = actual.After.Version;
            }

            Assert.Equal(edges.Count, account.View.Followers!.Count);
            Assert.Equal(edges.Count, await world.Ledger.CountEdgesAsync(World.Account, Token));
            Assert.InRange(world.Ledger.Transactions.Count, 1, 299);
        });

        [Fact]
        public Task Together_never_exceed_one_transaction() => InWorld(async (world, account) =>
        {
            world.Ledger.BeforeApply.Arm();
            var sizes = new[] { 1, 6000, 4000, 1, 9000, 2000 };
            var from = 1;
            var all = sizes.Select(size =>
            {
                var batch = Follow(account, [.. Enumerable.Range(from, size).Select(n => (long)n)]);
                from += size;
                return batch;
            }).ToArray();
            await world.Ledger.BeforeApply.Reached;
            world.Ledger.BeforeApply.Release();
            Assert.Equal(sizes, (await Task.WhenAll(all)).Select(o => o.Changed));
            Assert.Equal([1, 10_000, 9001, 2000], world.Ledger.Transactions);
        });

        [Fact]
        public Task Wait_for_no_command_and_no_command_waits_for_them() => InWorld(async (world, account) =>
        {
            world.Journal.BeforeAppend.Arm();
            var command = account.ExecuteAsync(new(World.Deactivate(), Kim), Token);
            await world.Journal.BeforeAppend.Reached;
            Assert.Equal(1, (await Follow(account, 1)).Changed);
            world.Journal.BeforeAppend.Release();
            await command;

            world.Ledger.BeforeApply.Arm();
            var follow = Follow(account, 2);
            await world.Ledger.BeforeApply.Reached;
            Assert.Equal(Outcome.Done, (await account.ExecuteAsync(new(World.Restore(), Kim), Token)).Outcome);
            world.Ledger.BeforeApply.Release();
            Assert.Equal(1, (await follow).Changed);
        });

        [Fact]
        public Task Beyond_the_queue_are_refused_at_once() => InWorld(
            async (world, account) =>
            {
                world.Ledger.BeforeApply.Arm();
                var running = Follow(account, 1);
                var waiting = new[] { Follow(account, 2), Follow(account, 3) };
                var refused = Follow(account, 4);
                Assert.True(refused.IsCompleted);
                Assert.Equal((RefusalReason.Overloaded, world.Limits.RetryAfter),
                    ((await refused).Refusal!.Reason, (await refused).Refusal!.RetryAfter));
                world.Ledger.BeforeApply.Release();
                await running;
                await Task.WhenAll(waiting);
                Assert.Equal(3, account.View.Followers!.Count);
            },
            new ProcessorLimits { FollowQueueDepth = 2 });

        [Fact]
        public Task Are_also_bounded_by_what_they_hold_together() => InWorld(
            async (world, account) =>
            {
                var big = Enumerable.Range(1, 10_000).Select(n => (long)n).ToArray();
                world.Ledger.BeforeApply.Arm();
                var running = Follow(account, 1);
                var waiting = Follow(account, big);
                Assert.Equal(RefusalReason.Overloaded, (await Follow(account, 7)).Refusal!.Reason);
                world.Ledger.BeforeApply.Release();
                await Task.WhenAll(running, waiting);
                Assert.Equal(0, (await Follow(account, 7)).Changed);
            },
            new ProcessorLimits { FollowQueueTransactions = 1 });

        [Fact]
        public Task Cancelled_while_waiting_are_not_applied_and_leave_their_place() => InWorld(
            async (world, account) =>
            {
                world.Ledger.BeforeApply.Arm();
                using var first = new CancellationTokenSource();
                using var second = new CancellationTokenSource();
                var running = account.FollowAsync(Follows(1), first.Token);
                await world.Ledger.BeforeApply.Reached;
                var leaves = account.FollowAsync(Follows(2), second.Token);
                await second.CancelAsync();
                await Assert.ThrowsAnyAsync<OperationCanceledException>(() => leaves);
                var takesThePlace = Follow(account, 3);

                // The one with the ledger is awaited all the same.
                await first.CancelAsync();
                world.Ledger.BeforeApply.Release();
                Assert.Equal(1, (await running).Changed);
                Assert.Equal(2, (await takesThePlace).After!.Count);
            },
            new ProcessorLimits { FollowQueueDepth = 1 });

        [Fact]
        public Task Of_one_failed_transaction_all_fail_and_the_next_goes_on() => InWorld(async (world, account) =>
        {
            world.Ledger.FailNextApply(LedgerFault.Overloaded);
            Assert.Equal((RefusalReason.Overloaded, 0),
                ((await Follow(account, 1)).Refusal!.Reason, (int)account.View.Followers!.Count));
            world.Ledger.BeforeApply.Arm();
            var first = Follow(account, 1);
            await world.Ledger.BeforeApply.Reached;
            var second = new[] { Follow(account, 2), Follow(account, 3) };
            world.Ledger.FailNextApply(LedgerFault.Unavailable);
            world.Ledger.BeforeApply.Release();
            await Assert.ThrowsAsync<StorageUnavailableException>(() => first);
            Assert.All(await Task.WhenAll(second), o => Assert.Equal(1, o.Changed));
        });
    }

    public sealed class Refused
    {
        [Fact]
        public Task Are_too_many_oneself_and_nobody() => InWorld(async (world, account) =>
        {
            var tooMany = await account.FollowAsync(
                [.. Enumerable.Repeat(new FollowChange(new AccountId(1), true), 10_001)], Token);
            Assert.Equal((RefusalReason.TooLarge, "changes"), (tooMany.Refusal!.Reason, tooMany.Refusal.Field));
            var self = await Follow(account, 1, World.Account.Value);
            Assert.Equal((RefusalReason.InvalidArgument, "follower"), (self.Refusal!.Reason, self.Refusal.Field));
            var nobody = await account.FollowAsync([default], Token);
            Assert.Equal((RefusalReason.InvalidArgument, "follower"), (nobody.Refusal!.Reason, nobody.Refusal.Field));
            Assert.Equal((0, 0L), (self.Changed, account.View.Followers!.Count));
            Assert.Empty(world.Ledger.Transactions);
        });

        [Fact]
        public Task Is_an_unknown_account_until_it_is_registered() => OneThread.RunAsync(async () =>
        {
            using var world = new World();
            var account = await world.ActivateAsync();
            Assert.Equal(RefusalReason.NotFound, (await Follow(account, 1)).Refusal!.Reason);
            await world.RegisterAsync();
            Assert.Equal(1, (await Follow(account, 1)).Changed);
        });

        [Fact]
        public Task Is_an_erased_account() => InWorld(async (world, account) =>
        {
            await world.EnrollAsync("lee");
            await account.ExecuteAsync(
                new(new AccountCommand.Harm(new HarmAction(HarmKind.Erase, "LEGAL", "", ""), false), Kim), Token);
            var erased = await account.ExecuteAsync(
                new(new AccountCommand.Approve(2, null, ""), World.Person("lee"), "r1"), Token);
            Assert.Equal((Outcome.Done, 2L), (erased.Outcome, erased.ProposalSequence));
            Assert.Equal(RefusalReason.WrongStatus, (await Follow(account, 1)).Refusal!.Reason);
            var replay = await account.ExecuteAsync(
                new(new AccountCommand.Approve(2, null, ""), World.Person("lee"), "r1"), Token);
            Assert.Equal((Outcome.Done, 2L), (replay.Outcome, replay.ProposalSequence));
        });

        [Fact]
        public Task An_empty_batch_changes_nothing_and_tells_the_count() => InWorld(async (world, account) =>
        {
            await Follow(account, 1, 2);
            var outcome = await Follow(account);
            Assert.Equal((0, 2L), (outcome.Changed, outcome.After!.Count));
            Assert.Single(world.Ledger.Transactions);
        });
    }
}
