using System.Globalization;
using System.Text.Json.Nodes;

namespace AccountGrid.Cli.Tests;

/// <summary>Every command against the real silo.</summary>
public static class CommandTests
{
    [Collection(nameof(SiloFixture))]
    public sealed class Accounts(SiloFixture fixture)
    {
        [Fact]
        public async Task Are_registered_read_listed_and_shown_to_visitors()
        {
            var id = await fixture.AccountAsync();
            var account = (await fixture.Network().RunAsync("account", "get", id, "--json")).Expect(ExitCode.Ok).Json;
            Assert.Equal((id, "ACTIVE"), (account["id"]!.GetValue<string>(), account["status"]!.GetValue<string>()));
            var seen = (await fixture.Network().RunAsync("account", "public", id)).Expect(ExitCode.Ok);
            Assert.Contains($"handle_{id}", seen.Out, StringComparison.Ordinal);
            var listed =
                (await fixture.Network()
                    .RunAsync("account", "list", "--handle", $"handle_{id}", "--status", "active", "--json")).Expect(
                        ExitCode.Ok).Json;
            Assert.Equal(id, Assert.Single(listed["accounts"]!.AsArray())!["id"]!.GetValue<string>());
        }

        [Fact]
        public async Task That_are_unknown_exit_5_alone_and_among_others()
        {
            var id = await fixture.AccountAsync();
            (await fixture.Network().RunAsync("account", "get", "999999999")).Expect(ExitCode.NotFound);
            var both = (await fixture.Network().RunAsync("account", "get", "999999999", id, "--json")).Expect(
                ExitCode.NotFound);
            Assert.Equal("999999999", both.Json["missingIds"]![0]!.GetValue<string>());
            Assert.Equal(id, both.Json["accounts"]![0]!["id"]!.GetValue<string>());
        }

        [Fact]
        public async Task Are_listed_over_pages_up_to_the_limit()
        {
            var prefix = $"page{fixture.NextId()}_";
            for (var i = 0; i < 3; i++)
            {
                await fixture.AccountAsync($"{prefix}{i}");
            }

            var first =
                (await fixture.Network()
                    .RunAsync("account", "list", "--handle", prefix, "--limit", "2", "--json")).Expect(
                        ExitCode.Ok).Json;
            Assert.Equal(2, first["accounts"]!.AsArray().Count);
            var rest = (await fixture.Network().RunAsync(
                "account", "list", "--handle", prefix, "--page-token", first["nextPageToken"]!.GetValue<string>(),
                "--json")).Expect(ExitCode.Ok).Json;
            Assert.Single(rest["accounts"]!.AsArray());
            Assert.Equal("", rest["nextPageToken"]!.GetValue<string>());
        }

        [Fact]
        public async Task Have_their_commands_shown_step_by_step()
        {
            var id = await fixture.AccountAsync();
            var kim = fixture.As("kim", "support");
            (await kim.RunAsync("account", "deactivate", id, "--reason", "SPAM")).Expect(ExitCode.Ok);
            var listed = (await kim.RunAsync("trace", "--account", id, "--actor", "kim", "--json")).Expect(
                ExitCode.Ok).Json;
            var trace = Assert.Single(listed["traces"]!.AsArray())!["traceId"]!.GetValue<string>();
            Assert.Contains(trace, (await kim.RunAsync("trace")).Expect(ExitCode.Ok).Out, StringComparison.Ordinal);
            var shown = (await kim.RunAsync("trace", trace)).Expect(ExitCode.Ok).Out.Split('\n');
            Assert.Contains(
                shown, static line =>
                    line.TrimStart()
                        .StartsWith("accountgrid.v1.AccountService/DeactivateAccount", StringComparison.Ordinal));
            Assert.Contains(
                shown, line => line.Contains("account.execute", StringComparison.Ordinal)
                    && line.Contains(
                        $"by kim, account {id}, action deactivate, outcome done", StringComparison.Ordinal));

            // The commit stands below what it carried.
            var append = Array.FindIndex(
                shown, static line => line.Contains("journal.append", StringComparison.Ordinal));
            Assert.Contains("storage commit", shown[append + 1], StringComparison.Ordinal);
            var json = (await kim.RunAsync("trace", trace.ToUpperInvariant(), "--json")).Expect(ExitCode.Ok).Json;
            Assert.Equal(trace, json["traceId"]!.GetValue<string>());
            (await kim.RunAsync("trace", new string('f', 32))).Expect(ExitCode.NotFound);
            (await kim.RunAsync("trace", "short")).Expect(ExitCode.Usage);
        }

        [Fact]
        public async Task Go_down_and_come_back_with_journal_and_incident()
        {
            var id = await fixture.AccountAsync();
            var kim = fixture.As("kim", "support");
            (await kim.RunAsync("account", "deactivate", id, "--reason", "SPAM", "--note", "@ the [bold] note")).Expect(
                ExitCode.Ok);
            (await fixture.Network().RunAsync("account", "public", id)).Expect(ExitCode.NotFound);
            (await kim.RunAsync("account", "deactivate", id, "--reason", "SPAM")).Expect(ExitCode.Refused);
            (await kim.RunAsync("account", "restore", id, "--reason", "ERROR")).Expect(ExitCode.Ok);
            var journal = (await kim.RunAsync("account", "journal", id)).Expect(ExitCode.Ok).Out;
            Assert.Contains("hold-placed", journal, StringComparison.Ordinal);
            Assert.Contains("[bold]", journal, StringComparison.Ordinal);
            var incidents =
                (await kim.RunAsync("incident", id, "--json")).Expect(ExitCode.Ok).Json["incidents"]!.AsArray();
            Assert.Equal("kim", Assert.Single(incidents)!["placedBy"]!["subject"]!.GetValue<string>());
            Assert.Contains("Taken down by", (await kim.RunAsync("incident", id)).Expect(ExitCode.Ok).Out,
                StringComparison.Ordinal);
        }

        [Fact]
        public async Task Are_suspended_for_a_while()
        {
            var id = await fixture.AccountAsync();
            var answer =
                (await fixture.As("kim", "support")
                    .RunAsync("account", "suspend", id, "--reason", "ABUSE", "--until", "7d", "--json")).Expect(
                        ExitCode.Ok).Json;
            var until = answer["account"]!["holds"]![0]!["until"]!.GetValue<string>();
            var days =
                (DateTimeOffset.Parse(until, CultureInfo.InvariantCulture) - TimeProvider.System.GetUtcNow()).TotalDays;
            Assert.InRange(days, 6.9, 7.1);
        }

        [Fact]
        public async Task That_are_protected_wait_for_a_second_person()
        {
            var id = await fixture.AccountAsync();
            var (kim, lee) = (fixture.As("kim", "support"), fixture.As("lee", "support", "approver"));
            (await kim.RunAsync("account", "protect", id, "--reason", "OTHER", "--review", "30d")).Expect(ExitCode.Ok);
            (await kim.RunAsync("account", "deactivate", id, "--reason", "SPAM", "--direct-only")).Expect(
                ExitCode.Refused);
            var pending = (await kim.RunAsync("account", "deactivate", id, "--reason", "SPAM", "--json")).Expect(
                ExitCode.Pending).Json;
            var proposal = pending["proposal"]!["id"]!.GetValue<string>();
            Assert.Contains(proposal, (await lee.RunAsync("proposal", "list", "--by", "kim")).Expect(ExitCode.Ok).Out,
                StringComparison.Ordinal);
            var digest =
                (await lee.RunAsync("proposal", "get", proposal, "--json")).Expect(
                    ExitCode.Ok).Json["digest"]!.GetValue<string>();
            (await lee.RunAsync("proposal", "approve", proposal, "--digest", new string('0', digest.Length))).Expect(
                ExitCode.Refused);
            (await lee.RunAsync("proposal", "approve", proposal, "--digest", digest)).Expect(ExitCode.Ok);
            (await lee.RunAsync("proposal", "get", proposal)).Expect(ExitCode.NotFound);
            (await lee.RunAsync("account", "restore", id, "--reason", "ERROR")).Expect(ExitCode.Ok);
            (await kim.RunAsync("account", "unprotect", id, "--reason", "OTHER")).Expect(ExitCode.Pending);
            (await lee.RunAsync("account", "erase", id, "--reason", "LEGAL")).Expect(ExitCode.Refused);
        }

        [Fact]
        public async Task Rejecting_and_withdrawing_end_what_waits()
        {
            var id = await fixture.AccountAsync();
            var (kim, lee) = (fixture.As("kim", "support"), fixture.As("lee", "support", "approver"));
            var first =
                (await kim.RunAsync("account", "erase", id, "--reason", "LEGAL", "--json")).Expect(
                    ExitCode.Pending).Json["proposal"]!["id"]!.GetValue<string>();
            (await lee.RunAsync("proposal", "reject", first, "--note", "no")).Expect(ExitCode.Ok);
            var second =
                (await kim.RunAsync("account", "deactivate", id, "--reason", "SPAM", "--at", "1d", "--json")).Expect(
                    ExitCode.Pending).Json["proposal"]!["id"]!.GetValue<string>();
            (await lee.RunAsync("proposal", "withdraw", second)).Expect(ExitCode.Forbidden);
            (await kim.RunAsync("proposal", "withdraw", second)).Expect(ExitCode.Ok);
        }

        [Fact]
        public async Task The_same_request_id_acts_once_and_with_another_body_is_refused()
        {
            var id = await fixture.AccountAsync();
            var kim = fixture.As("kim", "support");
            string[] once = ["account", "deactivate", id, "--reason", "SPAM", "--request-id", $"once-{id}", "--json"];
            var first = (await kim.RunAsync(once)).Expect(ExitCode.Ok).Json;
            var again = (await kim.RunAsync(once)).Expect(ExitCode.Ok).Json;
            Assert.Equal(first["account"]!["version"]!.GetValue<string>(),
                again["account"]!["version"]!.GetValue<string>());
            var other =
                (await kim.RunAsync("account", "deactivate", id, "--reason", "ABUSE", "--request-id",
                    $"once-{id}")).Expect(ExitCode.Refused);
            Assert.Contains("REQUEST_ID_CONFLICT", other.Error, StringComparison.Ordinal);
        }

        [Fact]
        public async Task Refusals_name_reason_field_and_trace_in_json()
        {
            var id = await fixture.AccountAsync();
            var result =
                (await fixture.As("kim", "support")
                    .RunAsync("account", "restore", id, "--reason", "lower", "--json")).Expect(ExitCode.Usage);
            var error = JsonNode.Parse(result.Error)!["error"]!;
            Assert.Equal("INVALID_ARGUMENT", error["reason"]!.GetValue<string>());
            Assert.Equal("reason", error["fields"]![0]!["field"]!.GetValue<string>());
            Assert.Equal(32, error["traceId"]!.GetValue<string>().Length);
        }

        [Theory]
        [InlineData("not-a-token")]
        [InlineData("a.b.c")]
        public async Task Without_a_valid_token_exit_7(string token)
        {
            var runner = fixture.Network();
            runner.Environment["ACCOUNTGRID_TOKEN"] = token;
            (await runner.RunAsync("account", "get", "1")).Expect(ExitCode.Forbidden);
        }

        [Fact]
        public async Task With_the_wrong_role_exit_7() =>
            (await fixture.Network()
                .RunAsync("account", "deactivate", await fixture.AccountAsync(), "--reason", "SPAM")).Expect(
                    ExitCode.Forbidden);
    }

    [Collection(nameof(SiloFixture))]
    public sealed class Follows(SiloFixture fixture)
    {
        [Fact]
        public async Task Come_and_go_one_by_one()
        {
            var id = await fixture.AccountAsync();
            var network = fixture.Network();
            Assert.True(
                (await network.RunAsync("follow", id, "7", "--json")).Expect(
                    ExitCode.Ok).Json["changed"]!.GetValue<bool>());
            Assert.False(
                (await network.RunAsync("follow", id, "7", "--json")).Expect(
                    ExitCode.Ok).Json["changed"]!.GetValue<bool>());
            Assert.Contains("Followers: 0", (await network.RunAsync("unfollow", id, "7")).Expect(ExitCode.Ok).Out,
                StringComparison.Ordinal);
        }

        [Fact]
        public async Task Come_in_by_the_file_and_bad_lines_are_named()
        {
            var id = await fixture.AccountAsync();
            var lines = Enumerable.Range(1, 25_000)
                .Select(i => $$"""{"account":"{{id}}","follower":"{{i}}","op":"follow"}""").ToList();
            lines.Insert(10, "broken");
            lines.Insert(20_000, """{"account":"999999998","follower":"1","op":"follow"}""");
            var result =
                (await fixture.Network()
                    .RunAsync(["ingest", "-", "--json"], string.Join('\n', lines),
                        TestContext.Current.CancellationToken))
                .Expect(ExitCode.CheckFailed);
            Assert.Equal(("25002", "25000", "2"),
                (Number(result, "received"), Number(result, "changed"), Number(result, "failed")));
            Assert.Equal(["11", "20001"], result.Json["errors"]!.AsArray().Select(e => e!["line"]!.GetValue<string>()));
            Assert.Equal("25000", await CountAsync(id));
            (await fixture.Network()
                .RunAsync(["ingest", "-"], string.Join('\n', lines.Where((_, i) => i is not 10 and not 20_000)),
                    TestContext.Current.CancellationToken))
                .Expect(ExitCode.Ok);
            Assert.Equal("25000", await CountAsync(id));
        }

        [Fact]
        public async Task Of_oneself_are_refused_alone()
        {
            // Once, one such line made its whole batch fail.
            var id = await fixture.AccountAsync();
            var lines = Enumerable.Range(1, 100)
                .Select(i => $$"""{"account":"{{id}}","follower":"{{(i == 50 ? id : i)}}","op":"follow"}""");
            var result =
                (await fixture.Network()
                    .RunAsync(["ingest", "-", "--json"], string.Join('\n', lines),
                        TestContext.Current.CancellationToken))
                .Expect(ExitCode.CheckFailed);
            Assert.Equal("50", Assert.Single(result.Json["errors"]!.AsArray())!["line"]!.GetValue<string>());
            Assert.Equal("99", await CountAsync(id));
        }

        private async Task<string> CountAsync(string id) =>
            (await fixture.Network()
                .RunAsync("account", "get", id, "--json")).Json["followers"]!["count"]!.GetValue<string>();

        private static string Number(CliResult result, string field) => result.Json[field]!.GetValue<string>();
    }

    [Collection(nameof(SiloFixture))]
    public sealed class Audits(SiloFixture fixture)
    {
        [Fact]
        public async Task List_by_actor_verify_and_show_checkpoints()
        {
            var id = await fixture.AccountAsync();
            (await fixture.As("kim", "support").RunAsync("account", "deactivate", id, "--reason", "SPAM")).Expect(
                ExitCode.Ok);
            var auditor = fixture.As("max", "auditor");
            var entries =
                (await auditor.RunAsync("audit", "list", "--stream", $"a/{id}", "--actor", "kim", "--since", "1h",
                    "--json")).Expect(ExitCode.Ok).Json["entries"]!.AsArray();
            Assert.Equal("hold-placed", Assert.Single(entries)!["type"]!.GetValue<string>());
            var verified = (await auditor.RunAsync("audit", "verify")).Expect(ExitCode.Ok).Out;
            Assert.Contains("Intact", verified, StringComparison.Ordinal);
            Assert.Contains("Not signed yet", verified, StringComparison.Ordinal);
            (await auditor.RunAsync("audit", "checkpoints")).Expect(ExitCode.Ok);
        }
    }

    [Collection(nameof(SiloFixture))]
    public sealed class Watching(SiloFixture fixture)
    {
        [Fact]
        public async Task Resumes_behind_a_position_and_ends_at_the_limit()
        {
            var id = await fixture.AccountAsync();
            var kim = fixture.As("kim", "support");
            (await kim.RunAsync("account", "deactivate", id, "--reason", "SPAM")).Expect(ExitCode.Ok);
            (await kim.RunAsync("account", "restore", id, "--reason", "ERROR")).Expect(ExitCode.Ok);
            var all =
                (await kim.RunAsync("watch", id, "--from", "0", "--limit", "3", "--json")).Expect(
                    ExitCode.Ok).Lines.Select(l => JsonNode.Parse(l)!).ToArray();
            Assert.Equal(["1", "2", "3"], all.Select(c => c["sequence"]!.GetValue<string>()));
            var rest =
                (await kim.RunAsync("watch", id, "--from", all[1]["position"]!.GetValue<string>(), "--limit", "1",
                    "--json")).Expect(ExitCode.Ok).Json;
            Assert.Equal("3", rest["sequence"]!.GetValue<string>());
        }

        [Fact]
        public async Task Stops_when_interrupted_and_says_where_to_go_on()
        {
            var id = await fixture.AccountAsync();
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
            var output = new SignallingWriter();
            var error = new StringWriter();
            var run = CliApplication.RunAsync(
                ["watch", id, "--from", "0"], fixture.As("kim", "support").Host(output, error), stop.Token);
            await output.FirstLine.WaitAsync(TestContext.Current.CancellationToken);
            await stop.CancelAsync();
            Assert.Equal((int)ExitCode.Interrupted, await run);
            Assert.Contains("--from ", error.ToString(), StringComparison.Ordinal);
        }

        private sealed class SignallingWriter : StringWriter
        {
            private readonly TaskCompletionSource _first = new(TaskCreationOptions.RunContinuationsAsynchronously);

            public Task FirstLine => _first.Task;

            public override void Write(char value)
            {
                base.Write(value);
                Look(value == '\n');
            }

            public override void Write(string? value)
            {
                base.Write(value);
                Look(value?.Contains('\n', StringComparison.Ordinal) == true);
            }

            private void Look(bool ended)
            {
                if (ended)
                {
                    _first.TrySetResult();
                }
            }
        }
    }

    [Collection(nameof(SiloFixture))]
    public sealed class Health(SiloFixture fixture)
    {
        [Fact]
        public async Task Needs_no_token()
        {
            var runner = new CliRunner { Environment = { ["ACCOUNTGRID_SERVER"] = fixture.Silo.Grpc.AbsoluteUri } };
            Assert.Equal("SERVING",
                (await runner.RunAsync("health", "--json")).Expect(ExitCode.Ok).Json["status"]!.GetValue<string>());
        }
    }
}
