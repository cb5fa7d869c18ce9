using AccountGrid.Testing;

namespace AccountGrid.Silo.Tests;

/// <summary>The front page of the repository; the rest of it is tested where the command line is.</summary>
public static class ReadmeTests
{
    public sealed class More_than_one_silo : IClassFixture<ClusterTurn>
    {
        // With the data directory of the chapter before, the audit found the new database altered: the checkpoints in
        // that directory were signed for the old one.
        [Fact]
        public async Task Goes_as_it_is_shown()
        {
            var token = TestContext.Current.CancellationToken;
            var missing = DocumentedShell.Missing ?? PostgresServer.Missing;
            Assert.SkipWhen(missing is not null, missing ?? "");
            var (network, noNetwork) = await NetworkNamespace.TryCreateAsync(token);
            Assert.SkipWhen(network is null, noNetwork);
            await using (network)
            {
                await using var server = await PostgresServer.StartNewAsync(
                    new PostgresServerOptions { Port = 5432, Launcher = network.Launcher });
                var page = await File.ReadAllLinesAsync(RepositoryFiles.PathOf("README.md"), token);
                DocumentedCommand[] commands =
                [
                    .. DocumentedCommand.Below(page, "Five minutes")
                        .Where(static command => command.Text.StartsWith("alias ", StringComparison.Ordinal)),
                    .. DocumentedCommand.Below(page, "More than one silo"),
                ];
                Assert.True(commands.Length > 6, "The commands were not found.");
                var password = new Dictionary<string, string> { ["PGPASSWORD"] = server.Password };
                var results = await DocumentedShell.RunAsync(
                    commands, network.Launcher, password, PostgresServer.Programs, token);
                var problems = DocumentedResult.ProblemsOf(results);
                Assert.True(problems.Length == 0, problems);
            }
        }
    }
}
