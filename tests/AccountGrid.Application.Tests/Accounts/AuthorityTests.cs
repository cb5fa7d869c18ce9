using AccountGrid.Domain;

namespace AccountGrid.Application.Tests;

/// <summary>Law 2 and the budgets, through real operator processors.</summary>
public sealed class AuthorityTests
{
    private static readonly OperatorId KimId = OperatorId.Parse("kim");
    private static readonly Caller Kim = World.Person("kim");
    private static readonly Caller Lee = World.Person("lee");
    private static readonly StreamId Stream = StreamId.Of(World.Account);

    private static Task InWorld(long followers, Func<World, AccountProcessor, Task> test) =>
        OneThread.RunAsync(async () =>
        {
            using var world = new World();
            await world.EnrollAsync("kim");
            await world.EnrollAsync("lee");
            await world.RegisterAsync();
            world.Ledger.Pretend(World.Account, followers);
            var account = await world.ActivateAsync();
            world.Desk.Questions.Clear();
            await test(world, account);
        });

    private static Task<AccountResult> Approve(AccountProcessor account, Caller by, long sequence = 2) =>
        account.ExecuteAsync(new(new AccountCommand.Approve(sequence, null, ""), by), Token);

    private static async Task Offboard(World world, string name, DateTimeOffset? end = null) => Assert.Null(
        (await (await world.Desk.OfAsync(OperatorId.Parse(name))).ExecuteAsync(
            new OperatorCommand.Offboard(end ?? world.Clock.GetUtcNow(), "left"), World.Person("root", Roles.Admin),
            Token)).Refusal);

    private static async Task<(int Harms, long Reach)> Spent(World world)
    {
        var view = (await world.Desk.OfAsync(KimId)).View;
        return (view.HarmsInWindow, view.ReachInWindow);
    }

    public sealed class Budget_of_a_harm
    {
        [Fact]
        public Task Is_reserved_before_and_charged_at_the_instant_of_the_entry() =>
            InWorld(500, async (world, account) =>
            {
                world.Journal.BeforeAppend.Arm();
                var command = account.ExecuteAsync(new(World.Deactivate(), Kim), Token);
                await world.Journal.BeforeAppend.Reached;
                Assert.Equal((1, 500L), await Spent(world));
                Assert.Empty(world.Desk.Settlements);
                world.Journal.BeforeAppend.Release();
                await command;
                Assert.Equal(
                    [(Kim.Actor, (DateTimeOffset?)world.Journal.Entries(Stream)[^1].At)], world.Desk.Settlements);
                Assert.Equal((1, 500L), await Spent(world));
                var charge = Assert.Single(await world.Journal.ReadChargesAsync(Kim.Actor, default, Token));
                Assert.Equal(500, charge.Reach);
            });

        [Theory]
        [InlineData("refused")]
        [InlineData("replayed")]
        [InlineData("overloaded")]
        [InlineData("known failure")]
        [InlineData("cancelled")]
        [InlineData("stale etag")]
        public Task Is_given_back_when_nothing_happened(string how) => InWorld(500, async (world, account) =>
        {
            var request = new AccountRequest(World.Deactivate(), Kim, "r1");
            if (how is "refused" or "replayed")
            {
                await account.ExecuteAsync(request, Token);
                world.Clock.Advance(TimeSpan.FromHours(2));
            }

            switch (how)
            {
                case "refused":
                    Assert.Equal(RefusalReason.WrongStatus,
                        (await account.ExecuteAsync(request with { RequestId = null }, Token)).Refusal!.Reason);
                    break;
                case "replayed":
                    Assert.Equal(Outcome.Done, (await account.ExecuteAsync(request, Token)).Outcome);
                    break;
                case "overloaded":
                    world.Journal.FailNextAppend(AppendFault.Overloaded);
                    await account.ExecuteAsync(request, Token);
                    break;
                case "known failure":
                    world.Journal.FailNextAppend(AppendFault.Unavailable);
                    await Assert.ThrowsAsync<StorageUnavailableException>(() => account.ExecuteAsync(request, Token));
                    break;
                case "cancelled":
                    using (var cancellation = new CancellationTokenSource())
                    {
                        world.Desk.OnAsk = _ => cancellation.CancelAsync();
                        await Assert.ThrowsAnyAsync<OperationCanceledException>(
                            () => account.ExecuteAsync(request, cancellation.Token));
                    }

                    break;
                default:
                    Assert.Equal(
                        RefusalReason.VersionMismatch,
                        (await account.ExecuteAsync(request with { ExpectedStateVersion = 9 }, Token)).Refusal!.Reason);
                    break;
            }

            Assert.Equal((0, 0L), await Spent(world));
            Assert.Equal(Kim.Actor, Assert.Single(world.Desk.Settlements, s => s.HappenedAt is null).Payer);
        });

        [Fact]
        public Task Counts_as_spent_while_nobody_knows_the_outcome() => InWorld(500, async (world, account) =>
        {
            world.Journal.FailNextAppend(AppendFault.UnknownNotWritten);
            await Assert.ThrowsAsync<StorageUnavailableException>(
                () => account.ExecuteAsync(new(World.Deactivate(), Kim), Token));
            Assert.Empty(world.Desk.Settlements);
            Assert.Equal((1, 500L), await Spent(world));
            world.Clock.Advance(TimeSpan.FromHours(1));
            Assert.Equal((0, 0L), await Spent(world));
        });

        [Fact]
        public Task Is_charged_once_when_the_append_lost_its_race_and_was_decided_again() =>
            InWorld(500, async (world, account) =>
            {
                var rival = await world.ActivateAsync();
                await rival.ExecuteAsync(new(World.Deactivate(), World.Person("stranger")), Token);
                Assert.Equal(Outcome.Done, (await account.ExecuteAsync(new(World.Deactivate(), Kim), Token)).Outcome);
                Assert.True(account.IsFenced);
                Assert.Equal((1, 500L), await Spent(world));
                Assert.Equal([null, world.Clock.GetUtcNow()], world.Desk.Settlements.Select(s => s.HappenedAt));
            });

        [Fact]
        public Task Over_the_number_is_refused_and_recorded_but_healing_is_not() => OneThread.RunAsync(async () =>
        {
            using var world = new World(operators: new OperatorPolicy { MaxHarms = 1 });
            await world.EnrollAsync("kim");
            await world.RegisterAsync();
            await world.RegisterAsync(new AccountId(2));
            var (first, second) = (await world.ActivateAsync(), await world.ActivateAsync(new AccountId(2)));
            await first.ExecuteAsync(new(World.Deactivate(), Kim), Token);
            var refusal = (await second.ExecuteAsync(new(World.Deactivate(), Kim), Token)).Refusal!;
            Assert.Equal((RefusalReason.BudgetExceeded, TimeSpan.FromHours(1)), (refusal.Reason, refusal.RetryAfter));
            Assert.Equal("attempt-refused", world.Journal.Entries(StreamId.Of(new AccountId(2)))[^1].Type);
            Assert.Equal(Outcome.Done, (await first.ExecuteAsync(new(World.Restore(), Kim), Token)).Outcome);
        });
    }

    public sealed class Two_people
    {
        [Fact]
        public Task Are_both_asked_at_the_approval_and_only_the_proposer_pays() =>
            InWorld(41_000_000, async (world, account) =>
            {
                Assert.Equal(Outcome.Pending,
                    (await account.ExecuteAsync(new(World.Deactivate(), Kim), Token)).Outcome);
                world.Desk.Questions.Clear();
                world.Desk.Settlements.Clear();
                var result = await Approve(account, Lee);
                Assert.Equal((Outcome.Done, 2L, AccountStatus.Deactivated),
                    (result.Outcome, result.ProposalSequence, result.View.State.Status));
                Assert.Equal(["kim", "lee"], world.Desk.Questions.Select(q => q.Person.Value));
                Assert.Equal([Kim.Actor],
                    world.Desk.Settlements.Where(s => s.HappenedAt is not null).Select(s => s.Payer));
                Assert.Equal((1, 0L), await Spent(world));
                var mark =
                    Assert.Single(await world.Journal.ListHarmedAsync(Lee.Actor, default, 0, 10, Token));
                Assert.Equal(World.Account, mark);
            });

        [Fact]
        public Task Pay_nothing_for_an_approval_that_only_waits_for_its_time() =>
            InWorld(41_000_000, async (world, account) =>
            {
                await account.ExecuteAsync(new(World.Deactivate(world.Clock.GetUtcNow().AddHours(10)), Kim), Token);
                Assert.Equal(Outcome.Pending, (await Approve(account, Lee)).Outcome);
                Assert.Equal([(Kim.Actor, (DateTimeOffset?)null)], world.Desk.Settlements);
                Assert.Equal((0, 0L), await Spent(world));
                world.Clock.Advance(TimeSpan.FromHours(10));
                await account.FireDueAsync(Token);
                Assert.Equal((AccountStatus.Deactivated, "lee"),
                    (account.View.State.Status, account.View.State.Holds[0].ApprovedBy?.Value));
                Assert.Equal((1, 0L), await Spent(world));
            });

        [Fact]
        public Task Void_the_proposal_of_somebody_who_has_left_since() => InWorld(41_000_000, async (world, account) =>
        {
            await account.ExecuteAsync(new(World.Deactivate(), Kim), Token);
            await Offboard(world, "kim");
            var refusal = (await Approve(account, Lee)).Refusal!;
            Assert.Equal(RefusalReason.ProposalVoid, refusal.Reason);
            Assert.Equal(AccountStatus.Active, account.View.State.Status);
            Assert.Equal(["attempt-refused", "proposal-closed"],
                world.Journal.Entries(Stream)[^2..].Select(e => e.Type));
        });

        [Fact]
        public Task Do_not_include_an_approver_who_left_while_the_approval_was_under_way() =>
            InWorld(41_000_000, async (world, account) =>
            {
                await account.ExecuteAsync(new(World.Deactivate(), Kim), Token);
                world.Desk.OnAsk = async question =>
                {
                    if (question.Person.Value == "lee")
                    {
                        world.Desk.OnAsk = null;
                        await Offboard(world, "lee");
                    }
                };
                Assert.Equal(RefusalReason.AuthorityEnded, (await Approve(account, Lee)).Refusal!.Reason);
                Assert.Equal(AccountStatus.Active, account.View.State.Status);
            });

        [Fact]
        public Task Do_nothing_while_one_of_them_cannot_be_asked() => InWorld(41_000_000, async (world, account) =>
        {
            await account.ExecuteAsync(new(World.Deactivate(), Kim), Token);
            world.Desk.Unreachable.Add(OperatorId.Parse("lee"));
            world.Desk.Settlements.Clear();
            await Assert.ThrowsAsync<TimeoutException>(() => Approve(account, Lee));
            Assert.Equal(2, world.Journal.Entries(Stream).Length);
            Assert.Equal([(Kim.Actor, (DateTimeOffset?)null)], world.Desk.Settlements);
            world.Desk.Unreachable.Clear();
            Assert.Equal(Outcome.Done, (await Approve(account, Lee)).Outcome);
        });

        [Fact]
        public Task A_count_that_moves_between_question_and_decision_lets_nobody_act_without_a_reservation() =>
            InWorld(1_000_000, async (world, account) =>
            {
                await account.FollowAsync([new FollowChange(new AccountId(7), true)], Token);
                Assert.Equal(Tier.Protected, account.View.Tier);
                world.Desk.OnAsk = async _ =>
                {
                    world.Desk.OnAsk = null;
                    world.Ledger.Pretend(World.Account, 10);
                    await account.FollowAsync([new FollowChange(new AccountId(8), true)], Token);

                    // A count that fell without an unfollow is in doubt, and protects.
                    Assert.Equal(Tier.Protected, account.View.Tier);
                };
                Assert.Equal(Outcome.Pending,
                    (await account.ExecuteAsync(new(World.Deactivate(), Kim), Token)).Outcome);
            });
    }

    public sealed class Due
    {
        [Fact]
        public Task A_suspension_ends_as_the_systems_act_also_after_a_downtime() => InWorld(5, async (world, account) =>
        {
            var until = world.Clock.GetUtcNow().AddHours(1);
            await account.ExecuteAsync(new(World.Suspend(until), Kim), Token);
            await account.FireDueAsync(Token);
            Assert.Equal(AccountStatus.Suspended, account.View.State.Status);

            // Everything is down when the time comes.
            world.Clock.Advance(TimeSpan.FromDays(3));
            var later = await world.ActivateAsync();
            await later.FireDueAsync(Token);
            Assert.Equal(AccountStatus.Active, later.View.State.Status);
            var entry = world.Journal.Entries(Stream)[^1];
            Assert.Equal((Actor.System, "hold-lifted", world.Clock.GetUtcNow()), (entry.Actor, entry.Type, entry.At));
            await later.FireDueAsync(Token);
            Assert.Equal(3, world.Journal.Entries(Stream).Length);
        });

        [Fact]
        public Task Everything_due_is_done_in_one_go_each_step_by_itself() =>
            InWorld(41_000_000, async (world, account) =>
            {
                await account.ExecuteAsync(new(World.Suspend(world.Clock.GetUtcNow().AddMinutes(5)), Kim), Token);
                await Approve(account, Lee);
                await account.ExecuteAsync(new(World.Deactivate(), Kim), Token);
                Assert.NotNull(account.View.State.Proposal);
                world.Clock.Advance(TimeSpan.FromDays(1));
                await Task.WhenAll(account.FireDueAsync(Token), account.FireDueAsync(Token));
                Assert.Equal((AccountStatus.Active, null), (account.View.State.Status, account.View.State.DueAt));
                Assert.Equal(["hold-lifted", "proposal-closed"],
                    world.Journal.Entries(Stream)[^2..].Select(e => e.Type));
            });

        [Fact]
        public Task A_scheduled_action_fires_at_its_time_and_is_charged_then() => InWorld(5, async (world, account) =>
        {
            var at = world.Clock.GetUtcNow().AddHours(10);
            Assert.Equal(Outcome.Pending, (await account.ExecuteAsync(new(World.Deactivate(at), Kim), Token)).Outcome);
            Assert.Equal((0, 0L), await Spent(world));
            world.Clock.Advance(TimeSpan.FromHours(11));
            await account.FireDueAsync(Token);
            Assert.Equal(AccountStatus.Deactivated, account.View.State.Status);
            Assert.Equal(Kim.Actor, Assert.Single(account.View.State.Holds).PlacedBy);
            Assert.Equal(Actor.System, world.Journal.Entries(Stream)[^1].Actor);
            Assert.Equal((1, 5L), await Spent(world));
        });

        [Fact]
        public Task A_scheduled_action_of_somebody_who_has_left_is_refused_when_it_fires() =>
            InWorld(5, async (world, account) =>
            {
                await account.ExecuteAsync(new(World.Deactivate(world.Clock.GetUtcNow().AddHours(10)), Kim), Token);
                await Offboard(world, "kim", world.Clock.GetUtcNow().AddHours(1));
                world.Clock.Advance(TimeSpan.FromHours(11));
                await account.FireDueAsync(Token);
                Assert.Equal((AccountStatus.Active, null), (account.View.State.Status, account.View.State.Proposal));
                Assert.Equal(ProposalState.Refused, Assert.Single(account.View.State.ClosedProposals).State);
                Assert.Equal((0, 0L), await Spent(world));
            });

        [Fact]
        public Task An_offboarded_person_keeps_nothing_pending() => InWorld(5, async (world, account) =>
        {
            await account.ExecuteAsync(new(World.Deactivate(world.Clock.GetUtcNow().AddHours(10)), Kim), Token);
            await account.ExecuteAsync(new(new AccountCommand.Freeze(KimId), Caller.System), Token);
            Assert.Null(account.View.State.Proposal);
            Assert.Equal(Actor.System, world.Journal.Entries(Stream)[^1].Actor);
        });

        [Fact]
        public Task A_store_that_fails_leaves_it_due() => InWorld(5, async (world, account) =>
        {
            await account.ExecuteAsync(new(World.Suspend(world.Clock.GetUtcNow().AddHours(1)), Kim), Token);
            world.Clock.Advance(TimeSpan.FromHours(2));
            world.Journal.FailNextAppend(AppendFault.Overloaded);
            await Assert.ThrowsAsync<StorageOverloadedException>(() => account.FireDueAsync(Token));
            world.Journal.FailNextAppend(AppendFault.UnknownWritten);
            await Assert.ThrowsAsync<StorageUnavailableException>(() => account.FireDueAsync(Token));
            await account.FireDueAsync(Token);
            Assert.Equal(AccountStatus.Active, account.View.State.Status);
            Assert.Equal(3, world.Journal.Entries(Stream).Length);
        });

        [Fact]
        public Task Refused_reads_are_recorded_by_whatever_ends_the_incident() => InWorld(5, async (world, account) =>
        {
            account.NoteReadRefused();
            await account.ExecuteAsync(new(World.Suspend(world.Clock.GetUtcNow().AddHours(1)), Kim), Token);
            account.NoteReadRefused();
            Assert.Equal(2, account.NoteReadRefused());
            world.Clock.Advance(TimeSpan.FromHours(2));
            await account.FireDueAsync(Token);
            Assert.Equal(2, Lifted(world).ReadsRefused);

            await account.ExecuteAsync(new(World.Deactivate(), Kim), Token);
            Assert.Equal(1, account.NoteReadRefused());
            await account.ExecuteAsync(new(World.Restore(), Kim), Token);
            Assert.Equal(1, Lifted(world).ReadsRefused);
            Assert.Equal(0, account.NoteReadRefused());

            static AccountEvent.HoldLifted Lifted(World world) =>
                Assert.IsType<AccountEvent.HoldLifted>(
                    new AccountEventCodec().Decode(world.Journal.Entries(Stream)[^1]).Event);
        });
    }
}
