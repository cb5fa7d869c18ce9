using CsCheck;

namespace AccountGrid.Domain.Tests.Laws;

/// <summary>
/// No follows by any one identity take more than the limit from a protected account within a window, whatever restarts
/// come between, and although an activation that was replaced goes on for a while. Broken parts are found.
/// </summary>
public sealed class LossLawTests
{
    private static readonly Gen<LossMove[]> Moves =
        Gen.Select(Gen.Int[0, 60], Gen.Int[1, 2500], (kind, size) => new LossMove(kind, size)).Array[1, 60];

    [Theory]
    [InlineData(100_000)]
    [InlineData(8_000)]
    public void No_restarts_let_more_be_lost_within_a_window(long followers) =>
        Moves.Sample(moves => Run(moves, new(followers)), iter: 5000);

    [Fact]
    public void The_scripts_lose_followers_are_refused_and_make_few_entries()
    {
        var (lost, refusals, entries, moved) = (0L, 0, 0, 0);
        Moves.Sample(
            moves =>
            {
                var world = Run(moves, new(100_000));
                (lost, refusals, entries, moved) =
                    (lost + world.Lost, refusals + world.Refusals, entries + world.Entries, moved + moves.Length);
            },
            iter: 500, threads: 1);
        Assert.True(lost > 1_000_000 && refusals > 500, $"{lost} lost, {refusals} refused");
        Assert.True(entries < moved, $"{entries} entries in {moved} moves");
    }

    [Fact]
    public void An_activation_that_forgets_what_the_last_entry_tells_is_found() =>
        Caught(() => new(100_000)
        {
            Begin = static (state, policy, began, now) => LossWindow.From(
                state.Losses?.Note is { } note
                    ? state with { Losses = state.Losses with { Note = note with { Slices = [] } } }
                    : state,
                policy, began, now),
        });

    [Fact]
    public void An_activation_that_forgets_what_may_be_lost_since_the_last_entry_is_found() =>
        Caught(() => new(100_000)
        {
            Begin = static (state, policy, began, now) => LossWindow.From(
                state.Losses?.Note is { } note
                    ? state with { Losses = state.Losses with { Note = note with { Reserved = 0 } } }
                    : state,
                policy, began, now),
        });

    [Fact]
    public void An_activation_that_does_not_wait_for_its_entry_is_found() =>
        Caught(() => new(100_000) { Reserves = false });

    [Fact]
    public void An_entry_on_top_of_another_activations_is_found() => Caught(() => new(100_000) { Fences = false });

    [Fact]
    public void A_limit_that_rises_with_made_up_followers_is_found() =>
        Caught(() => new(100_000) { NotesBaselines = false });

    /// <summary>Followers are made up, and the real ones are taken away a day later.</summary>
    [Fact]
    public void A_baseline_that_forgets_the_one_before_is_found()
    {
        LossMove[] script = [.. Enumerable.Repeat(new LossMove(19, 2500), 20), new(0, 1500), new(25, 2500)];
        Run(script, new(30_000));
        Assert.Contains(
            "2500 lost within the window",
            Assert.ThrowsAny<Exception>(() => Run(script, new(30_000)
            {
                BeforeBaseline = static state =>
                    state with { Losses = state.Losses is { } losses ? losses with { Baseline = null } : null },
            })).Message,
            StringComparison.Ordinal);
    }

    /// <summary>
    /// The former of two activations meets the later one's entry, and makes one of its own on top: the next activation
    /// then knows nothing of what the later one reserved, and may lose still.
    /// </summary>
    [Fact]
    public void An_activation_that_goes_on_after_it_met_another_ones_entry_is_found()
    {
        LossMove[] script =
        [
            new(42, 257), new(34, 2135), new(45, 1023), new(56, 1036), new(24, 659), new(39, 843), new(53, 1110),
            new(0, 1132), new(7, 317), new(42, 315), new(12, 2148), new(20, 1471), new(15, 1913), new(60, 404),
            new(56, 2190),
        ];
        Run(script, new(8_000));
        Assert.Contains(
            "2549 lost within the window",
            Assert.ThrowsAny<Exception>(() => Run(script, new(8_000) { EndsWhenFenced = false })).Message,
            StringComparison.Ordinal);
    }

    private static LossWorld Run(LossMove[] moves, LossWorld world)
    {
        foreach (var move in moves)
        {
            world.Take(move);
        }

        return world;
    }

    private static void Caught(Func<LossWorld> broken) =>
        Assert.Contains(
            "lost within the window",
            Assert.Throws<CsCheckException>(() => Moves.Sample(moves => Run(moves, broken()), iter: 20_000)).ToString(),
            StringComparison.Ordinal);
}
