namespace AccountGrid.Domain.Tests;

public static class RegressionReplayTests
{
    private static readonly DateTimeOffset Now = new(2017, 11, 2, 22, 0, 0, TimeSpan.Zero);
    private static readonly AccountId Account = new(25073877);
    private static readonly Caller Kim = new(Actor.Operator(OperatorId.Parse("kim")), Roles.Staff);
    private static readonly Caller Lee = new(Actor.Operator(OperatorId.Parse("lee")), Roles.Staff);

    private static readonly Situation Situation =
        new(Now, 41_000_000, new AccountPolicy(), new Dictionary<OperatorId, Authority>
        {
            [OperatorId.Parse("kim")] = new(OperatorId.Parse("kim"), Standing.Active, Roles.Staff),
            [OperatorId.Parse("lee")] = new(OperatorId.Parse("lee"), Standing.Active, Roles.Staff),
        });

    private static readonly AccountState Registered = AccountEvolver.Evolve(
        AccountState.Unregistered(Account),
        new Recorded<AccountEvent>(new AccountEvent.Registered("president"), 1, Now, Actor.Service("web")));

    private static (AccountState State, Decision Decision) Run(AccountState state, AccountRequest request)
    {
        var decision = AccountDecider.Decide(state, request, Situation);
        if (decision is Decision.Accepted accepted)
        {
            foreach (var e in accepted.Events)
            {
                state = AccountEvolver.Evolve(state, new Recorded<AccountEvent>(
                    e, state.Version + 1, Now, request.Caller.Actor, request.RequestId,
                    request.RequestId is null ? null : RequestDigest.Of(Account, request)));
            }
        }

        return (state, decision);
    }

    /// <summary>
    /// The retry of an approval that erased, of a rejection and of a withdrawal was answered without the proposal that
    /// the first answer named.
    /// </summary>
    public sealed class A_replay
    {
        [Theory]
        [InlineData(HarmKind.Erase)]
        [InlineData(HarmKind.Deactivate)]
        public void Of_an_approval_names_the_proposal(HarmKind kind) =>
            SameTwice(kind, Lee, new AccountCommand.Approve(2, null, ""));

        [Fact]
        public void Of_a_rejection_names_the_proposal() =>
            SameTwice(HarmKind.Erase, Lee, new AccountCommand.Reject(2, ""));

        [Fact]
        public void Of_a_withdrawal_names_the_proposal() =>
            SameTwice(HarmKind.Erase, Kim, new AccountCommand.Withdraw(2, ""));

        private static void SameTwice(HarmKind kind, Caller caller, AccountCommand command)
        {
            var (proposed, _) =
                Run(Registered, new(new AccountCommand.Harm(new HarmAction(kind, "LEGAL", "", ""), false), Kim));
            var request = new AccountRequest(command, caller, "r1");
            var (state, first) = Run(proposed, request);
            var (_, again) = Run(state, request);
            Assert.Equal(2, Assert.IsType<Decision.Accepted>(first).ProposalSequence);
            Assert.Equal(2, Assert.IsType<Decision.Replayed>(again).Request.ProposalSequence);
        }
    }

    /// <summary>The rule for request ids was there and nobody applied it.</summary>
    public sealed class A_request_id
    {
        [Theory]
        [InlineData("")]
        [InlineData("a b")]
        [InlineData("12345678901234567890123456789012345678901234567890123456789012345")]
        public void Of_another_form_is_refused(string requestId)
        {
            var (_, decision) =
                Run(Registered,
                    new(new AccountCommand.Harm(new HarmAction(HarmKind.Erase, "LEGAL", "", ""), false), Kim,
                        requestId));
            Assert.Equal((RefusalReason.InvalidArgument, "requestId"), Reason(decision));
            Assert.Equal(
                (RefusalReason.InvalidArgument, "requestId"),
                Reason(
                    AccountDecider.Register(AccountState.Unregistered(Account), "x",
                        new Caller(Actor.Service("web"), Roles.Service), requestId)));
        }

        private static (RefusalReason, string?) Reason(Decision decision)
        {
            var refusal = Assert.IsType<Decision.Refused>(decision).Refusal;
            return (refusal.Reason, refusal.Field);
        }
    }

    /// <summary>A suspension that ended by itself always recorded that no read was refused.</summary>
    public sealed class A_suspension_that_ends_by_itself
    {
        [Fact]
        public void Records_the_reads_that_were_refused()
        {
            var harm = new AccountCommand.Harm(
                new HarmAction(HarmKind.Suspend, "ABUSE", "", "", Now.AddHours(1)), false);
            var (proposed, _) = Run(Registered, new(harm, Kim));
            var (suspended, _) = Run(proposed, new(new AccountCommand.Approve(2, null, ""), Lee));
            var later = Situation with { Now = Now.AddHours(2) };
            var decision = AccountDecider.Decide(
                suspended, new(new AccountCommand.FireDue(ReadsRefused: 9), Caller.System), later);
            Assert.Equal(9,
                Assert.IsType<AccountEvent.HoldLifted>(
                    Assert.Single(Assert.IsType<Decision.Accepted>(decision).Events)).ReadsRefused);
        }
    }
}
