using System.Text.Json.Nodes;
using AccountGrid.Cli.Replay;
using AccountGrid.Testing;

namespace AccountGrid.Cli.Tests;

/// <summary>The whole story, against real silos.</summary>
public static class ReplayTests
{
    public sealed class OnItsOwnSilo
    {
        [Fact]
        public async Task Tells_everything_and_leaves_nothing_behind()
        {
            var runner = new CliRunner { Environment = { ["ACCOUNTGRID_SILO"] = SiloProcess.SiloAssembly } };
            var result = (await runner.RunAsync("replay", "--followers", "5000")).Expect(ExitCode.Ok);
            foreach (var said in (string[])["NEEDS_SECOND_PERSON", "NOTICE_PERIOD", "SAME_PERSON", "AUTHORITY_ENDED",
                "PROPOSAL_VOID", "5,000 followers, exact", "about 5,400",
                "Accounts:ProtectedReach=1000000000 in its configuration"])
            {
                Assert.Contains(said, result.Out, StringComparison.Ordinal);
            }

            Assert.DoesNotContain('✘', result.Out);
            Assert.DoesNotContain('\u001B', result.Out + result.Error);
            var data =
                result.Error[(result.Error.IndexOf("data in ", StringComparison.Ordinal) + "data in ".Length)..].Split(
                    '\n')[0].Trim();
            Assert.NotEmpty(data);
            Assert.False(Directory.Exists(data), data);
        }

        [Fact]
        public async Task That_does_not_start_says_what_it_printed()
        {
            using var folder = new TempDirectory();
            var nothing = folder.File("AccountGrid.Silo.dll");
            await File.WriteAllTextAsync(nothing, "not a program", TestContext.Current.CancellationToken);
            var result =
                (await new CliRunner { Environment = { ["ACCOUNTGRID_SILO"] = nothing } }.RunAsync(
                    "replay", "--followers", "5000"))
                .Expect(ExitCode.Unavailable);
            Assert.Contains("ended with exit code", result.Error, StringComparison.Ordinal);
        }
    }

    public sealed class OnARunningSilo
    {
        [Fact]
        public async Task Can_be_repeated_and_speaks_json()
        {
            await using var silo =
                await SiloProcess.StartAsync(cancellationToken: TestContext.Current.CancellationToken);
            for (var round = 0; round < 2; round++)
            {
                var result =
                    (await Against(silo)
                        .RunAsync("replay", "--followers", "5000", "--data", silo.DataDirectory, "--json")).Expect(
                            ExitCode.Ok);
                var lines = result.Lines.Select(l => JsonNode.Parse(l)!).ToArray();
                var steps = lines.Where(l => l["step"] is not null).ToArray();
                Assert.All(steps, s => Assert.True(s["ok"]!.GetValue<bool>(), s.ToJsonString()));
                Assert.Equal(Enumerable.Range(1, steps.Length), steps.Select(s => s["step"]!.GetValue<int>()));
                Assert.Equal(steps.Length, lines[^1]["steps"]!.GetValue<int>());
                Assert.Equal(0, lines[^1]["failed"]!.GetValue<int>());
            }
        }

        [Fact]
        public async Task Where_the_owner_has_taken_the_account_down_exits_1_and_leaves_it_down()
        {
            await using var silo =
                await SiloProcess.StartAsync(cancellationToken: TestContext.Current.CancellationToken);
            var id = $"{Stage.President}";
            var network = Against(silo) with { };
            network.Environment["ACCOUNTGRID_TOKEN"] = silo.Token("network", "service");
            (await network.RunAsync("account", "register", id, "president")).Expect(ExitCode.Ok);
            (await network.RunAsync("account", "deactivate", id, "--owner", "--reason", "OWNER_REQUEST")).Expect(
                ExitCode.Ok);
            var result = (await network.RunAsync("replay", "--followers", "5000", "--data", silo.DataDirectory)).Expect(
                ExitCode.CheckFailed);
            Assert.Contains("OWNER_DEACTIVATION by network", result.Out, StringComparison.Ordinal);
            (await network.RunAsync("account", "public", id)).Expect(ExitCode.NotFound);
        }

        [Fact]
        public async Task With_another_silos_key_exits_1()
        {
            await using var silo =
                await SiloProcess.StartAsync(cancellationToken: TestContext.Current.CancellationToken);
            await using var other =
                await SiloProcess.StartAsync(cancellationToken: TestContext.Current.CancellationToken);
            var result =
                (await Against(silo).RunAsync("replay", "--followers", "5000", "--data", other.DataDirectory)).Expect(
                    ExitCode.CheckFailed);
            Assert.Contains("UNAUTHENTICATED", result.Out, StringComparison.Ordinal);
        }

        private static CliRunner Against(SiloProcess silo) =>
            new() { Environment = { ["ACCOUNTGRID_SERVER"] = silo.Grpc.AbsoluteUri } };
    }
}
