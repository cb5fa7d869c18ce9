using AccountGrid.Testing;

namespace AccountGrid.Cli.Tests;

/// <summary>
/// A silo's data directory is moved into a cluster by the commands that its owner would type, with the real programs.
/// </summary>
public static class TransferTests
{
    private const string Account = "25073877";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static CliRunner Offline => new() { Environment = { ["ACCOUNTGRID_SILO"] = SiloProcess.SiloAssembly } };

    private static CliRunner On(SiloProcess silo) =>
        new()
        {
            Environment =
            {
                ["ACCOUNTGRID_SERVER"] = silo.Grpc.AbsoluteUri,
                ["ACCOUNTGRID_TOKEN"] = silo.Token("kim", "service", "support", "auditor"),
            }
        };

    private static Task<CliResult> TakeDownAsync(CliRunner kim) =>
        kim.RunAsync("account", "deactivate", Account, "--reason", "SPAM", "--note", "café", "--request-id", "down-1",
            "--json");

    public sealed class Moving
    {
        [Fact]
        public async Task Into_a_cluster_keeps_every_answer_and_the_audit()
        {
            Assert.SkipWhen(PostgresServer.Missing is not null, PostgresServer.Missing ?? "");
            using var data = new TempDirectory();
            using var folder = new TempDirectory();
            var file = folder.File("all.jsonl");
            CliResult before, down;
            await using (var silo =
                await SiloProcess.StartAsync(new SiloProcessOptions { DataDirectory = data.FullPath }, Token))
            {
                var kim = On(silo);
                (await kim.RunAsync("account", "register", Account, "president")).Expect(ExitCode.Ok);
                (await kim.RunAsync(
                    ["ingest", "-"],
                    string.Concat(Enumerable.Range(1, 1_500)
                        .Select(static f => $$"""{"account":"{{Account}}","follower":"{{f}}","op":"follow"}""" + "\n")),
                            Token)).Expect(ExitCode.Ok);
                down = (await TakeDownAsync(kim)).Expect(ExitCode.Ok);
                before = (await kim.RunAsync("account", "get", Account, "--json")).Expect(ExitCode.Ok);
                (await Offline.RunAsync("export", "--data", data.FullPath, "--output", file)).Expect(ExitCode.Refused);
                Assert.False(File.Exists(file), "an export of a running silo left a file");
                Assert.Equal(0, await silo.StopAsync(cancellationToken: Token));
            }

            await using var server = await PostgresServer.StartNewAsync();
            (await Offline.RunAsync("export", "--data", data.FullPath, "--output", file)).Expect(ExitCode.Ok);
            (await Offline.RunAsync("export", "--data", data.FullPath, "--output", file)).Expect(ExitCode.Refused);
            string[] import =
                ["import", "--data", data.FullPath, "--postgres", server.ConnectionString(), "--input", file];
            (await Offline.RunAsync(import)).Expect(ExitCode.Ok);
            (await Offline.RunAsync(import)).Expect(ExitCode.Refused);
            await using var cluster = await SiloProcess.StartAsync(
                new SiloProcessOptions
                {
                    DataDirectory = data.FullPath,
                    Environment = new Dictionary<string, string>
                    {
                        ["ACCOUNTGRID__POSTGRES"] = server.ConnectionString(),
                    },
                }, Token);
            var there = On(cluster);
            var after = (await there.RunAsync("account", "get", Account, "--json")).Expect(ExitCode.Ok);
            Assert.Equal(before.Json.ToJsonString(), after.Json.ToJsonString());

            // Sent again, it acts once.
            Assert.Equal(down.Json["account"]!["version"]!.ToString(),
                (await TakeDownAsync(there)).Expect(ExitCode.Ok).Json["account"]!["version"]!.ToString());
            (await there.RunAsync("account", "restore", Account, "--reason", "ERROR")).Expect(ExitCode.Ok);
            (await there.RunAsync("audit", "verify")).Expect(ExitCode.Ok);
        }
    }

    public sealed class Refusals
    {
        [Fact]
        public async Task A_directory_without_a_database_is_not_exported_and_nothing_is_made_there()
        {
            using var data = new TempDirectory();
            (await Offline.RunAsync("export", "--data", data.FullPath)).Expect(ExitCode.Refused);
            Assert.Empty(Directory.EnumerateFileSystemEntries(data.FullPath));
        }

        [Fact]
        public async Task Nothing_is_imported_where_nothing_could_be_verified()
        {
            using var data = new TempDirectory();
            await File.WriteAllTextAsync(data.File("x.jsonl"), "", Token);
            (await Offline.RunAsync("import", "--data", data.FullPath, "--input", data.File("x.jsonl"))).Expect(
                ExitCode.Refused);
            Assert.Single(Directory.EnumerateFileSystemEntries(data.FullPath));
        }
    }
}
