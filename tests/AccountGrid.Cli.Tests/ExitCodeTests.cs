using AccountGrid.Domain;
using Google.Protobuf.WellKnownTypes;
using Google.Rpc;
using Grpc.Core;

namespace AccountGrid.Cli.Tests;

public static class ExitCodeTests
{
    public sealed class Table
    {
        [Fact]
        public void Holds_every_reason_of_the_domain()
        {
            var reasons = System.Enum.GetValues<RefusalReason>().Where(r => r != RefusalReason.None).Select(Show.Name).Order(StringComparer.Ordinal);
            Assert.Equal(reasons, ExitCodes.ByReason.Keys.Where(k => reasons.Contains(k)).Order(StringComparer.Ordinal));
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
        public void Are_read_with_reason_fields_delay_and_trace()
        {
            var status = new Google.Rpc.Status
            {
                Code = (int)Code.InvalidArgument,
                Message = "note must be at most 1000 characters",
                Details =
                {
                    Any.Pack(new ErrorInfo { Domain = "accountgrid", Reason = "INVALID_ARGUMENT" }),
                    Any.Pack(new BadRequest { FieldViolations = { new BadRequest.Types.FieldViolation { Field = "note", Description = "must be at most 1000 characters" } } }),
                    Any.Pack(new RetryInfo { RetryDelay = Duration.FromTimeSpan(TimeSpan.FromSeconds(3)) }),
                },
            };
            var thrown = status.ToRpcException();
            var trailers = new Metadata { { "trace-id", "4bf92f3577b34da6a3ce929d0e0e4736" } };
            foreach (var entry in thrown.Trailers)
            {
                trailers.Add(entry);
            }

            var error = ServerError.From(new RpcException(thrown.Status, trailers));
            Assert.Equal("INVALID_ARGUMENT", error.Reason);
            Assert.Equal(ExitCode.Usage, error.ExitCode);
            Assert.Equal(("note", "must be at most 1000 characters"), Assert.Single(error.Fields));
            Assert.Equal(TimeSpan.FromSeconds(3), error.RetryAfter);
            Assert.Equal(
                "INVALID_ARGUMENT: note must be at most 1000 characters Try again in 3s. (trace 4bf92f3577b34da6a3ce929d0e0e4736)", error.Describe());
        }

        [Fact]
        public void Of_another_domain_are_judged_by_their_code()
        {
            var status = new Google.Rpc.Status
            {
                Code = (int)Code.Unavailable,
                Details = { Any.Pack(new ErrorInfo { Domain = "proxy.example", Reason = "NOT_FOUND" }) },
            };
            Assert.Equal(ExitCode.Unavailable, ServerError.From(status.ToRpcException()).ExitCode);
        }

        [Theory]
        [InlineData("OVERLOADED", 2, true)]
        [InlineData("OVERLOADED", 3600, false)]
        [InlineData("BUDGET_EXCEEDED", 1, false)]
        [InlineData("REACH_EXCEEDED", 1, false)]
        public void Are_worth_a_retry_only_where_the_server_was_busy_and_the_wait_is_short(string reason, int seconds, bool worthIt) =>
            Assert.Equal(worthIt, new ServerError(StatusCode.ResourceExhausted, reason, "", [], TimeSpan.FromSeconds(seconds), "").IsWorthRetrying);
    }

    public sealed class Retries
    {
        private readonly List<TimeSpan> _delays = [];

        [Fact]
        public async Task Repeat_an_unknown_outcome_and_then_answer()
        {
            var attempts = 0;
            var answer = await Context().RetryAsync(
                _ => ++attempts < 3 ? Task.FromException<int>(Failure(StatusCode.Unavailable)) : Task.FromResult(7), TestContext.Current.CancellationToken);
            Assert.Equal((7, 3), (answer, attempts));
            Assert.Equal(2, _delays.Count);
        }

        [Fact]
        public async Task End_after_a_bounded_number_of_attempts()
        {
            var attempts = 0;
            await Assert.ThrowsAsync<RpcException>(() => Context().RetryAsync(
                _ =>
                {
                    attempts++;
                    return Task.FromException<int>(Failure(StatusCode.DeadlineExceeded));
                },
                TestContext.Current.CancellationToken));
            Assert.Equal(CallContext.MaxAttempts, attempts);
        }

        [Fact]
        public async Task Do_not_repeat_a_refusal()
        {
            var attempts = 0;
            await Assert.ThrowsAsync<RpcException>(() => Context().RetryAsync(
                _ =>
                {
                    attempts++;
                    return Task.FromException<int>(Failure(StatusCode.FailedPrecondition));
                },
                TestContext.Current.CancellationToken));
            Assert.Equal(1, attempts);
        }

        [Fact]
        public void Wait_as_long_as_the_server_asked_but_never_longer_than_the_limit()
        {
            Assert.InRange(CallContext.DelayBefore(1, TimeSpan.FromSeconds(3)), TimeSpan.FromSeconds(3), TimeSpan.FromSeconds(3.75));
            Assert.InRange(CallContext.DelayBefore(30, null), ServerError.LongestWait, ServerError.LongestWait * 1.25);
        }

        private CallContext Context() => new("token", null, TimeProvider.System, (_, delay) => _delays.Add(delay));

        private static RpcException Failure(StatusCode code) => new(new Grpc.Core.Status(code, "no"));
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
            var runner = new CliRunner { Environment = { ["ACCOUNTGRID_SERVER"] = "http://127.0.0.1:1", ["ACCOUNTGRID_TOKEN"] = "secret-token" } };
            var result = (await runner.RunAsync("account", "restore", "1", "--reason", "ERROR", "--request-id", "mine-1", "--timeout", "1ms"))
                .Expect(ExitCode.Unavailable);
            Assert.Contains("--request-id mine-1", result.Error, StringComparison.Ordinal);
            Assert.DoesNotContain("secret-token", result.Error, StringComparison.Ordinal);
        }

        [Fact]
        public async Task A_server_an_ingest_exits_6_with_the_line_to_resume_from()
        {
            var runner = new CliRunner { Environment = { ["ACCOUNTGRID_SERVER"] = "http://127.0.0.1:1", ["ACCOUNTGRID_TOKEN"] = "t" } };
            var result = (await runner.RunAsync(["ingest", "-", "--from-line", "2", "--timeout", "1ms"], """
                {"account":"1","follower":"1","op":"follow"}
                {"account":"1","follower":"2","op":"follow"}
                """, TestContext.Current.CancellationToken)).Expect(ExitCode.Unavailable);
            Assert.Contains("--from-line 2", result.Error, StringComparison.Ordinal);
        }
    }
}
