using System.CommandLine;
using Microsoft.Extensions.Time.Testing;

namespace AccountGrid.Cli.Tests;

public static class ParserTests
{
    private static readonly DateTimeOffset Now = new(2017, 11, 2, 22, 45, 0, TimeSpan.Zero);

    public sealed class Durations
    {
        [Theory]
        [InlineData("7d", 7 * 86400)]
        [InlineData("2w", 14 * 86400)]
        [InlineData("1h30m", 5400)]
        [InlineData("90s", 90)]
        [InlineData("1.5h", 5400)]
        [InlineData("250ms", 0.25)]
        [InlineData("1d2h3m4s", 93784)]
        public void Are_read_with_their_units(string text, double seconds)
        {
            Assert.True(Parsers.TryDuration(text, out var duration));
            Assert.Equal(TimeSpan.FromSeconds(seconds), duration);
        }

        [Theory]
        [InlineData("")]
        [InlineData("7")]
        [InlineData("-1d")]
        [InlineData("7x")]
        [InlineData("1m1h")]
        [InlineData("1d 2h")]
        [InlineData("99999999999999999999d")]
        [InlineData("4000d")]
        public void Are_refused_without_a_unit_out_of_order_or_out_of_range(string text) =>
            Assert.False(Parsers.TryDuration(text, out _));
    }

    public sealed class Instants
    {
        [Theory]
        [InlineData("2017-11-02T22:45:00Z")]
        [InlineData("2017-11-02T18:45:00-04:00")]
        [InlineData("2017-11-02T22:45")]
        [InlineData("2017-11-02T22:45:00")]
        public void Are_utc_unless_they_say_otherwise(string text) => Assert.Equal(Now, Parse(text)!.Value.Absolute);

        [Fact]
        public void May_be_a_day() => Assert.Equal(Now.Date, Parse("2017-11-02")!.Value.Absolute!.Value.UtcDateTime);

        [Fact]
        public void May_be_a_distance_ahead_or_back()
        {
            var clock = new FakeTimeProvider(Now);
            var spec = Parse("7d")!.Value;
            Assert.Equal(Now.AddDays(7), spec.Ahead(clock));
            Assert.Equal(Now.AddDays(-7), spec.Back(clock));
        }

        [Theory]
        [InlineData("tomorrow")]
        [InlineData("02/11/2017")]
        [InlineData("2017-13-01")]
        public void Name_the_option_when_they_are_none(string text)
        {
            var error = Assert.Single(Parsing(text).Errors).Message;
            Assert.StartsWith("--until: ", error, StringComparison.Ordinal);
        }

        private static InstantSpec? Parse(string text) => Parsing(text).GetValue<InstantSpec?>("--until");

        private static ParseResult Parsing(string text)
        {
            var root = new RootCommand { new Option<InstantSpec?>("--until") { CustomParser = Parsers.Instant } };
            return root.Parse(["--until", text]);
        }
    }

    public sealed class CommandLines
    {
        [Theory]
        [InlineData("account get 0", "ID")]
        [InlineData("account get -5", "")]
        [InlineData("account get 9223372036854775808", "ID")]
        [InlineData("account get 1 x", "ID")]
        [InlineData("account get", "'get'")]
        [InlineData("account deactivate 1", "--reason")]
        [InlineData("account list --status UP", "--status")]
        [InlineData("account list --limit 0", "--limit")]
        [InlineData("account suspend 1 --reason SPAM --until soon", "--until")]
        [InlineData("account restore 1 --reason ERROR --kind ALL", "--kind")]
        [InlineData("operator enroll kim --roles king", "--roles")]
        [InlineData("operator undo kim", "--since")]
        [InlineData("proposal approve 25073877", "PROPOSAL")]
        [InlineData("proposal approve 25073877-x", "PROPOSAL")]
        [InlineData("token --as kim --roles king", "king")]
        [InlineData("token --as .kim --roles support", "--as")]
        [InlineData("token --as kim --roles support --ttl 31d", "--ttl")]
        [InlineData("replay --followers 1", "--followers")]
        [InlineData("completion tcsh", "tcsh")]
        [InlineData("ingest", "'ingest'")]
        [InlineData("--timeout 0s health", "--timeout")]
        [InlineData("account", "")]
        [InlineData("", "")]
        [InlineData("nonsense", "nonsense")]
        public async Task That_are_wrong_exit_2_and_name_what_is_wrong(string line, string named)
        {
            var result =
                (await new CliRunner().RunAsync(line.Split(' ', StringSplitOptions.RemoveEmptyEntries))).Expect(
                    ExitCode.Usage);
            Assert.Contains(named, result.Error, StringComparison.Ordinal);
            Assert.Empty(result.Out);
        }

        [Fact]
        public async Task That_are_wrong_say_so_in_json_where_json_was_asked_for()
        {
            var result = (await new CliRunner().RunAsync("account", "get", "x", "--json")).Expect(ExitCode.Usage);
            var message = System.Text.Json.Nodes.JsonNode.Parse(result.Error)!["error"]!["message"]!.GetValue<string>();
            Assert.Contains("'x' is no account id", message, StringComparison.Ordinal);
        }

        [Theory]
        [InlineData("ftp://127.0.0.1")]
        [InlineData("127.0.0.1:5181")]
        [InlineData("http://user:secret@127.0.0.1:5181")]
        [InlineData("http://127.0.0.1:5181/path")]
        public async Task With_a_server_that_is_no_address_exit_2(string server)
        {
            var result = (await new CliRunner().RunAsync("health", "--server", server)).Expect(ExitCode.Usage);
            Assert.Contains("--server", result.Error, StringComparison.Ordinal);
        }

        [Fact]
        public async Task Take_a_note_that_begins_with_an_at_sign_as_it_is()
        {
            // Otherwise it would be read as the name of a file with more arguments.
            var runner = new CliRunner
            {
                Environment = { ["ACCOUNTGRID_SERVER"] = "http://127.0.0.1:1", ["ACCOUNTGRID_TOKEN"] = "t" },
            };
            (await runner.RunAsync("account", "restore", "1", "--reason", "ERROR", "--note", "@kim asked", "--timeout",
                "1ms")).Expect(ExitCode.Unavailable);
        }
    }
}
