using AccountGrid.Domain;
using AccountGrid.V1;
using Google.Protobuf.WellKnownTypes;
using Google.Rpc;
using Grpc.Core;

namespace AccountGrid.Client.Tests;

public static class ErrorTests
{
    public sealed class Reading
    {
        [Fact]
        public void Finds_reason_fields_delay_and_trace()
        {
            var status = new Google.Rpc.Status
            {
                Code = (int)Code.InvalidArgument,
                Message = "note must be at most 1000 characters",
                Details =
                {
                    Any.Pack(new ErrorInfo { Domain = "accountgrid", Reason = "INVALID_ARGUMENT" }),
                    Any.Pack(new BadRequest
                    {
                        FieldViolations = { new BadRequest.Types.FieldViolation
                        {
                            Field = "note",
                            Description = "must be at most 1000 characters",
                        } },
                    }),
                    Any.Pack(new RetryInfo { RetryDelay = Duration.FromTimeSpan(TimeSpan.FromSeconds(3)) }),
                },
            };
            var thrown = status.ToRpcException();
            var trailers = new Metadata { { "trace-id", "4bf92f3577b34da6a3ce929d0e0e4736" } };
            foreach (var entry in thrown.Trailers)
            {
                trailers.Add(entry);
            }

            var error = new AccountGridException(
                CallFailure.Of(new RpcException(thrown.Status, trailers),
                    ServiceMethod.Of(RestoreAccountRequest.Descriptor), "mine-1", 2), inner: null);
            Assert.Equal("INVALID_ARGUMENT", error.Reason);
            Assert.Equal(StatusCode.InvalidArgument, error.Code);
            Assert.Equal("note must be at most 1000 characters", error.Message);
            Assert.Equal(new AccountGridFieldViolation("note", "must be at most 1000 characters"),
                Assert.Single(error.Fields));
            Assert.Equal(TimeSpan.FromSeconds(3), error.RetryAfter);
            Assert.Equal("4bf92f3577b34da6a3ce929d0e0e4736", error.TraceId);
            Assert.Equal(("accountgrid.v1.AccountService/RestoreAccount", "mine-1", 2),
                (error.Method, error.RequestId, error.Attempts));
            Assert.False(error.IsOutcomeUnknown || error.IsTransient);
        }

        [Fact]
        public void Judges_details_of_another_domain_by_their_code()
        {
            var status = new Google.Rpc.Status
            {
                Code = (int)Code.Unavailable,
                Details = { Any.Pack(new ErrorInfo { Domain = "proxy.example", Reason = "NOT_FOUND" }) },
            };
            var failure = CallFailure.Of(status.ToRpcException(), ServiceMethod.Of(GetAccountRequest.Descriptor));
            Assert.Equal("", failure.Reason);
            Assert.True(RetryRule.IsTransient(failure));
        }

        [Fact]
        public void Takes_details_that_cannot_be_read_for_none()
        {
            var broken = new RpcException(new Grpc.Core.Status(StatusCode.NotFound, "gone"),
                new Metadata { { "grpc-status-details-bin", [0xff, 0xff, 0xff] } });
            Assert.Equal(("", "gone"),
                (CallFailure.Of(broken, ServiceMethod.Of(GetAccountRequest.Descriptor)).Reason,
                    CallFailure.Of(broken, ServiceMethod.Of(GetAccountRequest.Descriptor)).Message));
        }

        [Theory]
        [InlineData(StatusCode.Unavailable, true)]
        [InlineData(StatusCode.DeadlineExceeded, true)]
        [InlineData(StatusCode.Internal, true)]
        [InlineData(StatusCode.Cancelled, true)]
        [InlineData(StatusCode.FailedPrecondition, false)]
        [InlineData(StatusCode.PermissionDenied, false)]
        public void Knows_of_which_changes_the_outcome_is_unknown(StatusCode code, bool unknown)
        {
            var thrown = new RpcException(new Grpc.Core.Status(code, "no"));
            Assert.Equal(unknown,
                CallFailure.Of(thrown, ServiceMethod.Of(DeactivateAccountRequest.Descriptor)).IsOutcomeUnknown);
            Assert.False(CallFailure.Of(thrown, ServiceMethod.Of(GetAccountRequest.Descriptor)).IsOutcomeUnknown);
        }
    }

    public sealed class Reasons
    {
        [Fact]
        public void Hold_every_reason_of_the_domain()
        {
            var known = typeof(AccountGridReasons).GetFields().Select(static f => (string)f.GetRawConstantValue()!)
                .ToHashSet();
            var missing = System.Enum.GetValues<RefusalReason>().Where(static r => r != RefusalReason.None)
                .Select(static r => SnakeOf(r.ToString())).Where(r => !known.Contains(r));
            Assert.Empty(missing);
        }

        private static string SnakeOf(string pascal) =>
            string.Concat(
                pascal.Select(static (c, i) => i > 0 && char.IsUpper(c) ? $"_{c}" : $"{char.ToUpperInvariant(c)}"));
    }

    [Collection(nameof(SiloFixture))]
    public sealed class Against_a_silo(SiloFixture fixture)
    {
        [Fact]
        public async Task An_unknown_account_is_not_found()
        {
            using var network = fixture.Silo.Network();
            var error = await Fails(
                () => network.Accounts.GetAsync(999_999_999, cancellationToken: TestContext.Current.CancellationToken));
            Assert.Equal((AccountGridReasons.NotFound, StatusCode.NotFound, 1),
                (error.Reason, error.Code, error.Attempts));
            Assert.Equal(32, error.TraceId.Length);
        }

        [Fact]
        public async Task A_field_that_breaks_its_rule_is_named()
        {
            using var kim = fixture.Silo.As("kim", "support");
            var error = await Fails(
                () => kim.Accounts.RestoreAsync(
                    new RestoreAccountRequest { Id = 1, Reason = "lower" }, TestContext.Current.CancellationToken));
            Assert.Equal(AccountGridReasons.InvalidArgument, error.Reason);
            Assert.Equal("reason", Assert.Single(error.Fields).Field);
        }

        [Fact]
        public async Task The_wrong_role_a_wrong_status_a_stale_etag_and_a_taken_id_have_their_reasons()
        {
            var stop = TestContext.Current.CancellationToken;
            var id = await fixture.Silo.AccountAsync();
            using var network = fixture.Silo.Network();
            using var kim = fixture.Silo.As("kim", "support");
            Assert.Equal(AccountGridReasons.ForbiddenRole,
                (await Fails(() => network.Accounts.DeactivateAsync(Down(id), stop))).Reason);
            Assert.Equal(AccountGridReasons.WrongStatus,
                (await Fails(() =>
                    kim.Accounts.RestoreAsync(new RestoreAccountRequest { Id = id, Reason = "ERROR" }, stop))).Reason);
            var stale = Down(id);
            stale.Etag = "\"nobody-saw-this\"";
            Assert.Contains((await Fails(() => kim.Accounts.DeactivateAsync(stale, stop))).Reason,
                new[] { AccountGridReasons.VersionMismatch, AccountGridReasons.InvalidArgument });
            Assert.Equal(AccountGridReasons.AlreadyExists,
                (await Fails(() =>
                    network.Accounts.RegisterAsync(
                        new RegisterAccountRequest { Id = id, Handle = "other" }, stop))).Reason);
        }

        [Fact]
        public async Task The_same_request_id_with_another_body_is_a_conflict()
        {
            var id = await fixture.Silo.AccountAsync();
            using var kim = fixture.Silo.As("kim", "support");
            var first = Down(id);
            first.RequestId = $"once-{id}";
            await kim.Accounts.DeactivateAsync(first, TestContext.Current.CancellationToken);
            var other = first.Clone();
            other.Reason = "ABUSE";
            var error = await Fails(() => kim.Accounts.DeactivateAsync(other, TestContext.Current.CancellationToken));
            Assert.Equal((AccountGridReasons.RequestIdConflict, first.RequestId), (error.Reason, error.RequestId));
        }

        [Fact]
        public async Task A_token_that_nobody_signed_is_unauthenticated_after_one_more_try()
        {
            var faults = new Faults();
            var number = 0;
            using var client = fixture.Silo.Create(
                o => o.TokenProvider =
                    AccountGridTokenProvider.FromDelegate(
                        _ => ValueTask.FromResult(new AccountGridToken($"bad-{++number}"))), faults);
            var error = await Fails(
                () => client.Accounts.GetAsync(1, cancellationToken: TestContext.Current.CancellationToken));
            Assert.Equal(AccountGridReasons.Unauthenticated, error.Reason);
            Assert.Equal(["Bearer bad-1", "Bearer bad-2"], faults.Tokens("GetAccount"));
            Assert.DoesNotContain("bad-", error.ToString(), StringComparison.Ordinal);
        }

        [Fact]
        public async Task A_message_over_its_limit_is_too_large_here_and_there()
        {
            var stop = TestContext.Current.CancellationToken;
            using var kim = fixture.Silo.As("kim", "support");
            var there = await Fails(
                () => kim.Accounts.RestoreAsync(
                    new RestoreAccountRequest { Id = 1, Reason = "ERROR", Note = new string('x', 2_000_000) }, stop));
            Assert.Equal((AccountGridReasons.TooLarge, 1), (there.Reason, there.Attempts));
            using var narrow = fixture.Silo.Create(static o => o.MaxSendMessageBytes = 64 * 1024);
            var here = await Fails(
                () => narrow.Accounts.RestoreAsync(
                    new RestoreAccountRequest { Id = 1, Reason = "ERROR", Note = new string('x', 100_000) }, stop));
            Assert.Equal((StatusCode.ResourceExhausted, "", 1), (here.Code, here.Reason, here.Attempts));
        }

        private static DeactivateAccountRequest Down(long id) => new() { Id = id, Reason = "SPAM" };

        private static Task<AccountGridException> Fails<T>(Func<Task<T>> call) =>
            Assert.ThrowsAsync<AccountGridException>(call);
    }

    public sealed class Without_a_server
    {
        [Fact]
        public async Task A_change_has_certainly_not_happened()
        {
            using var client = AccountGridClient.Create(new AccountGridClientOptions
            {
                Address = new Uri("http://127.0.0.1:1"),
                TokenProvider = AccountGridTokenProvider.FromToken("t"),
                Retry = { MaxAttempts = 3, FirstDelay = TimeSpan.FromMilliseconds(1),
                    LongestDelay = TimeSpan.FromMilliseconds(1) },
            });
            var error = await Assert.ThrowsAsync<AccountGridException>(
                () => client.Accounts.RestoreAsync(
                    new RestoreAccountRequest { Id = 1, Reason = "ERROR" }, TestContext.Current.CancellationToken));
            Assert.Equal((StatusCode.Unavailable, "", 3), (error.Code, error.Reason, error.Attempts));
            Assert.True(error.IsTransient);
            Assert.False(error.IsOutcomeUnknown);
            Assert.StartsWith("net-", error.RequestId, StringComparison.Ordinal);
        }
    }
}
