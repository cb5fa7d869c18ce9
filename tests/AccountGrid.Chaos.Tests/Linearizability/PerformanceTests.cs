using AccountGrid.Chaos.Linearizability;

namespace AccountGrid.Chaos.Tests.Linearizability;

/// <summary>
/// A long run is judged in about as many steps as it has calls. Steps, not seconds: a slow machine takes as many.
/// </summary>
public static class PerformanceTests
{
    public sealed class A_good_run
    {
        [Theory]
        [InlineData(1)]
        [InlineData(2)]
        public void Of_tens_of_thousands_of_operations_on_a_hundred_accounts_takes_a_few_steps_per_call(int seed)
        {
            var history = new SimulatedRun(seed, accounts: 100, clients: 12, operations: 40_000).History();
            var report = LinearizabilityChecker.Check(history, ReadConsistency.Linearizable);

            Assert.Empty(report.Violations);
            Assert.Empty(report.Undecided);
            Assert.True(report.Calls > 40_000, report.ToString());
            Assert.True(report.Steps < 3 * report.Calls, report.ToString());
        }

        [Fact]
        public void On_one_account_alone_takes_a_few_steps_per_call()
        {
            var history = new SimulatedRun(seed: 3, accounts: 1, clients: 12, operations: 5_000).History();
            var report = LinearizabilityChecker.Check(history, ReadConsistency.Linearizable);

            Assert.Empty(report.Violations);
            Assert.True(report.Undecided.IsEmpty, string.Join('\n', report.Undecided));
            Assert.True(report.Steps < 20 * report.Calls, report.ToString());
        }
    }

    public sealed class A_run_whose_reads_may_be_old
    {
        [Fact]
        public void Takes_a_few_steps_per_call_although_every_read_is_open_from_the_beginning()
        {
            var history = new SimulatedRun(seed: 6, accounts: 20, clients: 12, operations: 8_000).History();
            var report = LinearizabilityChecker.Check(history, ReadConsistency.Monotonic);

            Assert.Empty(report.Violations);
            Assert.Empty(report.Undecided);
            Assert.True(report.Steps < 10 * report.Calls, report.ToString());
        }
    }

    public sealed class A_bad_run
    {
        [Theory]
        [InlineData(4)]
        [InlineData(5)]
        public void Is_found_bad_on_the_one_account_that_is(int seed)
        {
            var run = new SimulatedRun(seed, accounts: 20, clients: 8, operations: 6_000);
            var report = LinearizabilityChecker.Check(
                run.HistoryWithAStaleRead(out var account), ReadConsistency.Linearizable);

            // The read shows an old status and an old count.
            Assert.Equal([(LinearizabilityChecker.Journal, account), (LinearizabilityChecker.Count, account)],
                report.Violations.Select(v => (v.Check, v.Account)));
            Assert.Empty(report.Undecided);
        }
    }
}
