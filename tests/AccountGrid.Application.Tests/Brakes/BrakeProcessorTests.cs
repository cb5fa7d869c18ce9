using AccountGrid.Domain;

namespace AccountGrid.Application.Tests;

/// <summary>The brake at work: harms of several people and a service against one limit over the grid.</summary>
public sealed class BrakeProcessorTests
{
    private static readonly AccountCommand OwnersDown = new AccountCommand.Harm(
        new HarmAction(HarmKind.OwnerDeactivate, "OWNER_REQUEST", "", "", null, null), DirectOnly: false);

    private static readonly Caller Lee = World.Person("lee");

    public sealed class Above_the_limit
    {
        [Fact]
        public Task The_next_harm_of_another_person_waits_and_restoring_does_not() => InWorld(async world =>
        {
            await EngageAsync(world);
            Assert.Equal(Outcome.Done, (await SendAsync(world, 1, World.Restore(), Lee)).Outcome);
            var entry = Assert.Single(world.Journal.Entries(StreamId.Brake));
            Assert.Equal(("brake-engaged", Actor.System), (entry.Type, entry.Actor));
            Assert.IsType<StreamIndexRow.None>(world.Journal.Row(StreamId.Brake));
        });

        [Fact]
        public Task A_service_is_told_pending() => InWorld(async world =>
        {
            await EngageAsync(world);
            Assert.Equal(Outcome.Pending, (await SendAsync(world, 4, OwnersDown, World.Web)).Outcome);
        });

        // What is closed is closed as over budget is: the person sees why.
        [Fact]
        public Task A_harm_that_was_scheduled_alone_is_closed_when_it_fires() => InWorld(async world =>
        {
            var later = World.Deactivate(world.Clock.GetUtcNow().AddMinutes(5));
            Assert.Equal(Outcome.Pending, (await SendAsync(world, 4, later, Lee)).Outcome);
            await EngageAsync(world);
            world.Clock.Advance(TimeSpan.FromMinutes(5));
            var account = await world.ActivateAsync(new AccountId(4));
            await account.FireDueAsync(Token);
            Assert.Equal((AccountStatus.Active, null), (account.View.State.Status, account.View.State.Proposal));
        });

        [Fact]
        public Task Engages_once_however_many_ask_at_once() => InWorld(async world =>
        {
            var harms = await Task.WhenAll(Enumerable.Range(1, 6).Select(
                id => SendAsync(world, id, World.Deactivate(), id % 2 == 0 ? Lee : World.Person("kim"))));
            Assert.Equal(2, harms.Count(static h => h.Outcome == Outcome.Done));
            Assert.Equal(4, harms.Count(static h => h.Outcome == Outcome.Pending));
            Assert.Single(world.Journal.Entries(StreamId.Brake));
        });

        [Fact]
        public Task Shows_so_by_its_metrics() => InWorld(async world =>
        {
            using var board = new Board(world);
            world.Diagnostics.Brake.Begin(world.Brake.Processor);
            Assert.Equal((0, 0), (board.Asked("brake.engaged"), board.Asked("brake.used budget=actions")));
            await SendAsync(world, 1, World.Deactivate(), Lee);
            Assert.Equal((0.5, 0.07), (
                board.Asked("brake.used budget=actions"), board.Asked("brake.used budget=reach")));
            await SendAsync(world, 2, World.Deactivate(), Lee);
            await SendAsync(world, 3, World.Deactivate(), Lee);
            Assert.Equal((1, 1), (board.Asked("brake.engaged"), board.Told("brake.engagements")));
            world.Clock.Advance(TimeSpan.FromHours(1));
            Assert.Equal((0, 0), (board.Asked("brake.engaged"), board.Asked("brake.used budget=actions")));
        });
    }

    public sealed class The_sums
    {
        [Fact]
        public Task Roll_with_the_window() => InWorld(async world =>
        {
            await SendAsync(world, 1, World.Deactivate(), Lee);
            world.Clock.Advance(TimeSpan.FromMinutes(40));
            await SendAsync(world, 2, World.Deactivate(), Lee);
            Assert.Equal((2, 140), (world.Brake.Processor.View.Harms, world.Brake.Processor.View.Reach));
            world.Clock.Advance(TimeSpan.FromMinutes(20));
            Assert.Equal(Outcome.Done, (await SendAsync(world, 3, World.Deactivate(), Lee)).Outcome);
            Assert.Equal(2, world.Brake.Processor.View.Harms);
        });

        [Fact]
        public Task Come_back_from_the_journals_after_a_restart() => InWorld(async world =>
        {
            await SendAsync(world, 1, World.Deactivate(), Lee);
            await SendAsync(world, 2, OwnersDown, World.Web);
            world.Brake.Restart();
            Assert.Equal(Outcome.Pending, (await SendAsync(world, 3, World.Deactivate(), Lee)).Outcome);
            world.Brake.Restart();
            await world.Brake.Processor.LoadAsync(Token);
            Assert.NotNull(world.Brake.Processor.View.Engagement);
            Assert.Equal((2, 140), (world.Brake.Processor.View.Harms, world.Brake.Processor.View.Reach));
        });

        [Fact]
        public Task Count_a_reservation_until_it_is_known_that_nothing_happened() => InWorld(async world =>
        {
            var harm = new HarmIntent(new AccountId(1), 70);
            var brake = world.Brake.Processor;
            var (first, second) = (
                await brake.ReserveAsync(harm, true, Token), await brake.ReserveAsync(harm, true, Token));
            brake.Settle(first.Reservation!.Value, null);
            brake.Settle(second.Reservation!.Value, world.Clock.GetUtcNow());
            Assert.Equal((1, 70), (brake.View.Harms, brake.View.Reach));
            Assert.NotNull((await brake.ReserveAsync(harm, true, Token)).Reservation);
            Assert.NotNull((await brake.ReserveAsync(harm, true, Token)).EngagedUntil);
        });

        [Fact]
        public Task Give_back_what_a_failed_append_had_reserved() => InWorld(async world =>
        {
            var account = await world.ActivateAsync(new AccountId(1));
            world.Journal.FailNextAppend(AppendFault.Unavailable);
            await Assert.ThrowsAsync<StorageUnavailableException>(
                () => account.ExecuteAsync(new(World.Deactivate(), Lee), Token));
            Assert.Equal(0, world.Brake.Processor.View.Harms);
            Assert.Null(Assert.Single(world.Brake.Settlements));
        });

        [Fact]
        public Task Are_not_asked_about_by_harms_of_two_people_nor_by_what_is_refused() => InWorld(async world =>
        {
            world.Ledger.Pretend(new AccountId(1), 5_000_000);
            var opened = await SendAsync(world, 1, World.Deactivate(), World.Person("kim"));
            var approve = new AccountCommand.Approve(opened.ProposalSequence!.Value, null, "");
            Assert.Equal(Outcome.Done, (await SendAsync(world, 1, approve, Lee)).Outcome);
            await SendAsync(world, 2, World.Deactivate(), World.Person("stranger"));
            await SendAsync(world, 2, World.Deactivate(), new Caller(Lee.Actor, Roles.Auditor));
            Assert.Empty(world.Brake.Questions);
        });
    }

    public sealed class A_release
    {
        [Fact]
        public Task Lets_the_next_harm_happen_and_begins_the_sums_anew() => InWorld(async world =>
        {
            await EngageAsync(world);
            world.Clock.Advance(TimeSpan.FromMinutes(1));
            var released = await world.Brake.Processor.ReleaseAsync(new(Lee, "all is well", "r-1"), Token);
            Assert.Null(released.Refusal);
            Assert.Equal((null, 0, "lee"), (
                released.View.Engagement, released.View.Harms, released.View.Release!.By.Value));
            world.Clock.Advance(TimeSpan.FromMinutes(1));
            world.Brake.Restart();
            Assert.Equal(Outcome.Done, (await SendAsync(world, 4, World.Deactivate(), Lee)).Outcome);
            Assert.Equal(Outcome.Done, (await SendAsync(world, 5, World.Deactivate(), Lee)).Outcome);
            Assert.Equal(Outcome.Pending, (await SendAsync(world, 6, World.Deactivate(), Lee)).Outcome);
            Assert.Equal(
                ["brake-engaged", "brake-released", "brake-engaged"],
                world.Journal.Entries(StreamId.Brake).Select(static e => e.Type));
        });

        [Fact]
        public Task That_is_sent_again_is_answered_as_before() => InWorld(async world =>
        {
            await EngageAsync(world);
            var request = new BrakeReleaseRequest(Lee, "all is well", "r-1");
            await world.Brake.Processor.ReleaseAsync(request, Token);
            Assert.Null((await world.Brake.Processor.ReleaseAsync(request, Token)).Refusal);
            Assert.Equal(2, world.Journal.Entries(StreamId.Brake).Length);
        });

        [Fact]
        public Task Is_not_for_services_nor_for_a_person_without_the_role() => InWorld(async world =>
        {
            await EngageAsync(world);
            foreach (var caller in new[] { World.Web, World.Person("max"), new Caller(Lee.Actor, Roles.Support) })
            {
                var refused = await world.Brake.Processor.ReleaseAsync(new(caller, "please", null), Token);
                Assert.Equal(RefusalReason.ForbiddenRole, refused.Refusal!.Reason);
            }

            Assert.Equal(
                ["brake-engaged", "attempt-refused", "attempt-refused"],
                world.Journal.Entries(StreamId.Brake).Select(static e => e.Type));
        });

        [Fact]
        public Task That_was_refused_once_is_refused_again_when_the_brake_has_engaged_since() => InWorld(async world =>
        {
            var request = new BrakeReleaseRequest(Lee, "looked at", "r-1");
            var brake = world.Brake.Processor;
            Assert.Equal(RefusalReason.WrongStatus, (await brake.ReleaseAsync(request, Token)).Refusal!.Reason);
            await EngageAsync(world);
            world.Brake.Restart();
            brake = world.Brake.Processor;
            Assert.Equal(RefusalReason.WrongStatus, (await brake.ReleaseAsync(request, Token)).Refusal!.Reason);
            Assert.NotNull(brake.View.Engagement);
            Assert.Null((await brake.ReleaseAsync(request with { RequestId = "r-2" }, Token)).Refusal);
        });
    }

    public sealed class Two_activations
    {
        [Fact]
        public Task Are_fenced_and_the_second_one_learns_that_it_is_engaged() => InWorld(async world =>
        {
            var (first, second) = (
                new BrakeProcessor(world.Brake.Services!), new BrakeProcessor(world.Brake.Services!));
            await second.LoadAsync(Token);
            var harm = new HarmIntent(new AccountId(1), 1_001);
            var until = (await first.ReserveAsync(harm, true, Token)).EngagedUntil;
            Assert.Equal(world.Clock.GetUtcNow().AddHours(1), until);
            Assert.Equal(until, (await second.ReserveAsync(harm, true, Token)).EngagedUntil);
            Assert.Equal((false, true), (first.IsFenced, second.IsFenced));
            Assert.Single(world.Journal.Entries(StreamId.Brake));
        });

        [Fact]
        public Task One_learns_of_the_others_engagement_within_the_freshness_of_records() => InWorld(async world =>
        {
            var (first, second) = (
                new BrakeProcessor(world.Brake.Services!), new BrakeProcessor(world.Brake.Services!));
            await second.LoadAsync(Token);
            await first.ReserveAsync(new(new AccountId(1), 1_001), true, Token);
            world.Clock.Advance(world.Limits.AuthorityFreshness + TimeSpan.FromMilliseconds(1));
            Assert.NotNull((await second.ReserveAsync(new(new AccountId(1), 1), true, Token)).EngagedUntil);
        });
    }

    public sealed class Memory_alone
    {
        [Fact]
        public Task Answers_only_when_everything_is_read_and_fresh() => InWorld(async world =>
        {
            var brake = new BrakeProcessor(world.Brake.Services!);
            var harm = new HarmIntent(new AccountId(1), 1);
            Assert.Null(brake.TryReserve(harm));
            await brake.LoadAsync(Token);
            brake.Settle(brake.TryReserve(harm)!.Reservation!.Value, world.Clock.GetUtcNow());
            Assert.Equal(1, brake.View.Harms);

            // Made by another activation: the sums are to be read again.
            brake.Settle(12, world.Clock.GetUtcNow());
            Assert.Null(brake.TryReserve(harm));
            await brake.LoadAsync(Token);
            Assert.NotNull(brake.TryReserve(harm));
            world.Clock.Advance(world.Limits.AuthorityFreshness + TimeSpan.FromMilliseconds(1));
            Assert.Null(brake.TryReserve(harm));
        });

        [Fact]
        public Task Leaves_it_to_others_to_engage_and_knows_when_it_is_engaged() => InWorld(async world =>
        {
            var brake = new BrakeProcessor(world.Brake.Services!);
            await brake.LoadAsync(Token);
            Assert.Null(brake.TryReserve(new(new AccountId(1), 1_001)));
            Assert.Empty(world.Journal.Entries(StreamId.Brake));
            var until = (await brake.ReserveAsync(new(new AccountId(1), 1_001), true, Token)).EngagedUntil;
            Assert.Equal((null, until), (brake.TryReserve(new(new AccountId(2), 1)) is { } answer
                ? (answer.Reservation, answer.EngagedUntil)
                : default));
        });

        // The limit is two.
        [Fact]
        public Task Never_reserves_more_than_fits_for_many_threads() => InWorld(async world =>
        {
            var brake = new BrakeProcessor(world.Brake.Services!);
            await brake.LoadAsync(Token);
            var reserved = 0;
            Parallel.For(0, 1_000, _ =>
            {
                if (brake.TryReserve(new(new AccountId(1), 1)) is not null)
                {
                    Interlocked.Increment(ref reserved);
                }
            });
            Assert.Equal((2, 2), (reserved, brake.View.Harms));
        });
    }

    public sealed class A_brake_that
    {
        [Fact]
        public Task Cannot_be_asked_stops_every_lone_harm_and_no_healing() => InWorld(async world =>
        {
            await SendAsync(world, 1, World.Deactivate(), Lee);
            world.Brake.IsUnreachable = true;
            await Assert.ThrowsAsync<StorageUnavailableException>(
                () => SendAsync(world, 2, World.Deactivate(), Lee));
            Assert.Equal(Outcome.Done, (await SendAsync(world, 1, World.Restore(), Lee)).Outcome);
            Assert.Null(world.Desk.Settlements[^1].HappenedAt);
        });

        [Fact]
        public Task Cannot_write_that_it_engages_stops_the_harm() => InWorld(async world =>
        {
            await SendAsync(world, 1, World.Deactivate(), Lee);
            await SendAsync(world, 2, World.Deactivate(), Lee);
            var account = await world.ActivateAsync(new AccountId(3));
            world.Journal.FailNextAppend(AppendFault.Unavailable);
            await Assert.ThrowsAsync<StorageUnavailableException>(
                () => account.ExecuteAsync(new(World.Deactivate(), Lee), Token));
            Assert.Equal(AccountStatus.Active, account.View.State.Status);
            Assert.Equal(Outcome.Pending, (await SendAsync(world, 3, World.Deactivate(), Lee)).Outcome);
        });

        // Silos of the version before cannot read its entries, and count nothing.
        [Fact]
        public Task Is_not_known_to_every_silo_counts_nothing_and_finds_it_in_the_journals_later() =>
            InWorld(async world =>
            {
                world.Brake.IsKnownEverywhere = false;
                for (var id = 1; id <= 4; id++)
                {
                    Assert.Equal(Outcome.Done, (await SendAsync(world, id, World.Deactivate(), Lee)).Outcome);
                }

                Assert.Empty(world.Journal.Entries(StreamId.Brake));
                world.Brake.IsKnownEverywhere = true;
                Assert.Equal(Outcome.Pending, (await SendAsync(world, 5, World.Deactivate(), Lee)).Outcome);
                Assert.Equal(4, world.Brake.Processor.View.Engagement!.Harms);
            });
    }

    private static async Task EngageAsync(World world)
    {
        foreach (var id in new[] { 1, 2 })
        {
            Assert.Equal(Outcome.Done, (await SendAsync(world, id, World.Deactivate(), World.Person("kim"))).Outcome);
        }

        Assert.Equal(Outcome.Pending, (await SendAsync(world, 3, World.Deactivate(), Lee)).Outcome);
    }

    private static async Task<AccountResult> SendAsync(World world, long id, AccountCommand command, Caller caller) =>
        await (await world.ActivateAsync(new AccountId(id))).ExecuteAsync(new(command, caller), Token);

    private static Task InWorld(Func<World, Task> test) => OneThread.RunAsync(async () =>
    {
        using var world = new World(brake: new BrakePolicy { MaxHarms = 2, MaxReach = 1_000 });
        await world.EnrollAsync("kim");
        await world.EnrollAsync("lee");
        await world.EnrollAsync("max", Roles.Support);
        for (var id = 1; id <= 6; id++)
        {
            await world.RegisterAsync(new AccountId(id));
            world.Ledger.Pretend(new AccountId(id), 70);
        }

        world.Clock.Advance(TimeSpan.FromMinutes(1));
        await test(world);
    });
}
