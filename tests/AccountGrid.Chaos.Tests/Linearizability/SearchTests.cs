using System.Globalization;
using AccountGrid.Chaos.Linearizability;
using static AccountGrid.Chaos.Tests.Linearizability.Textbook;

namespace AccountGrid.Chaos.Tests.Linearizability;

/// <summary>The search itself, on objects of the literature.</summary>
public static class SearchTests
{
    private static readonly RegisterModel Register = new();

    private static Ruling Judge(params ReadOnlySpan<Call<RegisterInput, RegisterOutput>> calls) =>
        Textbook.Judge(Register, calls);

    public sealed class A_register
    {
        [Fact]
        public void With_no_calls_is_fine() => Assert.Equal(Ruling.Linearizable, Judge());

        [Fact]
        public void May_show_the_old_and_the_new_value_while_it_is_written()
        {
            Assert.Equal(Ruling.Linearizable, Judge(Write(0, 10, 1), Read(2, 8, 1), Read(3, 6, 0)));
        }

        [Fact]
        public void Never_shows_the_old_value_once_the_new_one_was_read()
        {
            Assert.Equal(Ruling.NotLinearizable, Judge(Write(0, 10, 1), Read(1, 3, 1), Read(4, 9, 0)));
        }

        [Fact]
        public void Never_shows_the_old_value_after_the_write()
        {
            Assert.Equal(Ruling.NotLinearizable, Judge(Write(0, 1, 1), Read(2, 3, 0)));
        }

        [Fact]
        public void Never_shows_what_nobody_wrote()
        {
            Assert.Equal(Ruling.NotLinearizable, Judge(Write(0, 9, 1), Read(2, 3, 7)));
        }

        [Fact]
        public void Has_one_order_of_two_concurrent_writes_for_all_readers()
        {
            Assert.Equal(Ruling.Linearizable, Judge(Write(0, 5, 1), Write(0, 5, 2), Read(6, 7, 1), Read(6, 7, 1)));
            Assert.Equal(Ruling.NotLinearizable, Judge(Write(0, 5, 1), Write(0, 5, 2), Read(6, 7, 1), Read(6, 7, 2)));
        }

        [Fact]
        public void Takes_what_touches_for_concurrent()
        {
            Assert.Equal(Ruling.Linearizable, Judge(Write(0, 5, 1), Read(5, 6, 0)));
        }
    }

    public sealed class A_queue
    {
        private static Ruling JudgeQueue(params Call<RegisterInput, RegisterOutput>[] calls) =>
            Search<string, RegisterInput, RegisterOutput>.Judge(new QueueModel(), calls, maxSteps: 1000).Ruling;

        [Fact]
        public void Gives_in_either_order_what_was_added_at_the_same_time()
        {
            Assert.Equal(Ruling.Linearizable, JudgeQueue(Write(0, 3, 1), Write(1, 4, 2), Read(5, 6, 2), Read(7, 8, 1)));
        }

        [Fact]
        public void Gives_first_what_was_added_first()
        {
            Assert.Equal(Ruling.NotLinearizable, JudgeQueue(Write(0, 1, 1), Write(2, 3, 2), Read(4, 5, 2)));
        }

        [Fact]
        public void Gives_nothing_twice()
        {
            Assert.Equal(Ruling.NotLinearizable, JudgeQueue(Write(0, 9, 1), Read(1, 8, 1), Read(1, 8, 1)));
        }
    }

    public sealed class A_call_without_an_answer
    {
        [Fact]
        public void May_never_take_effect() =>
            Assert.Equal(Ruling.Linearizable, Judge(Perhaps(0, 1), Read(5, 6, 0), Read(7, 8, 0)));

        [Fact]
        public void May_take_effect_late() =>
            Assert.Equal(Ruling.Linearizable, Judge(Perhaps(0, 1), Read(5, 6, 0), Read(7, 8, 1)));

        [Fact]
        public void Does_not_go_away_again() =>
            Assert.Equal(Ruling.NotLinearizable, Judge(Perhaps(0, 1), Read(5, 6, 1), Read(7, 8, 0)));

        [Fact]
        public void Takes_no_effect_before_it_was_made() =>
            Assert.Equal(Ruling.NotLinearizable, Judge(Perhaps(4, 1), Read(1, 2, 1)));

        [Fact]
        public void Takes_effect_once() =>
            Assert.Equal(Ruling.NotLinearizable, Judge(Perhaps(0, 1), Read(1, 2, 1), Write(3, 4, 2), Read(5, 6, 1)));

        [Fact]
        public void Takes_effect_twice_where_there_are_two() =>
            Assert.Equal(Ruling.Linearizable,
                Judge(Perhaps(0, 1), Perhaps(0, 1), Read(1, 2, 1), Write(3, 4, 2), Read(5, 6, 1)));

        [Fact]
        public void Takes_no_effect_after_its_time()
        {
            Assert.Equal(Ruling.Linearizable, Judge(Perhaps(0, 1, until: 5), Read(4, 8, 0), Read(9, 10, 1)));
            Assert.Equal(Ruling.NotLinearizable, Judge(Perhaps(0, 1, until: 5), Read(6, 8, 0), Read(9, 10, 1)));
        }

        [Fact]
        public void Has_taken_effect_in_time_even_if_a_read_that_it_does_not_concern_is_placed_first()
        {
            // The read of the old value could come first without changing anything; but it was called after the end of
            // the other one.
            Assert.Equal(Ruling.Linearizable,
                Judge(Write(0, 1, 0), Perhaps(2, 0, until: 3), Perhaps(2, 1, until: 3), Read(4, 9, 0), Read(4, 9, 0)));
            Assert.Equal(Ruling.Linearizable,
                Judge(Perhaps(2, 1, until: 3), Write(1, 10, 0), Read(4, 9, 0), Read(5, 9, 1)));
        }
    }

    public sealed class A_model_that_does_not_know
    {
        [Fact]
        public void Explains_each_of_its_states()
        {
            Assert.Equal(Ruling.Linearizable, Textbook.Judge(new ForgetfulModel(), Write(0, 1, 1), Read(2, 3, 0)));
            Assert.Equal(Ruling.Linearizable, Textbook.Judge(new ForgetfulModel(), Write(0, 1, 1), Read(2, 3, 1)));
        }

        [Fact]
        public void Does_not_change_its_mind()
        {
            Assert.Equal(Ruling.NotLinearizable,
                Textbook.Judge(new ForgetfulModel(), Write(0, 1, 1), Read(2, 3, 0), Read(4, 5, 1)));
        }
    }

    public sealed class A_judgement
    {
        private static Judgement<int, RegisterInput, RegisterOutput> Judge(
            long maxSteps, params Call<RegisterInput, RegisterOutput>[] calls) =>
            Search<int, RegisterInput, RegisterOutput>.Judge(Register, calls, maxSteps);

        [Fact]
        public void Shows_the_order_that_it_found()
        {
            var judgement = Judge(100, Read(0, 9, 1), Write(0, 9, 1));
            Assert.Equal([1, 1], judgement.Order.Select(o => o.After));
            Assert.Equal(["write", "read"], judgement.Order.Select(o => o.Call.Name));
        }

        [Fact]
        public void Names_the_longest_part_in_order_and_what_has_no_place_behind_it()
        {
            var stale = Read(6, 7, 1);
            var judgement = Judge(1000, Write(0, 1, 1), Write(2, 3, 2), Read(4, 5, 2), stale, Read(8, 9, 2));

            Assert.Equal(Ruling.NotLinearizable, judgement.Ruling);
            Assert.Equal(3, judgement.Order.Length);
            Assert.Equal(stale, judgement.Unplaced);
            Assert.Contains(
                "No place for:\n    [6.000 s .. 7.000 s] read", judgement.Explain(), StringComparison.Ordinal);
            Assert.Contains("3 calls are in order", judgement.Explain(), StringComparison.Ordinal);
        }

        [Fact]
        public void Names_what_else_was_open()
        {
            var (rival, unplaced) = (Read(0, 9, 8), Read(1, 2, 7));
            var judgement = Judge(1000, rival, unplaced);
            Assert.Equal(unplaced, judgement.Unplaced);
            Assert.Equal([rival], judgement.Rivals);
        }

        [Fact]
        public void Says_that_it_is_undecided_where_the_steps_are_used_up()
        {
            // Writes in all orders, and a read that no order explains.
            var calls = Enumerable.Range(1, 12).Select(i => Write(0, 100, i)).Append(Read(0, 100, 99)).ToArray();

            Assert.Equal(Ruling.Undecided, Judge(1000, calls).Ruling);
            Assert.StartsWith(nameof(Ruling.Undecided), Judge(1000, calls).Explain(), StringComparison.Ordinal);
            Assert.Equal(Ruling.NotLinearizable, Judge(1_000_000, calls).Ruling);
        }

        [Fact]
        public void Remembers_where_it_has_been()
        {
            // 12 concurrent writes have 12! orders, but only so many sets with a last write.
            var calls = Enumerable.Range(1, 12).Select(i => Write(0, 100, i)).Append(Read(0, 100, 99)).ToArray();
            Assert.InRange(Judge(1_000_000, calls).Steps, 1, 12 * 13 * (1 << 12));
        }
    }

    public sealed class Any_small_history
    {
        private const int Histories = 4000;

        [Theory]
        [InlineData(1)]
        [InlineData(2)]
        public void Is_judged_as_by_trying_every_order(int seed)
        {
            var random = new Random(seed);
            var good = 0;
            for (var i = 0; i < Histories; i++)
            {
                Model<int, RegisterInput, RegisterOutput> model = i % 2 == 0 ? Register : new ForgetfulModel();
                var calls = RandomCalls(random);
                var expected = EveryOrder.Explains(model, calls);
                var judgement = Search<int, RegisterInput, RegisterOutput>.Judge(model, calls, maxSteps: 100_000);

                Assert.True(
                    judgement.Ruling == (expected ? Ruling.Linearizable : Ruling.NotLinearizable),
                    string.Create(CultureInfo.InvariantCulture,
                        $"Seed {seed}, history {i}: {judgement.Ruling}\n{string.Join('\n', calls.Select(c => c.ToString()))}"));
                Assert.True(!expected || EveryOrder.IsInTime(judgement.Order.Select(o => o.Call)),
                    "The order that was found is none.");
                good += expected ? 1 : 0;
            }

            // Both kinds, and many of each: or else it shows little.
            Assert.InRange(good, Histories / 5, Histories * 4 / 5);
        }

        private static Call<RegisterInput, RegisterOutput>[] RandomCalls(Random random) =>
            [.. Enumerable.Range(0, 2 + random.Next(5)).Select(_ =>
            {
                var from = random.Next(12);
                var to = from + random.Next(5);
                return random.Next(10) switch
                {
                    < 4 => Write(from, to, random.Next(3)),
                    < 6 => Perhaps(from, random.Next(3), random.Next(2) == 0 ? to : double.PositiveInfinity),
                    _ => Read(from, to, random.Next(3)),
                };
            })];
    }
}
