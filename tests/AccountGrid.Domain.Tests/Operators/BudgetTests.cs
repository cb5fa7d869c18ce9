using CsCheck;

namespace AccountGrid.Domain.Tests.Operators;

public sealed class BudgetTests
{
    private static readonly DateTimeOffset Now = new(2017, 11, 2, 18, 52, 0, TimeSpan.Zero);
    private static readonly OperatorPolicy Policy = new() { MaxHarms = 3, MaxReach = 1000 };

    [Fact]
    public void The_last_harm_that_fits_fits() => Assert.Null(Budget.Check([At(-1, 1), At(-2, 1)], 1, Now, Policy));

    [Fact]
    public void One_too_many_is_refused_until_the_first_leaves_the_window()
    {
        var refusal = Budget.Check([At(-50, 0), At(-2, 0), At(-1, 0)], 0, Now, Policy);

        Assert.Equal((RefusalReason.BudgetExceeded, TimeSpan.FromMinutes(10)),
            (refusal!.Reason, refusal.RetryAfter!.Value));
        Assert.Null(Budget.Check([At(-50, 0), At(-2, 0), At(-1, 0)], 0, Now.AddMinutes(10), Policy));
    }

    [Fact]
    public void A_harm_leaves_the_window_at_its_end() => Assert.Null(Budget.Check([At(-60, 1000)], 1000, Now, Policy));

    [Fact]
    public void Too_much_reach_is_refused_until_enough_of_it_leaves_the_window()
    {
        var refusal = Budget.Check([At(-50, 400), At(-30, 500)], 200, Now, Policy);

        Assert.Equal((RefusalReason.ReachExceeded, TimeSpan.FromMinutes(10)),
            (refusal!.Reason, refusal.RetryAfter!.Value));
    }

    [Fact]
    public void Reach_beyond_the_ceiling_never_fits() =>
        Assert.Equal(RefusalReason.ReachExceeded, Budget.Check([], 1001, Now, Policy)!.Reason);

    [Fact]
    public void Its_use_is_what_of_each_ceiling_lies_within_the_window()
    {
        Assert.Equal((0, 0), Budget.UseOf([], Now, Policy));
        Assert.Equal((0, 0), Budget.UseOf([At(-60, 1000)], Now, Policy));
        var (actions, reach) = Budget.UseOf([At(-60, 1000), At(-50, 400), At(-1, 350)], Now, Policy);
        Assert.Equal((2 / 3d, 0.75), (actions, reach));
    }

    [Fact]
    public void A_harm_with_a_second_person_needs_no_reach() =>
        Assert.Null(Budget.Check([At(-1, 1000)], 0, Now, Policy));

    [Fact]
    public void A_harm_that_a_clock_jump_put_into_the_future_counts() =>
        Assert.Equal(RefusalReason.ReachExceeded, Budget.Check([At(5, 1000)], 1, Now, Policy)!.Reason);

    [Fact]
    public void Harms_of_people_and_of_services_are_charged_and_the_systems_are_not()
    {
        var impact = new Impact(500, Tier.Standard);
        var action = Commands.Action(HarmKind.Deactivate);

        Assert.Equal((Actor.Operator(World.Person("kim")), 500),
            Budget.ChargeOf(
                new AccountEvent.HoldPlaced(action, Actor.Operator(World.Person("kim")), null, null, impact)));
        Assert.Equal((World.Service.Actor, 500),
            Budget.ChargeOf(new AccountEvent.HoldPlaced(action, World.Service.Actor, null, null, impact)));
        Assert.Equal((World.Service.Actor, 0),
            Budget.ChargeOf(new AccountEvent.HoldPlaced(action, World.Service.Actor, World.Person("lee"), 3, impact)));
        Assert.Null(Budget.ChargeOf(new AccountEvent.HoldPlaced(action, Actor.System, null, null, impact)));
        Assert.Null(Budget.ChargeOf(new AccountEvent.HoldLifted(HoldKind.Suspension, LiftCause.Staff, "", "", "", 0)));
    }

    /// <summary>Waiting exactly as long as the refusal says is enough, and a microsecond less is not.</summary>
    [Fact]
    public void The_delay_of_a_refusal_is_exact() =>
        Gen.Select(Gen.Int[-70, 0], Gen.Int[0, 900]).Array[0, 6].Select(Gen.Int[0, 900]).Sample((harms, reach) =>
        {
            var charges = harms.Select(h => At(h.Item1, h.Item2)).ToArray();
            if (Budget.Check(charges, reach, Now, Policy) is { RetryAfter: { } delay })
            {
                Assert.NotNull(Budget.Check(charges, reach, Now + delay - TimeSpan.FromMicroseconds(1), Policy));
                var after = Budget.Check(charges, reach, Now + delay, Policy);
                Assert.True(after is null || after.Reason == RefusalReason.ReachExceeded,
                    "The number fits after the delay; reach may ask for more.");
            }
        });

    private static HarmCharge At(int minutes, long reach) => new(Now.AddMinutes(minutes), reach);
}
