using AccountGrid.Domain;

namespace AccountGrid.Application.Tests;

/// <summary>A service's takedowns count against a budget of its own.</summary>
public sealed class ServiceBudgetTests
{
    private static readonly AccountCommand Down = new AccountCommand.Harm(
        new HarmAction(HarmKind.OwnerDeactivate, "OWNER_REQUEST", "", "", null, null), DirectOnly: false);

    private static readonly AccountCommand Up = new AccountCommand.Restore(
        Owner: true, [], "OWNER_REQUEST", "", "", ReadsRefused: 0);

    // A stolen token took down 249 of 249 accounts.
    [Fact]
    public Task A_service_over_its_number_is_refused_with_a_delay_and_recorded_and_restoring_is_not() =>
        InWorld(new OperatorPolicy { ServiceMaxHarms = 2 }, async world =>
        {
            foreach (var id in new long[] { 1, 2 })
            {
                Assert.Equal(Outcome.Done, (await SendAsync(world, id, Down)).Outcome);
                world.Clock.Advance(TimeSpan.FromMinutes(10));
            }

            var refusal = (await SendAsync(world, 3, Down)).Refusal!;
            Assert.Equal((RefusalReason.BudgetExceeded, TimeSpan.FromMinutes(40)),
                (refusal.Reason, refusal.RetryAfter));
            Assert.Equal("attempt-refused", world.Journal.Entries(StreamId.Of(new AccountId(3)))[^1].Type);
            Assert.Equal(Outcome.Done, (await SendAsync(world, 1, Up)).Outcome);
            world.Clock.Advance(TimeSpan.FromMinutes(40));
            Assert.Equal(Outcome.Done, (await SendAsync(world, 3, Down)).Outcome);
        });

    [Fact]
    public Task A_service_over_its_reach_is_refused() =>
        InWorld(new OperatorPolicy { ServiceMaxReach = 1_000 }, async world =>
        {
            foreach (var id in new long[] { 1, 2 })
            {
                Assert.Equal(Outcome.Done, (await SendAsync(world, id, Down)).Outcome);
            }

            Assert.Equal(RefusalReason.ReachExceeded, (await SendAsync(world, 3, Down)).Refusal!.Reason);
        });

    [Fact]
    public Task What_a_service_spent_is_read_from_the_journal_after_a_restart() =>
        InWorld(new OperatorPolicy { ServiceMaxHarms = 1 }, async world =>
        {
            await SendAsync(world, 1, Down);
            var after = new ServiceProcessor(World.Web.Actor, world.Operators);
            var (reservation, refusal) = await after.ReserveAsync(new HarmIntent(new AccountId(2), 0), Token);
            Assert.Equal((null, RefusalReason.BudgetExceeded), (reservation, refusal!.Reason));
        });

    [Fact]
    public Task A_person_with_the_subject_of_a_service_has_a_budget_apart_from_it() =>
        InWorld(new OperatorPolicy { MaxHarms = 1, ServiceMaxHarms = 1 }, async world =>
        {
            await SendAsync(world, 1, Down);
            await world.EnrollAsync("web");
            Assert.Equal(Outcome.Done, (await SendAsync(world, 2, World.Deactivate(), World.Person("web"))).Outcome);
            Assert.Equal([new AccountId(1)],
                await world.Journal.ListHarmedAsync(World.Web.Actor, default, 0, 10, Token));
            Assert.Equal([new AccountId(2)],
                await world.Journal.ListHarmedAsync(World.Person("web").Actor, default, 0, 10, Token));
        });

    [Fact]
    public Task A_takedown_that_waits_for_its_time_is_paid_when_it_happens() =>
        InWorld(new OperatorPolicy { ServiceMaxHarms = 1 }, async world =>
        {
            var later = new AccountCommand.Harm(
                new HarmAction(
                    HarmKind.OwnerDeactivate, "OWNER_REQUEST", "", "", null, world.Clock.GetUtcNow().AddMinutes(5)),
                DirectOnly: false);
            Assert.Equal(Outcome.Pending, (await SendAsync(world, 1, later)).Outcome);
            Assert.Equal(Outcome.Done, (await SendAsync(world, 2, Down)).Outcome);
            world.Clock.Advance(TimeSpan.FromMinutes(5));
            var account = await world.ActivateAsync(new AccountId(1));
            await account.FireDueAsync(Token);
            Assert.Equal(AccountStatus.Active, account.View.State.Status);
            Assert.Null(account.View.State.Proposal);
        });

    private static Task<AccountResult> SendAsync(World world, long id, AccountCommand command) =>
        SendAsync(world, id, command, World.Web);

    private static async Task<AccountResult> SendAsync(World world, long id, AccountCommand command, Caller caller) =>
        await (await world.ActivateAsync(new AccountId(id))).ExecuteAsync(new(command, caller), Token);

    private static Task InWorld(OperatorPolicy policy, Func<World, Task> test) => OneThread.RunAsync(async () =>
    {
        using var world = new World(operators: policy);
        foreach (var id in new long[] { 1, 2, 3 })
        {
            await world.RegisterAsync(new AccountId(id));
            world.Ledger.Pretend(new AccountId(id), 500);
        }

        await test(world);
    });
}
