namespace AccountGrid.Grains.Tests;

public sealed class TraceMergeTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 2, 17, 30, 0, TimeSpan.Zero);

    /// <summary>
    /// What the gateway, the account's silo and the silo of the person's record remember of one command, by which the
    /// person was enrolled too.
    /// </summary>
    private static readonly TraceSummaryInfo[] Parts =
    [
        new("t", Now, TimeSpan.FromMilliseconds(9), "accountgrid.v1.AccountService/DeactivateAccount", "", 0, "kim", "",
            "", false, 3),
        new("t", Now.AddMilliseconds(2), TimeSpan.FromMilliseconds(5), "account.execute", "deactivate", 7, "kim",
            "refused", "BUDGET_EXCEEDED", false, 6),
        new("t", Now.AddMilliseconds(1), TimeSpan.FromMilliseconds(8), "operator.execute", "enroll_on_first_use", 0,
            "system", "done", "", false, 2),
    ];

    [Theory]
    [InlineData(0, 1, 2)]
    [InlineData(0, 2, 1)]
    [InlineData(1, 0, 2)]
    [InlineData(1, 2, 0)]
    [InlineData(2, 0, 1)]
    [InlineData(2, 1, 0)]
    public void A_trace_tells_of_the_account_in_whatever_order_silos_answer(int first, int second, int third)
    {
        var trace = Assert.Single(TraceMerge.Summaries([Parts[first], Parts[second], Parts[third]]));
        Assert.Equal(
            Parts[0] with
            {
                Action = "deactivate",
                Account = 7,
                Outcome = "refused",
                Refusal = "BUDGET_EXCEEDED",
                Spans = 11
            }, trace);
    }

    [Fact]
    public void One_without_an_account_tells_of_the_person()
    {
        var trace = Assert.Single(TraceMerge.Summaries([Parts[0], Parts[2]]));
        Assert.Equal(("enroll_on_first_use", "kim", "done", 5),
            (trace.Action, trace.Actor, trace.Outcome, trace.Spans));
    }
}
