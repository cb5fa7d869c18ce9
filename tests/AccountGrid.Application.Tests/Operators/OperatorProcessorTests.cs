using AccountGrid.Domain;

namespace AccountGrid.Application.Tests;

public sealed class OperatorProcessorTests
{
    private static readonly OperatorId KimId = OperatorId.Parse("kim");
    private static readonly Caller Root = World.Person("root", Roles.Admin);
    private static readonly HarmIntent Harm = new(World.Account, 500);

    private static Task InWorld(
        Func<World, OperatorProcessor, Task> test, OperatorPolicy? policy = null, ProcessorLimits? limits = null) =>
        OneThread.RunAsync(async () =>
        {
            using var world = new World(limits, policy);
            await world.EnrollAsync("kim");
            await test(world, await world.Desk.OfAsync(KimId));
        });

    private static async Task<OperatorProcessor> AnotherActivation(World world, string name = "kim")
    {
        var processor = new OperatorProcessor(OperatorId.Parse(name), world.Operators);
        await processor.LoadAsync(Token);
        return processor;
    }

    private static ValueTask<AuthorityAnswer> Ask(OperatorProcessor person, HarmIntent? intent = null) =>
        person.AskAsync(new(person.Id, intent), Token);

    public sealed class Authority_at_an_instant
    {
        [Fact]
        public Task Is_none_for_somebody_unknown() => InWorld(async (world, _) =>
        {
            var answer = await Ask(await AnotherActivation(world, "stranger"), Harm);
            Assert.Equal((Standing.Ended, Roles.None, null),
                (answer.Authority.Standing, answer.Authority.Roles, answer.Reservation));
        });

        [Fact]
        public Task Shrinks_and_ends_with_the_clock_alone() => InWorld(async (world, kim) =>
        {
            await kim.ExecuteAsync(new OperatorCommand.Offboard(world.Clock.GetUtcNow().AddDays(15), ""), Root, Token);
            Assert.Equal(Standing.Active, (await Ask(kim)).Authority.Standing);
            world.Clock.Advance(TimeSpan.FromDays(1));
            Assert.Equal((Standing.Notice, Standing.Notice), ((await Ask(kim)).Authority.Standing, kim.View.Standing));
            world.Clock.Advance(TimeSpan.FromDays(14));
            var answer = await Ask(kim, Harm);
            Assert.Equal((Standing.Ended, null), (answer.Authority.Standing, answer.Reservation));
        });

        [Fact]
        public Task Is_compared_with_the_journal_when_memory_is_old() => InWorld(async (world, kim) =>
        {
            var stale = await AnotherActivation(world);
            await kim.ExecuteAsync(new OperatorCommand.Offboard(world.Clock.GetUtcNow(), ""), Root, Token);
            world.Clock.Advance(world.Limits.AuthorityFreshness + TimeSpan.FromMilliseconds(1));
            Assert.Equal(Standing.Ended, (await Ask(stale)).Authority.Standing);
        });

        [Fact]
        public Task Comes_from_memory_alone_only_while_that_is_fresh_and_read() => InWorld(async (world, kim) =>
        {
            var question = new AuthorityQuestion(kim.Id, Harm);
            await kim.LoadAsync(Token);
            Assert.NotNull(kim.TryAsk(question)!.Reservation);
            Assert.Equal(1, kim.View.HarmsInWindow);

            // Made by another activation: what was spent is to be read again.
            kim.Settle(12, world.Clock.GetUtcNow());
            Assert.Null(kim.TryAsk(question));
            Assert.Equal(Standing.Active, kim.TryAsk(question with { Intent = null })!.Authority.Standing);
            world.Clock.Advance(world.Limits.AuthorityFreshness + TimeSpan.FromMilliseconds(1));
            Assert.Null(kim.TryAsk(question with { Intent = null }));
            await kim.ExecuteAsync(new OperatorCommand.Offboard(world.Clock.GetUtcNow(), ""), Root, Token);
            Assert.Equal(Standing.Ended, kim.TryAsk(question with { Intent = null })!.Authority.Standing);
        });

        [Fact]
        public Task Is_not_given_while_the_record_cannot_be_confirmed() => InWorld(async (world, kim) =>
        {
            world.Clock.Advance(world.Limits.AuthorityFreshness * 2);
            world.Journal.ReadsFail = true;
            await Assert.ThrowsAsync<StorageUnavailableException>(() => Ask(kim).AsTask());
            world.Journal.ReadsFail = false;
            Assert.Equal(Standing.Active, (await Ask(kim)).Authority.Standing);
        });

        [Fact]
        public Task Is_answered_while_a_command_waits_for_the_disk() => InWorld(async (world, kim) =>
        {
            world.Journal.BeforeAppend.Arm();
            var command = kim.ExecuteAsync(new OperatorCommand.Offboard(world.Clock.GetUtcNow(), ""), Root, Token);
            await world.Journal.BeforeAppend.Reached;
            world.Clock.Advance(world.Limits.AuthorityFreshness * 2);
            Assert.Equal(Standing.Active, (await Ask(kim)).Authority.Standing);
            world.Journal.BeforeAppend.Release();
            await command;
            Assert.Equal(Standing.Ended, (await Ask(kim)).Authority.Standing);
        });
    }

    public sealed class Budget
    {
        [Fact]
        public Task Counts_reservations_until_they_are_settled() => InWorld(
            async (world, kim) =>
            {
                var first = (await Ask(kim, Harm)).Reservation!.Value;
                var second = (await Ask(kim, Harm)).Reservation!.Value;
                Assert.NotEqual(first, second);
                var over = await Ask(kim, Harm);
                Assert.Equal((RefusalReason.BudgetExceeded, null), (over.Authority.Budget!.Reason, over.Reservation));
                Assert.Null((await Ask(kim)).Authority.Budget);

                kim.Settle(first, null);
                kim.Settle(second, world.Clock.GetUtcNow());
                Assert.Equal((1, 500L), (kim.View.HarmsInWindow, kim.View.ReachInWindow));
                Assert.NotNull((await Ask(kim, Harm)).Reservation);
            },
            new OperatorPolicy { MaxHarms = 2 });

        [Fact]
        public Task Limits_the_reach_of_lone_acts_and_gets_free_with_the_window() => InWorld(
            async (world, kim) =>
            {
                var now = world.Clock.GetUtcNow();
                kim.Settle((await Ask(kim, Harm)).Reservation!.Value, now);
                world.Clock.Advance(TimeSpan.FromMinutes(20));
                var over = (await Ask(kim, Harm)).Authority.Budget!;
                Assert.Equal((RefusalReason.ReachExceeded, TimeSpan.FromMinutes(40)), (over.Reason, over.RetryAfter));
                kim.Settle((await Ask(kim, Harm with { Reach = 0 })).Reservation!.Value, world.Clock.GetUtcNow());
                world.Clock.Advance(TimeSpan.FromMinutes(40));
                Assert.NotNull((await Ask(kim, Harm)).Reservation);
                Assert.Equal((2, 500L), (kim.View.HarmsInWindow, kim.View.ReachInWindow));
            },
            new OperatorPolicy { MaxReach = 999 });

        [Fact]
        public Task Survives_a_restart_because_it_comes_from_the_journals() => InWorld(async (world, _) =>
        {
            await world.RegisterAsync();
            world.Ledger.Pretend(World.Account, 70);
            await (await world.ActivateAsync()).ExecuteAsync(new(World.Deactivate(), World.Person("kim")), Token);
            var restarted = await AnotherActivation(world);
            Assert.Equal((1, 70L), (restarted.View.HarmsInWindow, restarted.View.ReachInWindow));
            world.Clock.Advance(TimeSpan.FromHours(1));
            Assert.Equal((0, 0L), (restarted.View.HarmsInWindow, restarted.View.ReachInWindow));
        });

        [Fact]
        public Task Learns_of_a_harm_that_an_earlier_activation_had_reserved() => InWorld(async (world, _) =>
        {
            await world.RegisterAsync();
            world.Ledger.Pretend(World.Account, 70);
            var restarted = await AnotherActivation(world);
            await (await world.ActivateAsync()).ExecuteAsync(new(World.Deactivate(), World.Person("kim")), Token);
            Assert.Equal(0, restarted.View.HarmsInWindow);
            restarted.Settle(12345, world.Clock.GetUtcNow());
            await Ask(restarted, Harm);
            Assert.Equal((2, 570L), (restarted.View.HarmsInWindow, restarted.View.ReachInWindow));
        });
    }

    public sealed class Commands
    {
        [Fact]
        public Task Take_an_admin_whose_authority_is_looked_up_then() => InWorld(async (world, kim) =>
        {
            var enroll = new OperatorCommand.Enroll(Roles.Support, "Kim", null);
            Assert.Null((await kim.ExecuteAsync(enroll, Root, Token)).Refusal);
            var root = await world.Desk.OfAsync(OperatorId.Parse("root"));
            Assert.Null(
                (await root.ExecuteAsync(
                    new OperatorCommand.Offboard(world.Clock.GetUtcNow(), ""), Root, Token)).Refusal);
            var refused = await kim.ExecuteAsync(enroll with { DisplayName = "K" }, Root, Token);
            Assert.Equal(RefusalReason.AuthorityEnded, refused.Refusal!.Reason);
            Assert.Equal("Kim", refused.View.State.DisplayName);
            Assert.Equal("attempt-refused", world.Journal.Entries(StreamId.Of(KimId))[^1].Type);
        });

        [Fact]
        public Task Write_the_index_row_that_drives_the_freeze() => InWorld(async (world, kim) =>
        {
            await kim.ExecuteAsync(new OperatorCommand.Offboard(world.Clock.GetUtcNow(), ""), Root, Token);
            Assert.True(Assert.IsType<StreamIndexRow.Operator>(world.Journal.Row(StreamId.Of(KimId))).FreezePending);
            await kim.ExecuteAsync(new OperatorCommand.ConfirmFrozen(), Caller.System, Token);
            Assert.False(Assert.IsType<StreamIndexRow.Operator>(world.Journal.Row(StreamId.Of(KimId))).FreezePending);
        });

        [Fact]
        public Task Of_two_admins_on_each_other_at_once_both_come_to_an_end() => InWorld(async (world, _) =>
        {
            await world.EnrollAsync("ann", Roles.Admin);
            await world.EnrollAsync("bob", Roles.Admin);
            world.Clock.Advance(TimeSpan.FromMinutes(1));
            var (ann, bob) =
                (await world.Desk.OfAsync(OperatorId.Parse("ann")), await world.Desk.OfAsync(OperatorId.Parse("bob")));
            var now = world.Clock.GetUtcNow();
            var both = new[]
            {
                ann.ExecuteAsync(new OperatorCommand.Offboard(now, ""), World.Person("bob", Roles.Admin), Token),
                bob.ExecuteAsync(new OperatorCommand.Offboard(now, ""), World.Person("ann", Roles.Admin), Token),
            };
            await Task.WhenAll(both);
            Assert.Contains(both, c => c.Result.Refusal is null);
        });

        [Fact]
        public Task Of_a_second_activation_are_fenced_and_decided_again() => InWorld(async (world, kim) =>
        {
            var second = await AnotherActivation(world);
            await kim.ExecuteAsync(new OperatorCommand.Enroll(Roles.Support, "Kim", null), Root, Token);
            var result = await second.ExecuteAsync(
                new OperatorCommand.Offboard(world.Clock.GetUtcNow(), ""), Root, Token);
            Assert.Null(result.Refusal);
            Assert.Equal(("Kim", Standing.Ended, 4L),
                (result.View.State.DisplayName, result.View.Standing, result.View.State.Version));
            Assert.True(second.IsFenced);
        });

        [Fact]
        public Task After_a_failed_append_begin_with_the_journal() => InWorld(async (world, kim) =>
        {
            var enroll = new OperatorCommand.Enroll(Roles.Support, "Kim", null);
            world.Journal.FailNextAppend(AppendFault.UnknownWritten);
            await Assert.ThrowsAsync<StorageUnavailableException>(() => kim.ExecuteAsync(enroll, Root, Token));
            Assert.Equal(Roles.Support, (await Ask(kim)).Authority.Roles);
            Assert.Equal(3, kim.View.State.Version);
            world.Journal.FailNextAppend(AppendFault.Overloaded);
            Assert.Equal(RefusalReason.Overloaded, (await kim.ExecuteAsync(enroll, Root, Token)).Refusal!.Reason);
        });

        [Fact]
        public Task Beyond_the_queue_are_refused_at_once() => InWorld(
            async (world, kim) =>
            {
                world.Journal.BeforeAppend.Arm();
                var enroll = new OperatorCommand.Enroll(Roles.Support, "", null);
                var running = kim.ExecuteAsync(enroll, Root, Token);
                await world.Journal.BeforeAppend.Reached;
                var waiting = kim.ExecuteAsync(enroll, Root, Token);
                var refused = kim.ExecuteAsync(enroll, Root, Token);
                Assert.True(refused.IsCompleted);
                Assert.Equal(RefusalReason.Overloaded, (await refused).Refusal!.Reason);
                world.Journal.BeforeAppend.Release();
                await Task.WhenAll(running, waiting);
            },
            limits: new ProcessorLimits { QueueDepth = 1 });
    }
}
