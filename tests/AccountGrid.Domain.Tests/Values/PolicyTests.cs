namespace AccountGrid.Domain.Tests.Values;

public sealed class PolicyTests
{
    public sealed class Of_accounts
    {
        [Fact]
        public void Is_valid_by_default() => Assert.Empty(new AccountPolicy().Validate());

        [Fact]
        public void Names_everything_that_is_out_of_its_range()
        {
            var broken = new AccountPolicy
            {
                ProtectedReach = 0,
                ReachCoolOff = TimeSpan.FromDays(367),
                ProposalLifetime = TimeSpan.Zero,
                UnprotectCoolOff = TimeSpan.FromDays(31),
                ImpactDrift = double.NaN,
                Reasons = ["SPAM", "not a code"],
            }.Validate();
            Assert.Equal(
                [
                    "ProtectedReach must be from 1 to 9223372036854775807; it is 0.",
                    "ReachCoolOff must be from 00:00:00 to 366.00:00:00; it is 367.00:00:00.",
                    "ProposalLifetime must be from 00:00:01 to 7.00:00:00; it is 00:00:00.",
                    "UnprotectCoolOff must be from 00:00:00 to 30.00:00:00; it is 31.00:00:00.",
                    "ImpactDrift must be from 0 to 10; it is NaN.",
                    "Reasons must be 1 to 32 characters of A-Z 0-9 _ beginning with a letter; 'not a code' is not.",
                ],
                broken);
        }

        [Fact]
        public void Without_a_reason_would_let_nothing_be_done() =>
            Assert.Equal(["Reasons must name at least one code."], new AccountPolicy { Reasons = [] }.Validate());
    }

    public sealed class Of_the_brake
    {
        [Fact]
        public void Is_valid_by_default_and_at_both_ends()
        {
            Assert.Empty(new BrakePolicy().Validate());
            Assert.Empty(new BrakePolicy
            {
                Window = TimeSpan.FromSeconds(1),
                MaxHarms = 1,
                MaxReach = 1,
                LossShare = 0,
                LossAtLeast = 1,
            }.Validate());
            Assert.Empty(new BrakePolicy
            {
                Window = TimeSpan.FromDays(7),
                MaxHarms = 1_000_000_000,
                MaxReach = long.MaxValue,
                LossShare = 1,
                LossAtLeast = 1_000_000_000,
            }.Validate());
        }

        [Fact]
        public void Names_everything_that_is_out_of_its_range() => Assert.Equal(
            [
                "Window must be from 00:00:01 to 7.00:00:00; it is 00:00:00.",
                "MaxHarms must be from 1 to 1000000000; it is 0.",
                "MaxReach must be from 1 to 9223372036854775807; it is 0.",
                "LossShare must be from 0 to 1; it is 1.5.",
                "LossAtLeast must be from 1 to 1000000000; it is 0.",
            ],
            new BrakePolicy
            {
                Window = TimeSpan.Zero,
                MaxHarms = 0,
                MaxReach = 0,
                LossShare = 1.5,
                LossAtLeast = 0,
            }.Validate());
    }

    public sealed class Of_operators
    {
        [Fact]
        public void Is_valid_by_default() => Assert.Empty(new OperatorPolicy().Validate());

        [Fact]
        public void Names_everything_that_is_out_of_its_range()
        {
            var broken = new OperatorPolicy
            {
                NoticeWindow = TimeSpan.FromDays(-1),
                BudgetWindow = TimeSpan.FromDays(8),
                MaxHarms = 0,
                MaxReach = 0,
                ServiceMaxHarms = 0,
                ServiceMaxReach = 0,
            }.Validate();
            Assert.Equal(
                [
                    "NoticeWindow must be from 00:00:00 to 366.00:00:00; it is -1.00:00:00.",
                    "BudgetWindow must be from 00:00:01 to 7.00:00:00; it is 8.00:00:00.",
                    "MaxHarms must be from 1 to 1000000; it is 0.",
                    "MaxReach must be from 1 to 9223372036854775807; it is 0.",
                    "ServiceMaxHarms must be from 1 to 100000000; it is 0.",
                    "ServiceMaxReach must be from 1 to 9223372036854775807; it is 0.",
                ],
                broken);
        }
    }
}
