using AccountGrid.Domain;

namespace AccountGrid.Application.Tests;

/// <summary>What harms, outages, budgets and queues look like to Prometheus.</summary>
public sealed class ModerationTests
{
    private static readonly Caller Kim = World.Person("kim");
    private static readonly Caller Lee = World.Person("lee");

    private static Task InWorld(Func<World, AccountProcessor, Board, Task> test, OperatorPolicy? policy = null) =>
        OneThread.RunAsync(async () =>
        {
            using var world = new World(operators: policy);
            await world.EnrollAsync("kim");
            await world.EnrollAsync("lee");
            await world.RegisterAsync();
            var account = await world.ActivateAsync();
            using var board = new Board(world);
            await test(world, account, board);
        });

    public sealed class A_harm
    {
        [Fact]
        public Task Counts_by_action_standing_and_outcome() => InWorld(async (world, account, board) =>
        {
            await world.EnrollAsync("max", authorityEndsAt: world.Clock.GetUtcNow().AddDays(1));
            await account.ExecuteAsync(new(World.Deactivate(), World.Person("stranger")), Token);
            await account.ExecuteAsync(new(World.Deactivate(), World.Person("max")), Token);
            await account.ExecuteAsync(new(World.Deactivate(), Kim), Token);
            await account.ExecuteAsync(new(World.Restore(), Kim), Token);
            Assert.Equal(1, board.Told("harms action=deactivate standing=ended outcome=refused"));
            Assert.Equal(1, board.Told("harms action=deactivate standing=notice outcome=pending"));
            Assert.Equal(1, board.Told("harms action=deactivate standing=active outcome=done"));
            Assert.Equal(0, board.Told("harms action=restore standing=active outcome=done"));
        });

        [Fact]
        public Task By_two_is_one_pending_and_one_approval() => InWorld(async (world, account, board) =>
        {
            var action = new HarmAction(HarmKind.Erase, "LEGAL", "", "");
            var asked = await account.ExecuteAsync(new(new AccountCommand.Harm(action, false), Kim), Token);
            await account.ExecuteAsync(
                new(new AccountCommand.Approve(asked.ProposalSequence!.Value, null, ""), Lee), Token);
            Assert.Equal(AccountStatus.Erased, account.View.State.Status);
            Assert.Equal(1, board.Told("harms action=erase standing=active outcome=pending"));
            Assert.Equal(1, board.Told("harms action=approve standing=active outcome=done"));
            Assert.Equal(0, board.Told("outage tier=standard") + board.Told("outage tier=protected"));
            GC.KeepAlive(world);
        });

        [Fact]
        public Task Sent_twice_counts_once_and_a_service_is_nobody() => InWorld(async (_, account, board) =>
        {
            await account.ExecuteAsync(new(World.Deactivate(), Kim, "once"), Token);
            await account.ExecuteAsync(new(World.Deactivate(), Kim, "once"), Token);
            await account.ExecuteAsync(
                new(new AccountCommand.Harm(new HarmAction(HarmKind.OwnerDeactivate, "OWNER_REQUEST", "", ""), false),
                    World.Web), Token);
            Assert.Equal(1, board.Told("harms action=deactivate standing=active outcome=done"));
            Assert.Equal(0, board.Told("harms action=owner_deactivate standing=ended outcome=done"));
        });
    }

    public sealed class Followers
    {
        [Fact]
        public Task That_a_protected_account_may_not_lose_count_when_they_are_refused() =>
            InWorld(async (world, account, board) =>
            {
                world.Policies.Set(
                    new() { ProtectedReach = 1 }, world.Policies.Operators, new() { LossAtLeast = 2 });
                await account.FollowAsync([.. Changes(1, 9, follows: true)], Token);
                await account.FollowAsync([.. Changes(1, 3, follows: false)], Token);
                await account.FollowAsync([.. Changes(1, 4, follows: false)], Token);
                Assert.Equal(7, board.Told("follows.loss_refused"));
            });

        [Fact]
        public Task Count_each_time_they_cross_the_threshold() => InWorld(async (world, account, board) =>
        {
            world.Policies.Set(
                new() { ProtectedReach = 5, ReachCoolOff = TimeSpan.FromDays(1) }, world.Policies.Operators, new());
            await account.FollowAsync([.. Changes(1, 5, follows: true)], Token);
            await account.FollowAsync([.. Changes(1, 1, follows: false)], Token);
            Assert.Equal((1, 1, 0), MovesOf(board));
            world.Clock.Advance(TimeSpan.FromDays(1));
            await account.FireDueAsync(Token);
            Assert.Equal((1, 1, 1), MovesOf(board));
            await account.FollowAsync([.. Changes(1, 1, follows: true)], Token);
            await account.FollowAsync([.. Changes(1, 1, follows: false)], Token);
            world.Clock.Advance(TimeSpan.FromHours(1));
            await account.FollowAsync([.. Changes(1, 1, follows: true)], Token);
            Assert.Equal((3, 2, 1), MovesOf(board));
        });

        private static (double Reached, double Below, double Ended) MovesOf(Board board) => (
            board.Told("protection.moves move=reached"), board.Told("protection.moves move=below"),
            board.Told("protection.moves move=ended"));

        private static IEnumerable<FollowChange> Changes(int first, int count, bool follows) =>
            Enumerable.Range(first, count).Select(f => new FollowChange(new AccountId(f), follows));
    }

    public sealed class An_outage
    {
        [Fact]
        public Task Counts_when_it_is_over_by_tier() => InWorld(async (world, account, board) =>
        {
            await account.ExecuteAsync(new(World.Deactivate(), Kim), Token);
            world.Clock.Advance(TimeSpan.FromMinutes(11));
            Assert.Equal(0, board.Told("outage tier=standard"));
            await account.ExecuteAsync(new(World.Restore(), Kim), Token);
            Assert.Equal(660, board.Told("outage tier=standard"));
            Assert.Equal(0, board.Told("outage tier=protected"));
        });

        [Fact]
        public Task By_two_holds_one_after_the_other_counts_every_second_once() =>
            InWorld(async (world, account, board) =>
            {
                await account.ExecuteAsync(new(World.Deactivate(), Kim), Token);
                world.Clock.Advance(TimeSpan.FromSeconds(10));
                await account.ExecuteAsync(new(World.Suspend(world.Clock.GetUtcNow().AddHours(1)), Kim), Token);
                world.Clock.Advance(TimeSpan.FromSeconds(20));
                await account.ExecuteAsync(
                    new(World.Restore() with { Kinds = [HoldKind.StaffDeactivation] }, Kim), Token);
                Assert.Equal(AccountStatus.Suspended, account.View.State.Status);
                world.Clock.Advance(TimeSpan.FromSeconds(40));
                await account.ExecuteAsync(new(World.Restore(), Kim), Token);
                Assert.Equal(70, board.Told("outage tier=standard"));
            });
    }

    public sealed class A_budget
    {
        [Fact]
        public Task Shows_its_highest_use_and_empties_with_the_window() => InWorld(
            async (world, account, board) =>
            {
                Assert.Equal(0, board.Asked("budget.use budget=actions"));
                await account.FollowAsync(
                    [.. Enumerable.Range(1, 50).Select(static f => new FollowChange(new(f), true))], Token);
                await account.ExecuteAsync(new(World.Deactivate(), Kim), Token);
                Assert.Equal((0.25, 0.5),
                    (board.Asked("budget.use budget=actions"), board.Asked("budget.use budget=reach")));

                // Somebody else's single harm is less than that.
                await account.ExecuteAsync(new(World.Restore(), Kim), Token);
                await account.ExecuteAsync(new(World.Deactivate(), Kim), Token);
                await account.ExecuteAsync(new(World.Restore(), Kim), Token);
                await account.ExecuteAsync(new(World.Deactivate(), Lee), Token);
                Assert.Equal((0.5, 1),
                    (board.Asked("budget.use budget=actions"), board.Asked("budget.use budget=reach")));
                world.Clock.Advance(TimeSpan.FromHours(2));
                Assert.Equal((0, 0),
                    (board.Asked("budget.use budget=actions"), board.Asked("budget.use budget=reach")));
            },
            new OperatorPolicy { MaxHarms = 4, MaxReach = 100 });
    }

    public sealed class A_queue
    {
        [Fact]
        public Task Shows_who_waits_and_nobody_once_they_are_served_or_gone() =>
            InWorld(async (world, account, board) =>
            {
                world.Journal.BeforeAppend.Arm();
                using var impatient = new CancellationTokenSource();
                var running = account.ExecuteAsync(new(World.Deactivate(), Kim), Token);
                await world.Journal.BeforeAppend.Reached;
                var waiting = account.ExecuteAsync(new(World.Restore(), Kim), Token);
                var gone = account.ExecuteAsync(new(World.Restore(), Kim), impatient.Token);
                Assert.Equal(2, board.Asked("queue.depth queue=commands"));
                await impatient.CancelAsync();
                await Assert.ThrowsAnyAsync<OperationCanceledException>(() => gone);
                Assert.Equal(1, board.Asked("queue.depth queue=commands"));
                world.Journal.BeforeAppend.Release();
                await Task.WhenAll(running, waiting);
                Assert.Equal((0, 0),
                    (board.Asked("queue.depth queue=commands"), board.Asked("queue.depth queue=follows")));
            });
    }
}
