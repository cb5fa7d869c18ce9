using System.Globalization;
using System.Security.Cryptography;
using AccountGrid.Chaos.Nemeses;
using AccountGrid.Chaos.Running;
using AccountGrid.Testing;

namespace AccountGrid.Chaos.Tests;

/// <summary>
/// The real silo, killed again and again under concurrent clients. The environment sets <c>ACCOUNTGRID_CHAOS_SEED</c>
/// (default: a new one each time, printed at the start and in every failure) and <c>ACCOUNTGRID_CHAOS_KILLS</c>
/// (default
/// 9: each of the eight kinds of crash once, one of which kills twice). SIGKILL spares the kernel's page cache, so this
/// shows what a crash of the process leaves, not what a power cut leaves; that rests on <c>synchronous=FULL</c>.
/// </summary>
public static class CrashTests
{
    private static int Seed => Setting("ACCOUNTGRID_CHAOS_SEED") ?? RandomNumberGenerator.GetInt32(int.MaxValue);

    private static int? Setting(string name) =>
        int.TryParse(Environment.GetEnvironmentVariable(name), NumberStyles.Integer, CultureInfo.InvariantCulture,
            out var value) ? value : null;

    private static void Say(string line)
    {
        TestContext.Current.TestOutputHelper?.WriteLine(line);
        TestContext.Current.SendDiagnosticMessage(line);
    }

    public sealed class Kill_nine
    {
        [Fact(Timeout = 1_200_000)]
        public async Task At_random_moments_loses_nothing_and_doubles_nothing()
        {
            var cancellationToken = TestContext.Current.CancellationToken;
            var options = new CrashRunOptions(Seed, Setting("ACCOUNTGRID_CHAOS_KILLS") ?? 9);
            Say($"Chaos seed {options.Seed}, {options.Kills} kills");
            await using var run = new CrashRun(options, Say);
            await run.StartAsync(cancellationToken);
            foreach (var step in NemesisPlan.Create(options.Seed, options.Kills))
            {
                await run.StrikeAsync(step, cancellationToken);
            }

            var summary = await run.FinishAsync(cancellationToken);
            Say(summary.ToString());

            Assert.True(summary.Kills >= options.Kills, summary.ToString());

            // A run in which nothing happened shows nothing.
            Assert.True(
                summary.AcknowledgedCommands > 10 * options.Kills && summary.Retried > options.Kills,
                summary.ToString());
            Assert.True(
                summary is { Edges: > 0, ProtectedTakedowns: > 0, SystemActs: > 0, Checkpoints: > 0 },
                summary.ToString());
            if (options.Kills >= 20)
            {
                // Whether a kill during a start comes before the silo is ready, and whether a write is torn, is chance.
                Assert.True(summary is { KillsBeforeReady: > 0, TornLines: > 0 }, summary.ToString());
            }
        }

        [Fact]
        public async Task During_the_very_first_start_leaves_a_directory_that_starts()
        {
            var seed = Seed;
            Say($"Chaos seed {seed}");
            var random = new Random(seed);
            using var data = new TempDirectory();
            var options = new SiloProcessOptions { DataDirectory = data.FullPath };
            for (var kill = 0; kill < 5; kill++)
            {
                using var moment =
                    CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
                moment.CancelAfter(TimeSpan.FromMilliseconds(random.Next(2000)));
                try
                {
                    await using var killed = await SiloProcess.StartAsync(options, moment.Token);
                }
                catch (OperationCanceledException)
                {
                    TestContext.Current.CancellationToken.ThrowIfCancellationRequested();
                }
            }

            await using var silo = await SiloProcess.StartAsync(options, TestContext.Current.CancellationToken);
            var verdict = await new RecoveryReader(silo.Anonymous(), "", silo.Token("auditor", "auditor")).VerifyAsync(
                TestContext.Current.CancellationToken);
            Assert.True(verdict.Intact, $"Seed {seed}: {verdict.Problem}");
        }
    }
}
