using AccountGrid.V1;
using Grpc.Core;

namespace AccountGrid.Client.Tests;

public static class RetryTests
{
    public sealed class The_rule
    {
        private static readonly TimeSpan Longest = TimeSpan.FromSeconds(10);

        [Theory]
        [InlineData("OVERLOADED", 2, true)]
        [InlineData("OVERLOADED", 3600, false)]
        [InlineData("BUDGET_EXCEEDED", 1, false)]
        [InlineData("REACH_EXCEEDED", 1, false)]
        [InlineData("FOLLOWER_LOSS_LIMIT", 1, false)]
        public void Waits_only_where_the_server_was_busy_and_the_wait_is_short(
            string reason, int seconds, bool mayRepeat) =>
            Assert.Equal(mayRepeat, RetryRule.MayRepeat(
                Failure(StatusCode.ResourceExhausted) with
                {
                    Reason = reason,
                    RetryAfter = TimeSpan.FromSeconds(seconds),
                }, Repetition.ActsTwice, Longest));

        [Theory]
        [InlineData(StatusCode.Unavailable, true)]
        [InlineData(StatusCode.DeadlineExceeded, true)]
        [InlineData(StatusCode.FailedPrecondition, false)]
        [InlineData(StatusCode.Internal, false)]
        [InlineData(StatusCode.ResourceExhausted, false)]
        public void Repeats_an_unknown_outcome_only_where_it_is_harmless(StatusCode code, bool mayRepeat)
        {
            Assert.Equal(mayRepeat, RetryRule.MayRepeat(Failure(code), Repetition.Harmless, Longest));
            Assert.False(RetryRule.MayRepeat(Failure(code), Repetition.ActsTwice, Longest));
        }

        [Fact]
        public void Repeats_anything_that_was_never_sent() =>
            Assert.True(
                RetryRule.MayRepeat(
                    Failure(StatusCode.Unavailable) with { Reached = Reached.NotSent }, Repetition.ActsTwice, Longest));

        [Fact]
        public void Takes_a_broken_connection_for_what_it_is_whatever_the_code() =>
            Assert.True(
                RetryRule.MayRepeat(
                    Failure(StatusCode.Internal) with { Reached = Reached.Perhaps }, Repetition.Harmless, Longest));

        [Fact]
        public void Waits_as_long_as_the_server_asked_but_never_longer_than_the_limit()
        {
            var first = TimeSpan.FromMilliseconds(100);
            Assert.InRange(RetryRule.DelayBefore(1, TimeSpan.FromSeconds(3), first, Longest), TimeSpan.FromSeconds(3),
                TimeSpan.FromSeconds(3.75));
            Assert.InRange(RetryRule.DelayBefore(2, null, first, Longest), TimeSpan.FromMilliseconds(200),
                TimeSpan.FromMilliseconds(250));
            Assert.InRange(RetryRule.DelayBefore(1000, null, first, Longest), Longest, Longest * 1.25);
        }

        [Fact]
        public void Knows_no_command_that_would_act_twice() => Assert.Empty(
            ServiceMethod.All.Where(static m => m.Repetition == Repetition.ActsTwice).Select(static m => m.Name));

        [Fact]
        public void Knows_the_methods_that_change_something() => Assert.Equal(
            [
                "AllowFollowerLoss", "ApprovePolicy", "ApproveProposal", "ChangeSuspension", "CloseFollowerLoss",
                "DeactivateAccount", "DeleteFollower", "EnrollOperator", "EraseAccount", "IngestFollows",
                "OffboardOperator", "ProposePolicy", "ProtectAccount", "PutFollower", "RegisterAccount",
                "RejectPolicy", "RejectProposal", "ReleaseBrake", "RestoreAccount", "SuspendAccount", "UndoOperator",
                "UndoService", "UnprotectAccount", "WithdrawPolicy", "WithdrawProposal",
            ],
            ServiceMethod.All.Where(static m => m.IsChange).Select(static m => m.Name).Order(StringComparer.Ordinal));

        [Fact]
        public void Covers_every_method_of_the_protocol()
        {
            var declared = AccountService.Descriptor.File.Services
                .Concat(FollowerService.Descriptor.File.Services).Concat(ProposalService.Descriptor.File.Services)
                .Concat(OperatorService.Descriptor.File.Services).Concat(BrakeService.Descriptor.File.Services)
                .Concat(AuditService.Descriptor.File.Services).Concat(EventService.Descriptor.File.Services)
                .Concat(TraceService.Descriptor.File.Services).Concat(PolicyService.Descriptor.File.Services)
                .SelectMany(static s => s.Methods).Select(static m => $"{m.Service.FullName}/{m.Name}");
            var known = ServiceMethod.All.Select(static method => method.FullName);
            Assert.Empty(declared.Except(known));
        }

        private static CallFailure Failure(StatusCode code) =>
            new() { Method = "m", Code = code, Message = "no", IsChange = true };
    }

    [Collection(nameof(SiloFixture))]
    public sealed class A_lost_answer(SiloFixture fixture)
    {
        [Fact]
        public async Task Is_asked_for_again_with_the_same_request_id_and_the_command_acts_once()
        {
            var id = await fixture.Silo.AccountAsync();
            var faults = new Faults { On = LoseFirst("DeactivateAccount") };
            var retries = new List<AccountGridRetry>();
            using var kim = fixture.Silo.Create(
                o =>
                {
                    o.TokenProvider = fixture.Silo.Tokens("kim", "support");
                    o.Retry.OnRetry = retries.Add;
                },
                faults);
            var answer = await kim.Accounts.DeactivateAsync(
                new DeactivateAccountRequest { Id = id, Reason = "SPAM" }, TestContext.Current.CancellationToken);
            Assert.Equal(Outcome.Done, answer.Outcome);
            Assert.Equal(2, faults.Count("DeactivateAccount"));
            await ActedOnceAsync(kim, id, retries.Single().Error!.RequestId);
            Assert.True(retries.Single().Error!.IsOutcomeUnknown);
        }

        [Fact]
        public async Task Of_an_enrolment_is_asked_for_again_and_acts_once()
        {
            var name = $"rob-{fixture.Silo.NextId()}";
            var faults = new Faults { On = LoseFirst("EnrollOperator") };
            using var admin = fixture.Silo.Create(o => o.TokenProvider = fixture.Silo.Tokens("ada", "admin"), faults);
            var answer = await admin.Operators.EnrollAsync(
                new EnrollOperatorRequest { Id = name, Roles = { Role.Support } },
                TestContext.Current.CancellationToken);
            Assert.Equal(Outcome.Pending, answer.Outcome);
            Assert.Equal(2, faults.Count("EnrollOperator"));
            Assert.Equal(1, (await admin.Operators.GetAsync(name, TestContext.Current.CancellationToken)).Version);
        }

        [Fact]
        public async Task Of_an_offboarding_is_asked_for_again()
        {
            var stop = TestContext.Current.CancellationToken;
            var name = $"sue-{fixture.Silo.NextId()}";
            var faults = new Faults { On = LoseFirst("OffboardOperator") };
            using var admin = fixture.Silo.Create(o => o.TokenProvider = fixture.Silo.Tokens("ada", "admin"), faults);
            using var sue = fixture.Silo.Create(o => o.TokenProvider = fixture.Silo.Tokens(name, "auditor"));
            await sue.Operators.GetAsync(name, stop);
            var answer = await admin.Operators.OffboardAsync(new OffboardOperatorRequest { Id = name }, stop);
            Assert.Equal(Operator.Types.Standing.Ended, answer.Operator.Standing);
            Assert.Equal(2, faults.Count("OffboardOperator"));
        }

        [Fact]
        public async Task Stays_unknown_when_the_server_is_gone_afterwards()
        {
            // Once, the last attempt alone was looked at: that one was never sent, but the first had acted.
            var id = await fixture.Silo.AccountAsync();
            var attempts = 0;
            var faults = new Faults
            {
                On = (method, send) => method != "DeactivateAccount" ? send()
                    : attempts++ == 0 ? Faults.LoseAsync(send)
                    : throw new HttpRequestException(HttpRequestError.ConnectionError, "Connection refused"),
            };
            using var kim = fixture.Silo.Create(
                o =>
                {
                    o.TokenProvider = fixture.Silo.Tokens("kim", "support");
                    o.Retry.MaxAttempts = 3;
                },
                faults);
            var error = await Assert.ThrowsAsync<AccountGridException>(
                () => kim.Accounts.DeactivateAsync(
                    new DeactivateAccountRequest { Id = id, Reason = "SPAM" }, TestContext.Current.CancellationToken));
            Assert.True(error.IsOutcomeUnknown);
            await ActedOnceAsync(kim, id, error.RequestId);
        }

        private static Func<string, Func<Task<HttpResponseMessage>>, Task<HttpResponseMessage>> LoseFirst(string lost)
        {
            var isFirst = true;
            return (method, send) =>
            {
                var now = isFirst && method == lost;
                isFirst &= !now;
                return now ? Faults.LoseAsync(send) : send();
            };
        }
    }

    [Collection(nameof(DyingSilo))]
    public sealed class A_silo_that_dies(DyingSilo fixture)
    {
        [Fact]
        public async Task After_it_has_acted_acts_no_second_time_when_it_is_back()
        {
            var silo = fixture.Silo;
            var id = await silo.AccountAsync();
            var died = false;
            var faults = new Faults
            {
                On = async (method, send) =>
                {
                    if (method != "DeactivateAccount" || died)
                    {
                        return await send();
                    }

                    died = true;
                    using var acted = await send();
                    await acted.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken);
                    await silo.Process.KillAsync();
                    await silo.Process.RestartAsync(TestContext.Current.CancellationToken);
                    throw new HttpRequestException("The connection broke.", new IOException("The connection broke."));
                },
            };
            using var kim = silo.Create(o => o.TokenProvider = silo.Tokens("kim", "support"), faults);
            var answer = await kim.Accounts.DeactivateAsync(
                new DeactivateAccountRequest { Id = id, Reason = "SPAM", RequestId = "mine-1" },
                TestContext.Current.CancellationToken);
            Assert.Equal((Outcome.Done, Account.Types.Status.Deactivated), (answer.Outcome, answer.Account.Status));
            Assert.Equal(2, faults.Count("DeactivateAccount"));
            await ActedOnceAsync(kim, id, "mine-1");
        }

        [Fact]
        public async Task In_the_middle_of_a_call_is_called_again_until_it_is_back()
        {
            var silo = fixture.Silo;
            var id = await silo.AccountAsync();
            var sent = new TaskCompletionSource();
            var faults = new Faults
            {
                On = (method, send) =>
                {
                    var answer = send();
                    if (method == "DeactivateAccount")
                    {
                        sent.TrySetResult();
                    }

                    return answer;
                },
            };
            using var kim = silo.Create(o => o.TokenProvider = silo.Tokens("kim", "support"), faults);
            await kim.Accounts.GetAsync(id, cancellationToken: TestContext.Current.CancellationToken);
            Assert.True(silo.Process.Pause());
            var call = kim.Accounts.DeactivateAsync(
                new DeactivateAccountRequest { Id = id, Reason = "SPAM", RequestId = "mine-2" },
                TestContext.Current.CancellationToken);
            await sent.Task.WaitAsync(TestContext.Current.CancellationToken);
            await silo.Process.KillAsync();
            await silo.Process.RestartAsync(TestContext.Current.CancellationToken);
            Assert.Equal(Outcome.Done, (await call).Outcome);
            Assert.InRange(faults.Count("DeactivateAccount"), 2, 100);
            await ActedOnceAsync(kim, id, "mine-2");
        }
    }

    private static async Task ActedOnceAsync(AccountGridClient kim, long id, string requestId)
    {
        var journal = await kim.Accounts.ListJournalAsync(id, TestContext.Current.CancellationToken)
            .ToListAsync(TestContext.Current.CancellationToken);
        Assert.Equal(requestId, Assert.Single(journal, static e => e.Type == "hold-placed").RequestId);
    }
}
