using System.Collections.Immutable;
using AccountGrid.Testing;

namespace AccountGrid.Cli.Tests;

/// <summary>
/// The front page of the repository. Its commands once failed when typed in order: the account was registered already,
/// and counts and proposal ids were not those shown.
/// </summary>
public static class ReadmeTests
{
    private static readonly string[] Page = File.ReadAllLines(RepositoryFiles.PathOf("README.md"));

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public sealed class The_first_five_minutes
    {
        [Fact]
        public async Task Go_as_they_are_shown()
        {
            Assert.SkipWhen(DocumentedShell.Missing is not null, DocumentedShell.Missing ?? "");
            var (network, missing) = await NetworkNamespace.TryCreateAsync(Token);
            Assert.SkipWhen(network is null, missing);
            await using (network)
            {
                ImmutableArray<DocumentedCommand> commands =
                [
                    .. DocumentedCommand.Below(Page, "The two commands"),
                    .. DocumentedCommand.Below(Page, "Five minutes"),
                    .. PathsOfTheText().Select(static path => $"curl -sSf -o /dev/null http://127.0.0.1:5180{path}")
                        .Select(static command => new DocumentedCommand(0, command, [])),
                ];
                Assert.True(commands.Length > 15, "The commands were not found.");
                var results = await DocumentedShell.RunAsync(commands, network.Launcher, cancellationToken: Token);
                var problems = DocumentedResult.ProblemsOf(results);
                Assert.True(problems.Length == 0, problems);
            }
        }

        private static IEnumerable<string> PathsOfTheText() =>
            DocumentedCommand.InlineCode(Page).Where(static code => code.StartsWith('/'));
    }

    public sealed class The_page
    {
        [Fact]
        public void Has_no_command_that_no_test_runs()
        {
            // The last of these headings is run where the tests of clusters are: by the silo's.
            Assert.Equal(["The two commands", "Five minutes", "More than one silo"], DocumentedCommand.Headings(Page));
            Assert.Equal(["dotnet test -c Release AccountGrid.sln"], DocumentedCommand.OtherCode(Page));
        }

        [Fact]
        public void Names_only_commands_that_are_understood()
        {
            const string Name = "accountgrid ";
            var commands = DocumentedCommand.InlineCode(Page)
                .Where(static code => code.StartsWith(Name, StringComparison.Ordinal)).ToArray();
            Assert.True(commands.Length >= 3, "The commands were not found.");
            var root = CliApplication.BuildRoot(new CliRunner().Host(TextWriter.Null, TextWriter.Null));
            Assert.Empty(commands.SelectMany(
                command => root.Parse(command[Name.Length..]).Errors.Select(error => $"{command}: {error.Message}")));
        }

        [Fact]
        public void Is_at_most_120_characters_wide() =>
            Assert.DoesNotContain(Page, static line => line.Length > 120);
    }

    public sealed class Comparing
    {
        [Theory]
        [InlineData("Followers   5,000  exact", "Followers   5,000  exact  ")]
        [InlineData("review 2027-02-27T14:22:15Z", "review 2031-01-01T00:00:00.123456Z")]
        [InlineData("Until  859.0 ms", "Until  1.2 s")]
        [InlineData("(trace f56bd5fe7f5f0fd0cd3b35496315cdf4)", "(trace 00000000000000000000000000000001)")]
        [InlineData("Data  /home/you/accountgrid/accountgrid-data", "Data  /tmp/x/accountgrid-data")]
        [InlineData("""{"id":"1",...,"quality":"EXACT"}""", """{"id":"1","handle":"ada","quality":"EXACT"}""")]
        [InlineData("a|...|z", "a|b|c|z")]
        [InlineData("a|...|z", "a|z")]
        [InlineData("a", "a||")]
        public void Accepts(string shown, string printed) =>
            Assert.Null(ShownOutput.Difference(shown.Split('|'), printed.Split('|')));

        [Theory]
        [InlineData("Followers   5,000  exact", "Followers   5,001  exact")]
        [InlineData("Followers   5,000  exact", "Followers  5,000  exact")]
        [InlineData("proposal approve 9001-3", "proposal approve 9001-5")]
        [InlineData("review 2027-02-27T14:22:15Z", "review ")]
        [InlineData("review 2027-02-27", "review 2027-02-28")]
        [InlineData("5 s", "5 silos")]
        [InlineData("Data  /home/you/accountgrid/accountgrid-data", "Data  /tmp/x/data")]
        [InlineData("""{"id":"1",...,"quality":"EXACT"}""", """{"id":"1","quality":"STALE"}""")]
        [InlineData("a|...|z", "a|b|c")]
        [InlineData("a|z", "a|b|z")]
        [InlineData("a|b", "a")]
        [InlineData("a", "a|b")]
        [InlineData("", "a")]
        [InlineData("a.c", "abc")]
        public void Refuses(string shown, string printed) =>
            Assert.NotNull(ShownOutput.Difference(shown.Split('|'), printed.Split('|')));
    }
}
