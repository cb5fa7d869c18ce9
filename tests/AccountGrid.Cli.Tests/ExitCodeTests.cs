using AccountGrid.Client;
using AccountGrid.Domain;
using Grpc.Core;

namespace AccountGrid.Cli.Tests;

public static class ExitCodeTests
{
    public sealed class Table
    {
        [Fact]
        public void Holds_every_reason_of_the_domain()
        {
            var reasons = System.Enum.GetValues<RefusalReason>().Where(r => r != RefusalReason.None).Select(Show.Name)
                .Order(StringComparer.Ordinal);
            Assert.Equal(reasons,
                ExitCodes.ByReason.Keys.Where(k => reasons.Contains(k)).Order(StringComparer.Ordinal));
        }

        [Fact]
        public void Documents_every_code_once() =>
            Assert.Equal(System.Enum.GetValues<ExitCode>().Order(), ExitCodes.Documented.Select(d => d.Code).Order());

        [Theory]
        [InlineData(StatusCode.Unauthenticated, 7)]
        [InlineData(StatusCode.PermissionDenied, 7)]
        [InlineData(StatusCode.NotFound, 5)]
        [InlineData(StatusCode.InvalidArgument, 2)]
        [InlineData(StatusCode.FailedPrecondition, 3)]
        [InlineData(StatusCode.Unavailable, 6)]
        [InlineData(StatusCode.DeadlineExceeded, 6)]
        [InlineData(StatusCode.Internal, 6)]
        public void Falls_back_to_the_status_code_of_a_bare_answer(StatusCode code, int exitCode) =>
            Assert.Equal(exitCode, (int)ExitCodes.Of("", code));

        [Fact]
        public void Stands_in_the_readme()
        {
            var readme = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "README.md"));
            foreach (var (code, means) in ExitCodes.Documented)
            {
                Assert.Contains($"| {(int)code} | {means} |", readme, StringComparison.Ordinal);
            }
        }
    }

    public sealed class Errors
    {
        [Fact]
        public void Are_told_with_reason_fields_delay_and_trace()
        {
            var error = new ServerError(
                StatusCode.InvalidArgument,
                "INVALID_ARGUMENT",
                "note must be at most 1000 characters",
                [new AccountGridFieldViolation("note", "must be at most 1000 characters")],
                TimeSpan.FromSeconds(3),
                "4bf92f3577b34da6a3ce929d0e0e4736");
            Assert.Equal(ExitCode.Usage, error.ExitCode);
            Assert.Equal(
                "INVALID_ARGUMENT: note must be at most 1000 characters Try again in 3s. (trace 4bf92f3577b34da6a3ce929d0e0e4736)", error.Describe());
            Assert.Equal("note", error.ToJson()["fields"]![0]!["field"]!.GetValue<string>());
        }

        [Fact]
        public void Without_a_known_reason_are_judged_by_their_code() =>
            Assert.Equal(ExitCode.Unavailable,
                new ServerError(StatusCode.Unavailable, "", "no", [], null, "").ExitCode);
    }

    public sealed class Without
    {
        [Fact]
        public async Task A_token_commands_exit_7_and_say_how_to_get_one()
        {
            var result = (await new CliRunner().RunAsync("account", "get", "1")).Expect(ExitCode.Forbidden);
            Assert.Contains("accountgrid token --as", result.Error, StringComparison.Ordinal);
        }

        [Fact]
        public async Task A_server_changes_exit_6_with_the_request_id_to_send_again()
        {
            var runner = new CliRunner
            {
                Environment = { ["ACCOUNTGRID_SERVER"] = "http://127.0.0.1:1", ["ACCOUNTGRID_TOKEN"] = "secret-token" },
            };
            var result =
                (await runner.RunAsync(
                    "account", "restore", "1", "--reason", "ERROR", "--request-id", "mine-1", "--timeout", "1ms"))
                .Expect(ExitCode.Unavailable);
            Assert.Contains("--request-id mine-1", result.Error, StringComparison.Ordinal);
            Assert.DoesNotContain("secret-token", result.Error, StringComparison.Ordinal);
        }

        [Fact]
        public async Task A_server_an_ingest_exits_6_with_the_line_to_resume_from()
        {
            var runner = new CliRunner
            {
                Environment = { ["ACCOUNTGRID_SERVER"] = "http://127.0.0.1:1", ["ACCOUNTGRID_TOKEN"] = "t" },
            };
            var result = (await runner.RunAsync(["ingest", "-", "--from-line", "2", "--timeout", "1ms"], """
                {"account":"1","follower":"1","op":"follow"}
                {"account":"1","follower":"2","op":"follow"}
                """, TestContext.Current.CancellationToken)).Expect(ExitCode.Unavailable);
            Assert.Contains("--from-line 2", result.Error, StringComparison.Ordinal);
        }
    }
}
