using AccountGrid.Chaos.Checkers;
using AccountGrid.Chaos.Histories;
using AccountGrid.Chaos.Linearizability;
using AccountGrid.Testing;

namespace AccountGrid.Chaos.Tests.Mutants;

/// <summary>
/// Silos that are wrong on purpose, in one thing each, and the scenario that shows it: the checkers say so, by name. The same scenarios without the mutation are clean. What the checkers
/// would not see here they would not see in a chaos run either.
/// </summary>
public static class MutantTests
{
    private const string None = "none";

    /// <summary>The names of what is broken, of one account.</summary>
    private static string[] Of(IEnumerable<Violation> violations, long account) =>
        [.. violations.Where(v => v.Account == account).Select(v => v.Check).Distinct().Order(StringComparer.Ordinal)];

    /// <summary>A takedown is acknowledged; the process is to die in the same moment.</summary>
    private static async Task TakeDownAsync(Stage stage, Script script, long account)
    {
        await stage.DoAsync(script.Register(account));
        Assert.Equal(Verdict.Done, (await stage.DoAsync(script.Deactivate(account))).Verdict);
    }

    /// <summary>The answer to a takedown is lost, somebody brings the account back, then the takedown is sent again.</summary>
    private static async Task SendAgainAfterTheRestoreAsync(Stage stage, Script script, long account)
    {
        await stage.DoAsync(script.Register(account));
        await stage.DoTwiceAsync(script.Deactivate(account), () => stage.DoAsync(script.Restore(account)));
    }

    /// <summary>The answer to a takedown is lost, and it is sent again.</summary>
    private static async Task SendAgainAtOnceAsync(Stage stage, Script script, long account)
    {
        await stage.DoAsync(script.Register(account));
        await stage.DoTwiceAsync(script.Deactivate(account), () => Task.CompletedTask);
    }

    /// <summary>One person alone tries to take down a protected account.</summary>
    private static async Task TryAloneAsync(Stage stage, Script script, long account)
    {
        await stage.DoAsync(script.Register(account));
        await stage.DoAsync(script.Protect(account));
        Assert.Equal("NEEDS_SECOND_PERSON", (await stage.DoAsync(script.Deactivate(account, directOnly: true))).Reason);
    }

    /// <summary>A follow is acknowledged; the process is to die in the same moment.</summary>
    private static async Task FollowAsync(Stage stage, Script script, long account)
    {
        await stage.DoAsync(script.Register(account));
        Assert.Equal(1, (await stage.DoAsync(Script.Follow(account, follower: 900_000 + account))).Changed);
    }

    /// <summary>One half of a split brings an account back, and the other half, which has not heard of it, does so too.</summary>
    private static async Task RestoreInBothHalvesAsync(Stage stage, Script script, long account)
    {
        await stage.DoAsync(script.Register(account));
        await stage.DoAsync(script.Deactivate(account));
        Assert.Equal(2, (await stage.DoAsync(Script.Read(account), silo: 1)).Seen[0].Version);
        await stage.DoAsync(script.Restore(account));
        await stage.DoAsync(script.Restore(account), silo: 1);
    }

    public sealed class A_right_silo
    {
        [Fact]
        public async Task Passes_every_scenario()
        {
            await using var stage = await Stage.StartAsync(None);
            var script = new Script();
            await SendAgainAfterTheRestoreAsync(stage, script, account: 1);
            await SendAgainAtOnceAsync(stage, script, account: 2);
            await TryAloneAsync(stage, script, account: 3);
            await FollowAsync(stage, script, account: 4);
            await TakeDownAsync(stage, script, account: 5);
            Assert.Empty(await stage.FallAndCheckAsync());
        }
    }

    public sealed class A_silo_that_acknowledges_before_its_commit
    {
        [Fact]
        public async Task Is_caught_by_a_crash_on_the_heels_of_the_answer()
        {
            await using var stage = await Stage.StartAsync("early-acknowledgement");
            await TakeDownAsync(stage, new Script(), account: 1);
            var broken = Of(await stage.FallAndCheckAsync(), 1);
            Assert.Contains(JournalChecker.Lost, broken);
            Assert.Contains(LinearizabilityChecker.Journal, broken);
        }
    }

    public sealed class A_silo_that_does_not_know_request_ids
    {
        [Fact]
        public async Task Is_caught_by_a_command_that_is_sent_again()
        {
            await using var stage = await Stage.StartAsync("forgotten-request-ids");
            var script = new Script();
            await SendAgainAfterTheRestoreAsync(stage, script, account: 1);
            await SendAgainAtOnceAsync(stage, script, account: 2);
            var violations = await stage.FallAndCheckAsync();

            // It acts twice, or refuses what it has done itself.
            Assert.Contains(JournalChecker.Twice, Of(violations, 1));
            Assert.Contains(LinearizabilityChecker.Journal, Of(violations, 1));
            Assert.Contains(LinearizabilityChecker.Journal, Of(violations, 2));
        }
    }

    public sealed class A_silo_that_skips_an_entry
    {
        [Fact]
        public async Task Is_caught_by_an_attempt_that_left_no_trace()
        {
            await using var stage = await Stage.StartAsync("unrecorded-refusals");
            await TryAloneAsync(stage, new Script(), account: 1);

            // Not by the model of the journal: a refusal without power may be counted instead of having an entry.
            Assert.Contains(JournalChecker.Lost, Of(await stage.FallAndCheckAsync(), 1));
        }
    }

    public sealed class A_silo_whose_audit_passes_over_an_account
    {
        [Fact]
        public async Task Is_caught_although_the_entries_of_people_make_up_for_the_number()
        {
            await using var stage = await Stage.StartAsync("blind-audit", Stage.NoCheckpoints);
            var script = new Script();
            await TakeDownAsync(stage, script, account: 1);
            await stage.DoAsync(script.Register(404));
            Assert.Equal([AuditChecker.Short], Of(await stage.FallAndCheckAsync(), 0));
        }
    }

    public sealed class A_silo_that_counts_outside_the_transaction
    {
        [Fact]
        public async Task Is_caught_by_a_crash_between_the_two()
        {
            await using var stage = await Stage.StartAsync("count-apart", Stage.NoReconciler);
            await FollowAsync(stage, new Script(), account: 1);
            var broken = Of(await stage.FallAndCheckAsync(), 1);
            Assert.Contains(EdgeChecker.WrongCount, broken);
            Assert.Contains(LinearizabilityChecker.Count, broken);
        }
    }

    public sealed class A_silo_without_a_fence
    {
        [Fact]
        public async Task Is_caught_by_a_split_and_a_right_one_is_not()
        {
            Assert.SkipWhen(PostgresServer.Missing is not null, PostgresServer.Missing ?? "");
            await using var server = await PostgresServer.StartNewAsync();
            await using (var right = await Stage.StartSplitAsync(None, server))
            {
                await RestoreInBothHalvesAsync(right, new Script(), account: 1);
                Assert.Empty(await right.CheckSplitAsync());
            }

            await using var wrong = await Stage.StartSplitAsync("no-fence", server);
            await RestoreInBothHalvesAsync(wrong, new Script(), account: 1);
            var broken = Of(await wrong.CheckSplitAsync(), 1);
            Assert.Contains(JournalChecker.Damaged, broken);
            Assert.Contains(LinearizabilityChecker.Journal, broken);
        }
    }

    public sealed class A_silo_that_does_not_find_out_that_it_was_declared_dead
    {
        [Fact]
        public async Task Is_caught_by_a_cache_that_asks_it_when_it_wakes_and_a_right_one_is_not()
        {
            Assert.SkipWhen(PostgresServer.Missing is not null, PostgresServer.Missing ?? "");
            await using var server = await PostgresServer.StartNewAsync();
            await using (var right = await Stage.StartClusterAsync(None, server, silos: 3))
            {
                var answers = await Awakening.PlayAsync(right, new Script());
                Assert.Empty(await right.CheckCachesAsync(answers, Awakening.Bound));
            }

            await using var wrong = await Stage.StartClusterAsync("unaware-of-its-death", server, silos: 3);
            var looks = await Awakening.PlayAsync(wrong, new Script());
            var violations = await wrong.CheckCachesAsync(looks, Awakening.Bound);
            Assert.NotEmpty(violations);
            Assert.All(violations, static v => Assert.Equal(CacheChecker.TooStale, v.Check));
        }
    }

    public sealed class A_mutant_with_a_name_that_nobody_knows
    {
        [Fact]
        public async Task Does_not_start_so_that_it_cannot_pass_for_a_right_silo()
        {
            await Assert.ThrowsAnyAsync<Exception>(() => Stage.StartAsync("no-fenec"));
        }
    }
}
