using System.Text.Json.Nodes;
using AccountGrid.V1;
using Google.Protobuf.WellKnownTypes;

namespace AccountGrid.Cli.Tests;

public static class OutputTests
{
    private const char Escape = '\u001B';

    private static readonly Account Sample = new()
    {
        Id = 25073877,
        Handle = "[red]evil\u001B[2J\u202E",
        Status = Account.Types.Status.Deactivated,
        Tier = Account.Types.Tier.Protected,
        Version = 1234,
        Etag = "7",
        Followers = new FollowerCount { Count = 41_000_000, Quality = FollowerCount.Types.Quality.Exact },
        Holds =
        {
            new Hold
            {
                Kind = Hold.Types.Kind.StaffDeactivation,
                PlacedBy = new Actor { Kind = Actor.Types.Kind.Operator, Subject = "kim" },
                Reason = "IMPERSONATION",
                At = Timestamp.FromDateTimeOffset(new DateTimeOffset(2017, 11, 2, 18, 52, 0, TimeSpan.FromHours(-4))),
            },
        },
    };

    public sealed class Redirected
    {
        [Fact]
        public void Has_no_colour_and_no_line_is_wrapped()
        {
            var text = Render(isTerminal: false);
            Assert.DoesNotContain(Escape, text);
            Assert.Contains(text.Split('\n'), line => line.Contains("STAFF_DEACTIVATION", StringComparison.Ordinal)
                && line.Contains("kim", StringComparison.Ordinal)
                && line.Contains("2017-11-02T22:52:00Z", StringComparison.Ordinal));
        }
    }

    public sealed class Terminals
    {
        [Fact]
        public void That_want_no_colour_get_none() =>
            Assert.DoesNotContain(Escape, Render(isTerminal: true, ("NO_COLOR", "1")));

        [Fact]
        public void That_are_dumb_get_none() =>
            Assert.DoesNotContain(Escape, Render(isTerminal: true, ("TERM", "dumb")));
    }

    public sealed class People
    {
        [Fact]
        public void See_thousands_and_utc()
        {
            var text = Render(isTerminal: false);
            Assert.Contains("41,000,000", text, StringComparison.Ordinal);
            Assert.Contains("1,234", text, StringComparison.Ordinal);
        }

        [Fact]
        public void Cannot_be_deceived_by_what_a_server_sends()
        {
            var text = Render(isTerminal: false);
            Assert.Contains("[red]evil<U+001B>[2J<U+202E>", text, StringComparison.Ordinal);
        }

        [Theory]
        [InlineData("a\u0000b", "a<U+0000>b")]
        [InlineData("a\u009Bb", "a<U+009B>b")]
        [InlineData("a\u200Bb", "a<U+200B>b")]
        [InlineData("a\nb\tc", "a b c")]
        [InlineData("größe 👍", "größe 👍")]
        public void See_control_characters_by_their_number(string foreign, string shown) =>
            Assert.Equal(shown, Show.Plain(foreign));

        [Theory]
        [InlineData(Hold.Types.Kind.OwnerDeactivation, "OWNER_DEACTIVATION")]
        [InlineData(Hold.Types.Kind.Suspension, "SUSPENSION")]
        [InlineData((Hold.Types.Kind)77, "77")]
        public void See_names_as_on_the_wire(Hold.Types.Kind kind, string shown) =>
            Assert.Equal(shown, Show.Name(kind));

        [Fact]
        public void See_that_a_time_is_invalid_rather_than_a_crash() =>
            Assert.Equal("(invalid time)", Show.Instant(new Timestamp { Seconds = long.MaxValue }));
    }

    public sealed class Json
    {
        [Fact]
        public void Is_one_line_of_proto_json_with_defaults()
        {
            var line = Output.ToJson(Sample);
            Assert.DoesNotContain('\n', line);
            var json = JsonNode.Parse(line)!;
            Assert.Equal("25073877", json["id"]!.GetValue<string>());
            Assert.Equal("DEACTIVATED", json["status"]!.GetValue<string>());
            Assert.Equal("", json["holds"]![0]!["approvedBy"]!.GetValue<string>());
            Assert.DoesNotContain(Escape, line);
        }
    }

    public sealed class Help
    {
        [Fact]
        public async Task Lists_the_exit_codes()
        {
            var result = (await new CliRunner().RunAsync("--help")).Expect(ExitCode.Ok);
            foreach (var (code, means) in ExitCodes.Documented)
            {
                Assert.Contains($"{(int)code,3}  {means}", result.Out, StringComparison.Ordinal);
            }
        }
    }

    public sealed class Completion
    {
        [Theory]
        [InlineData("accountgrid account de", "deactivate")]
        [InlineData("accountgrid account list --status S", "SUSPENDED")]
        [InlineData("accountgrid token --roles a", "approver")]
        [InlineData("accountgrid account restore 1 --reason E", "ERROR")]
        public async Task Suggests_words(string line, string word)
        {
            var result = (await new CliRunner().RunAsync($"[suggest:{line.Length}]", line)).Expect(ExitCode.Ok);
            Assert.Contains(word, result.Lines);
        }

        [Theory]
        [InlineData("bash")]
        [InlineData("zsh")]
        [InlineData("fish")]
        public async Task Prints_a_script_that_asks_this_program(string shell)
        {
            var result = (await new CliRunner().RunAsync("completion", shell)).Expect(ExitCode.Ok);
            Assert.Contains("[suggest:", result.Out, StringComparison.Ordinal);
        }

        [Fact]
        public async Task Completes_in_bash()
        {
            Assert.SkipUnless(File.Exists("/bin/bash"), "there is no bash here");
            var script = (await new CliRunner().RunAsync("completion", "bash")).Out;
            var dotnet = System.Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet";
            var start = new System.Diagnostics.ProcessStartInfo("/bin/bash")
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            };
            start.ArgumentList.Add("-c");
            start.ArgumentList.Add($$"""
                accountgrid() { "{{dotnet}}" exec "{{typeof(CliApplication).Assembly.Location}}" "$@"; }
                {{script}}
                COMP_LINE="accountgrid account dea" COMP_POINT=23 COMP_WORDS=(accountgrid account dea) COMP_CWORD=2
                _accountgrid
                printf '%s\n' "${COMPREPLY[@]}"
                """);
            using var bash = System.Diagnostics.Process.Start(start)!;
            var output = await bash.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
            await bash.WaitForExitAsync(TestContext.Current.CancellationToken);
            Assert.Equal("deactivate", output.Trim());
        }
    }

    private static string Render(bool isTerminal, params (string Name, string Value)[] environment)
    {
        var runner = new CliRunner
        {
            IsTerminal = isTerminal,
            Environment = environment.ToDictionary(e => e.Name, e => e.Value),
        };
        var text = new StringWriter();
        var output = new Output(runner.Host(text, TextWriter.Null), json: false);
        output.Answer(Sample, console => AccountViews.Detail(console, Sample));
        return text.ToString();
    }
}
