using System.Globalization;
using AccountGrid.Chaos.Histories;
using AccountGrid.Chaos.Linearizability;
using AccountGrid.V1;
using JournalCall = AccountGrid.Chaos.Linearizability.Call<AccountGrid.Chaos.Linearizability.JournalInput,
    AccountGrid.Chaos.Linearizability.JournalOutput>;
using LedgerCall = AccountGrid.Chaos.Linearizability.Call<AccountGrid.Chaos.Linearizability.LedgerInput,
    AccountGrid.Chaos.Linearizability.LedgerOutput>;

namespace AccountGrid.Chaos.Tests.Linearizability;

/// <summary>
/// The models of an account let the search skip what cannot lead anywhere. Whether they are right to: small histories,
/// half of them with one wrong answer, judged by the search and by trying every order.
/// </summary>
public static class SmallHistoriesTests
{
    private const int Histories = 1500;

    private static void Compare<TState, TInput, TOutput>(
        int seed, Model<TState, TInput, TOutput> model, Func<Random, IReadOnlyList<Call<TInput, TOutput>>> tell)
        where TState : IEquatable<TState>
        where TInput : notnull
        where TOutput : class
    {
        var random = new Random(seed);
        var good = 0;
        for (var i = 0; i < Histories; i++)
        {
            var calls = tell(random);
            var expected = EveryOrder.Explains(model, calls);
            var ruling = Search<TState, TInput, TOutput>.Judge(model, calls, maxSteps: 100_000).Ruling;
            Assert.True(
                ruling == (expected ? Ruling.Linearizable : Ruling.NotLinearizable),
                string.Create(CultureInfo.InvariantCulture,
                    $"Seed {seed}, history {i}: {ruling}\n{string.Join('\n', calls.Select(c => c.ToString()))}"));
            good += expected ? 1 : 0;
        }

        Assert.InRange(good, Histories / 5, Histories * 4 / 5);
    }

    /// <summary>Instants at which so many operations act, in order, with an interval round each.</summary>
    private static IEnumerable<(TimeSpan From, TimeSpan To)> Intervals(Random random, int count)
    {
        for (var at = 0; at < count; at++)
        {
            yield return (Textbook.At(at - (random.NextDouble() * 3)), Textbook.At(at + (random.NextDouble() * 3)));
        }
    }

    public sealed class Of_an_account
    {
        [Theory]
        [InlineData(1)]
        [InlineData(2)]
        public void Are_judged_as_by_trying_every_order(int seed) => Compare(seed, JournalModel.Instance, Tell);

        private static List<JournalCall> Tell(Random random)
        {
            var calls = new List<JournalCall> { new(new JournalInput.Command(OperationKind.Register), Done(1),
                Textbook.At(-9), Textbook.At(-8), "register") };
            var (version, isDown, wrong) = (1L, false, random.Next(12));
            foreach (var (from, to) in Intervals(random, 3 + random.Next(3)))
            {
                var error = calls.Count == wrong ? random.Next(2) == 0 ? 1 : -1 : 0;
                if (random.Next(5) < 3)
                {
                    var status = isDown ? Account.Types.Status.Deactivated : Account.Types.Status.Active;
                    calls.Add(new(new JournalInput.Look(), new JournalOutput.Shown(version + error, status), from, to,
                        "look"));
                    continue;
                }

                (version, isDown) = (version + 1, !isDown);
                var command = new JournalInput.Command(isDown ? OperationKind.Deactivate : OperationKind.Restore);
                calls.Add(random.Next(3) == 0
                    ? new(command, null, from, random.Next(2) == 0 ? to : TimeSpan.MaxValue, "command")
                    : new(command, Done(version + error), from, to, "command"));
            }

            return calls;
        }

        private static JournalOutput.Outcome Done(long version) => new(Verdict.Done, SeenVersion: version);
    }

    public sealed class Of_a_count
    {
        [Theory]
        [InlineData(1)]
        [InlineData(2)]
        public void Are_judged_as_by_trying_every_order(int seed) => Compare(seed, LedgerModel.Instance, Tell);

        private static List<LedgerCall> Tell(Random random)
        {
            var calls = new List<LedgerCall>();
            var (count, version, wrong) = (0L, 0L, random.Next(10));
            foreach (var (from, to) in Intervals(random, 4 + random.Next(3)))
            {
                var error = calls.Count == wrong ? 1 : 0;
                if (random.Next(2) == 0)
                {
                    calls.Add(new(new LedgerInput.Look(),
                        random.Next(2) == 0
                            ? new LedgerOutput.Shown(count + error, version)
                            : new LedgerOutput.Shown(count, version + error), from, to, "look"));
                    continue;
                }

                var step = count == 0 || random.Next(3) > 0 ? 1 : -1;
                (count, version) = (count + step, version + 1);
                var change = new LedgerInput.Change(step, step);
                calls.Add(random.Next(3) == 0
                    ? new(change, null, from, random.Next(2) == 0 ? to : TimeSpan.MaxValue, "change")
                    : new(change, new LedgerOutput.Done(version), from, to, "change"));
            }

            return calls;
        }
    }
}
