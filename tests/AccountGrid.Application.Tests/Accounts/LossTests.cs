using System.Collections.Immutable;
using AccountGrid.Domain;

namespace AccountGrid.Application.Tests;

/// <summary>How many followers a protected account may lose within a window: here 20, and it has 100.</summary>
public sealed partial class LossTests
{
    private static readonly Caller Kim = World.Person("kim");
    private static readonly Caller Lee = World.Person("lee");
    private static readonly StreamId Stream = StreamId.Of(World.Account);

    public sealed class Unfollows
    {
        [Fact]
        public Task Up_to_the_limit_are_applied_and_one_more_is_refused_whole() => InWorld(async (world, account) =>
        {
            Assert.Equal(15, (await UnfollowAsync(account, 1, 15)).Changed);
            var refused = await UnfollowAsync(account, 16, 6);
            Assert.Equal((RefusalReason.FollowerLossLimit, 0), (refused.Refusal!.Reason, refused.Changed));
            Assert.Equal(85, account.View.Followers!.Count);
            Assert.Equal(5, (await UnfollowAsync(account, 16, 5)).Changed);
            Assert.Equal(80, account.View.Followers!.Count);
        });

        [Fact]
        public Task Are_let_through_again_after_the_delay_that_was_told() => InWorld(async (world, account) =>
        {
            await UnfollowAsync(account, 1, 20);
            world.Clock.Advance(TimeSpan.FromMinutes(30));
            var retryAfter = (await UnfollowAsync(account, 21, 1)).Refusal!.RetryAfter!.Value;
            Assert.InRange(retryAfter, TimeSpan.FromMinutes(30), TimeSpan.FromMinutes(35));
            world.Clock.Advance(retryAfter - TimeSpan.FromTicks(1));
            Assert.NotNull((await UnfollowAsync(account, 21, 1)).Refusal);
            world.Clock.Advance(TimeSpan.FromTicks(1));
            Assert.Equal(20, (await UnfollowAsync(account, 21, 20)).Changed);
        });

        [Fact]
        public Task That_change_nothing_are_no_losses() => InWorld(async (world, account) =>
        {
            for (var i = 0; i < 5; i++)
            {
                Assert.Equal(0, (await UnfollowAsync(account, 1000, 10)).Changed);
            }

            Assert.Equal(20, (await UnfollowAsync(account, 1, 20)).Changed);
        });

        [Fact]
        public Task Are_not_given_back_by_following_again() => InWorld(async (world, account) =>
        {
            await UnfollowAsync(account, 1, 20);
            await FollowAsync(account, 1, 20);
            Assert.Equal(RefusalReason.FollowerLossLimit, (await UnfollowAsync(account, 1, 1)).Refusal!.Reason);
        });

        [Fact]
        public Task Of_a_standard_account_are_not_limited() => InWorld(
            async (world, account) =>
            {
                Assert.Equal(100, (await UnfollowAsync(account, 1, 100)).Changed);
                Assert.Equal(["registered"], Types(world));
            },
            protectedReach: 1000);

        [Fact]
        public Task Make_no_entry_and_have_no_limit_while_a_silo_of_an_earlier_version_may_read_it() => InWorld(
            async (world, account) =>
            {
                world.Policies.IsRecorded = false;
                Assert.Equal(30, (await UnfollowAsync(account, 1, 30)).Changed);
                Assert.DoesNotContain(world.Journal.Entries(Stream), static e => e.Type == "followers-lost");

                // From then on it is the limit of a window in which 30 are gone.
                world.Policies.IsRecorded = true;
                Assert.Equal(RefusalReason.FollowerLossLimit, (await UnfollowAsync(account, 31, 1)).Refusal!.Reason);
            });

        [Fact]
        public Task Of_unknown_outcome_count_as_losses() => InWorld(async (world, account) =>
        {
            world.Ledger.FailNextApply(LedgerFault.UnknownWritten);
            await Assert.ThrowsAsync<StorageUnavailableException>(() => UnfollowAsync(account, 1, 15));
            Assert.Equal(RefusalReason.FollowerLossLimit, (await UnfollowAsync(account, 30, 6)).Refusal!.Reason);
            Assert.Equal(5, (await UnfollowAsync(account, 30, 5)).Changed);
        });

        [Fact]
        public Task That_arrive_together_are_admitted_in_their_order() => InWorld(async (world, account) =>
        {
            world.Ledger.BeforeApply.Arm();
            var first = UnfollowAsync(account, 1, 10);
            await world.Ledger.BeforeApply.Reached;
            var others = new[]
            {
                UnfollowAsync(account, 11, 6), UnfollowAsync(account, 17, 5), FollowAsync(account, 200, 3),
                UnfollowAsync(account, 22, 4),
            };
            world.Ledger.BeforeApply.Release();
            Assert.Equal(10, (await first).Changed);
            var outcomes = await Task.WhenAll(others);
            Assert.Equal([6, 0, 3, 4], outcomes.Select(o => o.Changed));
            Assert.Equal(RefusalReason.FollowerLossLimit, outcomes[1].Refusal!.Reason);
            Assert.Equal(83, account.View.Followers!.Count);
        });
    }

    public sealed class Batches_in_one_transaction
    {
        // One caller's unfollows that changed nothing had those of others refused, with the delay of the whole window.
        [Fact]
        public Task Are_not_refused_because_of_unfollows_beside_them_that_change_nothing() =>
            InWorld(async (world, account) =>
            {
                world.Ledger.BeforeApply.Arm();
                var first = FollowAsync(account, 500, 1);
                await world.Ledger.BeforeApply.Reached;
                var others = new[]
                {
                    UnfollowAsync(account, 1000, 20), UnfollowAsync(account, 1, 8), FollowAsync(account, 600, 3),
                    UnfollowAsync(account, 9, 12), UnfollowAsync(account, 21, 1),
                };
                world.Ledger.BeforeApply.Release();
                Assert.Equal(1, (await first).Changed);
                var outcomes = await Task.WhenAll(others);
                Assert.Equal([0, 8, 3, 12, 0], outcomes.Select(o => o.Changed));
                Assert.Equal(RefusalReason.FollowerLossLimit, outcomes[4].Refusal!.Reason);
                Assert.All(outcomes[..4], static o => Assert.Null(o.Refusal));
                Assert.Equal(84, account.View.Followers!.Count);
            });
    }

    public sealed class Follows
    {
        [Fact]
        public Task Never_meet_the_limit() => InWorld(async (world, account) =>
        {
            await UnfollowAsync(account, 1, 20);
            Assert.NotNull((await UnfollowAsync(account, 21, 1)).Refusal);
            Assert.Equal(500, (await FollowAsync(account, 1001, 500)).Changed);
        });
    }

    public sealed class An_entry
    {
        [Fact]
        public Task Reserves_a_tenth_of_the_limit_before_it_is_lost() => InWorld(async (world, account) =>
        {
            world.Journal.FailNextAppend(AppendFault.Unavailable);
            await Assert.ThrowsAsync<StorageUnavailableException>(() => UnfollowAsync(account, 1, 1));
            Assert.Single(world.Ledger.Transactions);
            for (var follower = 1; follower <= 20; follower++)
            {
                Assert.Null((await UnfollowAsync(account, follower, 1)).Refusal);
            }

            var notes = Events(world).OfType<AccountEvent.FollowersLost>().ToArray();
            Assert.Equal(10, notes.Length);
            Assert.Equal((0L, 2L, 20L), (notes[0].Lost, notes[0].Reserved, notes[0].Limit));
            Assert.Equal((18L, 2L), (notes[^1].Lost, notes[^1].Reserved));
        });

        [Fact]
        public Task Of_a_refusal_is_made_once_within_a_window_by_the_system() => InWorld(async (world, account) =>
        {
            await UnfollowAsync(account, 1, 20);
            for (var i = 0; i < 3; i++)
            {
                await UnfollowAsync(account, 21, 7);
            }

            var entry = Assert.Single(Entries(world), e => e.Event is AccountEvent.FollowerLossRefused);
            Assert.Equal(
                (Actor.System, new AccountEvent.FollowerLossRefused(20, 20, TimeSpan.FromHours(1), 7)),
                (entry.Actor, entry.Event));
            Assert.DoesNotContain(Events(world), e => e is AccountEvent.AttemptRefused);
            world.Clock.Advance(TimeSpan.FromHours(1.5));
            await UnfollowAsync(account, 21, 30);
            Assert.Equal(2, Events(world).Count(e => e is AccountEvent.FollowerLossRefused));
        });

        [Fact]
        public Task Of_a_refusal_that_cannot_be_made_does_not_change_the_answer() => InWorld(async (world, account) =>
        {
            await UnfollowAsync(account, 1, 20);
            world.Journal.FailNextAppend(AppendFault.Unavailable);
            Assert.Equal(RefusalReason.FollowerLossLimit, (await UnfollowAsync(account, 21, 1)).Refusal!.Reason);
            Assert.Equal(RefusalReason.FollowerLossLimit, (await UnfollowAsync(account, 21, 1)).Refusal!.Reason);
            Assert.Single(Events(world), e => e is AccountEvent.FollowerLossRefused);
        });
    }

    public sealed class A_restart
    {
        // What the account loses between two entries is in no entry: a service would only have to wait for restarts.
        [Fact]
        public Task Forgets_nothing_that_was_lost() => InWorld(async (world, account) =>
        {
            var lost = 0;
            for (var follower = 1; follower <= 40; follower++)
            {
                account = await world.ActivateAsync();
                lost += (await UnfollowAsync(account, follower, 1)).Changed;
            }

            Assert.InRange(lost, 10, 20);
        });

        // Unfollows of followers that there are not reserved the whole limit, and each activation dated that anew.
        [Fact]
        public Task Each_after_the_other_do_not_keep_unfollows_waiting_for_longer_than_a_window() =>
            InWorld(async (world, account) =>
            {
                Assert.Equal(0, (await UnfollowAsync(account, 1000, 20)).Changed);
                var (refusals, waited) = (0, TimeSpan.Zero);
                for (var changed = 0; changed == 0;)
                {
                    account = await world.ActivateAsync();
                    var outcome = await UnfollowAsync(account, 1, 1);
                    changed = outcome.Changed;
                    refusals += outcome.Refusal is null ? 0 : 1;
                    waited += outcome.Refusal?.RetryAfter ?? TimeSpan.Zero;
                    world.Clock.Advance(outcome.Refusal?.RetryAfter ?? TimeSpan.Zero);
                }

                Assert.Equal(1, refusals);
                Assert.InRange(waited, TimeSpan.FromMinutes(60), TimeSpan.FromMinutes(70));
            });

        [Fact]
        public Task Counts_no_more_than_a_batch_or_a_tenth_that_was_reserved_as_lost() =>
            InWorld(async (world, account) =>
            {
                Assert.Equal(0, (await UnfollowAsync(account, 1000, 11)).Changed);
                account = await world.ActivateAsync();
                Assert.Equal(9, (await UnfollowAsync(account, 1, 9)).Changed);
            });

        [Fact]
        public Task Counts_what_the_last_entry_reserved_as_lost_for_a_window() => InWorld(async (world, account) =>
        {
            await UnfollowAsync(account, 1, 1);
            account = await world.ActivateAsync(snapshot: account.CaptureSnapshot());
            Assert.NotNull((await UnfollowAsync(account, 2, 19)).Refusal);
            Assert.Equal(18, (await UnfollowAsync(account, 2, 18)).Changed);
            account = await world.ActivateAsync();
            world.Clock.Advance(TimeSpan.FromMinutes(70));
            Assert.Equal(20, (await UnfollowAsync(account, 21, 20)).Changed);
        });
    }

    public sealed class Two_activations
    {
        [Fact]
        public Task At_once_lose_no_more_than_one_and_the_former_is_fenced_at_its_next_entry() =>
            InWorld(async (world, first) =>
            {
                await UnfollowAsync(first, 1, 1);
                var second = await world.ActivateAsync();
                Assert.Equal(4, (await UnfollowAsync(second, 2, 4)).Changed);
                Assert.Equal(1, (await UnfollowAsync(first, 6, 1)).Changed);
                Assert.False(first.IsFenced);
                await Assert.ThrowsAsync<StorageUnavailableException>(() => UnfollowAsync(first, 7, 1));
                Assert.True(first.IsFenced);
                await Assert.ThrowsAsync<StorageUnavailableException>(() => UnfollowAsync(first, 7, 1));
                Assert.Equal(14, (await UnfollowAsync(second, 7, 14)).Changed);
                Assert.NotNull((await UnfollowAsync(second, 21, 1)).Refusal);
            });

        [Fact]
        public Task One_that_has_read_the_others_entry_leaves_unfollows_to_it() => InWorld(async (world, first) =>
        {
            await UnfollowAsync(first, 1, 2);
            var second = await world.ActivateAsync();
            await UnfollowAsync(second, 3, 1);
            await first.RefreshAsync(second.View.State.Version, Token);
            await Assert.ThrowsAsync<StorageUnavailableException>(() => UnfollowAsync(first, 4, 1));
            Assert.True(first.IsFenced);
        });

        // It would count what the other one may still lose as lost when that one's entry was made.
        [Fact]
        public Task One_that_has_read_the_others_entry_before_its_own_first_one_leaves_unfollows_to_it() =>
            InWorld(async (world, first) =>
            {
                var second = await world.ActivateAsync();
                await UnfollowAsync(second, 1, 1);
                await first.RefreshAsync(second.View.State.Version, Token);
                await Assert.ThrowsAsync<StorageUnavailableException>(() => UnfollowAsync(first, 4, 1));
                Assert.True(first.IsFenced);
            });
    }

    public sealed class An_allowance
    {
        [Fact]
        public Task Lets_so_many_more_go_in_all_and_no_more_once_it_is_over() => InWorld(async (world, account) =>
        {
            await AllowAsync(world, account, 30, TimeSpan.FromHours(3));
            Assert.Equal(50, (await UnfollowAsync(account, 1, 50)).Changed);
            Assert.NotNull((await UnfollowAsync(account, 51, 1)).Refusal);
            world.Clock.Advance(TimeSpan.FromMinutes(90));
            Assert.Equal(20, (await UnfollowAsync(account, 51, 20)).Changed);
            Assert.NotNull((await UnfollowAsync(account, 71, 1)).Refusal);
        });

        [Fact]
        public Task Is_over_at_its_time_and_when_a_person_closes_it() => InWorld(async (world, account) =>
        {
            await AllowAsync(world, account, 30, TimeSpan.FromMinutes(10));
            world.Clock.Advance(TimeSpan.FromMinutes(10));
            Assert.NotNull((await UnfollowAsync(account, 1, 21)).Refusal);
            await AllowAsync(world, account, 30, TimeSpan.FromMinutes(10));
            Assert.Equal(21, (await UnfollowAsync(account, 1, 21)).Changed);
            var closed = await account.ExecuteAsync(
                new(new AccountCommand.CloseFollowerLoss("ERROR", "", ""), Lee), Token);
            Assert.Equal(Outcome.Done, closed.Outcome);
            Assert.NotNull((await UnfollowAsync(account, 22, 1)).Refusal);
        });

        [Fact]
        public Task Is_as_much_used_after_a_restart_as_before() => InWorld(async (world, account) =>
        {
            await AllowAsync(world, account, 30, TimeSpan.FromHours(3));
            Assert.Equal(40, (await UnfollowAsync(account, 1, 40)).Changed);
            account = await world.ActivateAsync();
            Assert.NotNull((await UnfollowAsync(account, 41, 11)).Refusal);
        });

        [Fact]
        public Task Cannot_be_for_a_standard_account() => InWorld(
            async (world, account) =>
            {
                var asked = await account.ExecuteAsync(
                    new(Allow(world, 30, TimeSpan.FromHours(1)), Kim), Token);
                Assert.Equal(RefusalReason.WrongStatus, asked.Refusal!.Reason);
            },
            protectedReach: 1000);
    }

    private static AccountCommand.Harm Allow(World world, long followers, TimeSpan length) => new(
        new HarmAction(
            HarmKind.AllowFollowerLoss, "SPAM", "", "", world.Clock.GetUtcNow() + length, Followers: followers), false);

    private static async Task AllowAsync(World world, AccountProcessor account, long followers, TimeSpan length)
    {
        var asked = await account.ExecuteAsync(new(Allow(world, followers, length), Kim), Token);
        Assert.Equal(Outcome.Pending, asked.Outcome);
        var done = await account.ExecuteAsync(
            new(new AccountCommand.Approve(asked.ProposalSequence!.Value, null, ""), Lee), Token);
        Assert.Equal(Outcome.Done, done.Outcome);
    }

    private static IEnumerable<Recorded<AccountEvent>> Entries(World world) =>
        world.Journal.Entries(Stream).Select(new AccountEventCodec().Decode);

    private static IEnumerable<AccountEvent> Events(World world) => Entries(world).Select(e => e.Event);

    private static string[] Types(World world) => [.. world.Journal.Entries(Stream).Select(e => e.Type)];

    private static Task<FollowOutcome> UnfollowAsync(AccountProcessor account, int first, int count) =>
        account.FollowAsync(Changes(first, count, follows: false), Token);

    private static Task<FollowOutcome> FollowAsync(AccountProcessor account, int first, int count) =>
        account.FollowAsync(Changes(first, count, follows: true), Token);

    private static ImmutableArray<FollowChange> Changes(int first, int count, bool follows) =>
        [.. Enumerable.Range(first, count).Select(f => new FollowChange(new AccountId(f), follows))];

    private static Task InWorld(Func<World, AccountProcessor, Task> test, long protectedReach = 1) =>
        OneThread.RunAsync(async () =>
        {
            using var world = new World();
            world.Policies.Set(
                new() { ProtectedReach = protectedReach }, world.Policies.Operators,
                new() { LossAtLeast = 20, LossShare = 0 });
            await world.EnrollAsync("kim");
            await world.EnrollAsync("lee");
            await world.RegisterAsync();
            var account = await world.ActivateAsync();
            await FollowAsync(account, 1, 100);
            world.Clock.Advance(TimeSpan.FromHours(2));
            await test(world, account);
        });
}
