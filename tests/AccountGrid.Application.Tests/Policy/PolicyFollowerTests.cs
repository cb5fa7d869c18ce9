using AccountGrid.Domain;
using Microsoft.Extensions.Logging.Abstractions;

namespace AccountGrid.Application.Tests;

/// <summary>How a silo keeps to the policy record, and how the record is written.</summary>
public sealed class PolicyFollowerTests
{
    private const string Reach = "Accounts:ProtectedReach";
    private const string Harms = "Operators:MaxHarms";
    private static readonly Caller Ann = World.Person("ann", Roles.Admin);
    private static readonly Caller Bob = World.Person("bob", Roles.Admin);

    private static Task InWorld(Func<World, Task> test) => OneThread.RunAsync(async () =>
    {
        using var world = new World();
        foreach (var admin in (string[])["ann", "bob"])
        {
            await (await world.Desk.OfAsync(OperatorId.Parse(admin))).ExecuteAsync(
                new OperatorCommand.EnrollOnFirstUse(Roles.Admin), Caller.System, Token);
        }

        await test(world);
    });

    private static PolicyServices ServicesOf(World world) => new(
        world.Journal, world.Desk, new PolicyEventCodec(), world.Clock, world.Limits, world.Diagnostics,
        NullLogger<PolicyProcessor>.Instance);

    private static PolicyProcessor NewProcessor(World world) =>
        new(ServicesOf(world), new PolicyMeters(world.Meters));

    /// <summary>A silo whose configuration names some settings.</summary>
    private static (PolicyFollower Follower, PolicyInForce InForce) StartSilo(
        World world, params (string Name, string Value)[] named)
    {
        var policy = PolicySettings.Apply(
            GridPolicy.Default, named.Select(static n => KeyValuePair.Create(n.Name, n.Value)));
        var inForce = new PolicyInForce(policy.Accounts, policy.Operators, policy.Brake);
        return (
            new(new SiloPolicy(policy, [.. named.Select(static n => n.Name)]), inForce, ServicesOf(world),
                new PolicyMeters(world.Meters)),
            inForce);
    }

    private static async Task ConfigureAsync(World world, PolicyFollower silo)
    {
        Assert.Null((await NewProcessor(world).ExecuteAsync(
            new(silo.Own.ToCommand(), Caller.System), Token)).Refusal);
        await silo.FollowAsync(Token);
        silo.NoteConfigured();
    }

    private static async Task<PolicyResult> AdoptAsync(World world, string name, string value)
    {
        var record = NewProcessor(world);
        var asked = await record.ExecuteAsync(
            new(new PolicyCommand.Propose(PolicyState.Unrecorded.Values.Add(name, value), ""), Ann), Token);
        var approved = await record.ExecuteAsync(
            new(new PolicyCommand.Approve(asked.ProposalSequence!.Value, null, ""), Bob), Token);
        if (approved.Outcome == Outcome.Pending)
        {
            world.Clock.Advance(TimeSpan.FromHours(1));
            return await record.ExecuteAsync(new(new PolicyCommand.FireDue(), Caller.System), Token);
        }

        return approved;
    }

    [Fact]
    public Task Without_a_record_the_settings_are_in_force() => InWorld(static async world =>
    {
        var (silo, inForce) = StartSilo(world, (Reach, "5"));
        await silo.FollowAsync(Token);
        Assert.Equal((5, true, 0), (inForce.Accounts.ProtectedReach, silo.IsToBeConfigured, silo.Differences.Length));
        await ConfigureAsync(world, silo);
        Assert.Equal((5, false, 1), (inForce.Accounts.ProtectedReach, silo.IsToBeConfigured, silo.State.Version));
    });

    [Fact]
    public Task Weaker_settings_are_never_in_force_and_are_shown() => InWorld(static async world =>
    {
        await ConfigureAsync(world, StartSilo(world, (Reach, "5")).Follower);
        var (silo, inForce) = StartSilo(world, (Reach, "6"), (Harms, "31"));
        await silo.FollowAsync(Token);
        Assert.Equal((5, 30), (inForce.Accounts.ProtectedReach, inForce.Operators.MaxHarms));
        Assert.Equal(
            [new PolicyDifference(Reach, "5", "6", true), new PolicyDifference(Harms, "30", "31", true)],
            silo.Differences);
        await ConfigureAsync(world, silo);
        Assert.Equal((5, 2), (inForce.Accounts.ProtectedReach, silo.Differences.Length));

        Assert.Equal(Outcome.Done, (await AdoptAsync(world, Reach, "6")).Outcome);
        await silo.FollowAsync(Token);
        Assert.Equal((6, Harms), (inForce.Accounts.ProtectedReach, Assert.Single(silo.Differences).Name));
    });

    [Fact]
    public Task Stricter_settings_are_in_force_at_once_and_until_they_are_recorded() => InWorld(static async world =>
    {
        var (old, oldInForce) = StartSilo(world);
        await ConfigureAsync(world, old);
        var (silo, inForce) = StartSilo(world, (Reach, "5"));
        await silo.FollowAsync(Token);
        Assert.Equal((5, 0), (inForce.Accounts.ProtectedReach, silo.Differences.Length));

        // Another change comes before the silo's own settings are recorded.
        await AdoptAsync(world, Harms, "9");
        await silo.FollowAsync(Token);
        Assert.Equal((5, 9), (inForce.Accounts.ProtectedReach, inForce.Operators.MaxHarms));
        await ConfigureAsync(world, silo);
        await old.FollowAsync(Token);
        Assert.Equal((5, 9), (oldInForce.Accounts.ProtectedReach, oldInForce.Operators.MaxHarms));
    });

    [Fact]
    public Task What_two_admins_adopt_later_is_followed_and_the_stricter_setting_is_shown() => InWorld(
        static async world =>
        {
            var (silo, inForce) = StartSilo(world, (Reach, "5"));
            await ConfigureAsync(world, silo);
            await AdoptAsync(world, Reach, "6");
            await silo.FollowAsync(Token);
            Assert.Equal(6, inForce.Accounts.ProtectedReach);
            Assert.Equal(new PolicyDifference(Reach, "6", "5", false), Assert.Single(silo.Differences));
        });

    [Fact]
    public Task A_record_that_cannot_be_read_changes_nothing() => InWorld(static async world =>
    {
        var (silo, inForce) = StartSilo(world, (Reach, "5"));
        await ConfigureAsync(world, silo);
        var before = inForce.Accounts;
        world.Journal.ReadsFail = true;
        await Assert.ThrowsAsync<StorageUnavailableException>(() => silo.FollowAsync(Token));
        world.Journal.ReadsFail = false;
        await silo.FollowAsync(Token);
        Assert.Same(before, inForce.Accounts);
    });

    [Fact]
    public Task A_second_activation_is_fenced_and_decides_again() => InWorld(static async world =>
    {
        var (first, second) = (NewProcessor(world), NewProcessor(world));
        await second.RefreshAsync(Token);
        await first.ExecuteAsync(new(StartSilo(world).Follower.Own.ToCommand(), Caller.System), Token);
        var tightened = await second.ExecuteAsync(
            new(StartSilo(world, (Reach, "5")).Follower.Own.ToCommand(), Caller.System), Token);
        Assert.Equal(("5", true), (tightened.State.Values[Reach], second.IsFenced));
        Assert.Equal(
            ["policy-recorded", "policy-tightened"],
            world.Journal.Entries(StreamId.Policy).Select(static e => e.Type));
    });

    [Fact]
    public Task An_account_in_memory_shows_its_new_tier() => InWorld(static async world =>
    {
        await world.RegisterAsync();
        world.Ledger.Pretend(World.Account, 70);
        var account = await world.ActivateAsync();
        var before = account.View;
        Assert.True(account.IsSettledOn(before));
        world.Policies.Set(new AccountPolicy { ProtectedReach = 70 }, new OperatorPolicy(), new BrakePolicy());
        Assert.False(account.IsSettledOn(before));
        account.Recover();
        Assert.Equal((Tier.Standard, Tier.Protected), (before.Tier, account.View.Tier));
        Assert.True(account.IsSettledOn(account.View));
    });

    // What had left the shorter window was forgotten, and would not have counted in the longer one.
    [Fact]
    public Task A_longer_budget_window_counts_what_a_shorter_one_had_forgotten() => InWorld(static async world =>
    {
        await world.EnrollAsync("kim");
        await world.RegisterAsync();
        world.Ledger.Pretend(World.Account, 70);
        await (await world.ActivateAsync()).ExecuteAsync(new(World.Deactivate(), World.Person("kim")), Token);
        var kim = await world.Desk.OfAsync(OperatorId.Parse("kim"));
        world.Clock.Advance(TimeSpan.FromMinutes(90));
        Assert.Equal(0, kim.View.HarmsInWindow);
        world.Policies.Set(
            new AccountPolicy(), world.Operators.Policy with { BudgetWindow = TimeSpan.FromHours(2), MaxHarms = 1 },
            new BrakePolicy());
        var answer = await kim.AskAsync(new(kim.Id, new HarmIntent(World.Account, 1)), Token);
        Assert.Equal(RefusalReason.BudgetExceeded, answer.Authority.Budget?.Reason);
    });
}
