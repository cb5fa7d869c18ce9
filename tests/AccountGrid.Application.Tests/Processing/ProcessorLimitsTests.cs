namespace AccountGrid.Application.Tests;

public sealed class ProcessorLimitsTests
{
    [Fact]
    public void The_defaults_are_valid() => Assert.Empty(new ProcessorLimits().Validate());

    [Fact]
    public void Every_broken_setting_is_named_with_its_range_and_value()
    {
        var broken = new ProcessorLimits
        {
            QueueDepth = 0,
            FollowQueueDepth = 100_001,
            FollowQueueTransactions = 0,
            SnapshotEvery = 0,
            JournalPage = 1,
            RetryAfter = TimeSpan.Zero,
            LedgerWait = TimeSpan.FromHours(1),
            AuthorityFreshness = TimeSpan.FromSeconds(-1),
        }.Validate();
        Assert.Equal(
            [
                "QueueDepth must be from 1 to 10000; it is 0.",
                "FollowQueueDepth must be from 1 to 100000; it is 100001.",
                "FollowQueueTransactions must be from 1 to 100; it is 0.",
                "SnapshotEvery must be from 1 to 100000; it is 0.",
                "JournalPage must be from 2 to 10000; it is 1.",
                "RetryAfter must be from 00:00:00.0100000 to 00:01:00; it is 00:00:00.",
                "LedgerWait must be from 00:00:00.0100000 to 00:00:30; it is 01:00:00.",
                "AuthorityFreshness must be from 00:00:00 to 00:01:00; it is -00:00:01.",
            ],
            broken);
    }
}
