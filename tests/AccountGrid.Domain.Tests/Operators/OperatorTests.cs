namespace AccountGrid.Domain.Tests.Operators;

/// <summary>People and their powers.</summary>
public sealed class OperatorTests
{
    private static readonly DateTimeOffset Now = new(2017, 11, 2, 18, 52, 0, TimeSpan.Zero);
    private static readonly Authority Admin = new(World.Person(World.Admin), Standing.Active, Roles.Admin);

    public sealed class Enroll
    {
        [Fact]
        public void An_admin_grants_roles_and_an_end()
        {
            var kim = Do(Nobody("kim"), new OperatorCommand.Enroll(Roles.Support, "Kim", Now.AddDays(30)));

            Assert.Equal((Roles.Support, "Kim", Now.AddDays(30), 1L, Now),
                (kim.Roles, kim.DisplayName, kim.AuthorityEndsAt, kim.Version, kim.EnrolledAt));
        }

        [Fact]
        public void Again_prolongs_and_keeps_the_first_day()
        {
            var kim = Do(Nobody("kim"), new OperatorCommand.Enroll(Roles.Support, "Kim", Now.AddDays(30)));

            kim = Do(kim, new OperatorCommand.Enroll(Roles.Approver, "Kim", null), at: Now.AddDays(40));

            Assert.Equal((Roles.Approver, (DateTimeOffset?)null, Now, Standing.Active),
                (kim.Roles, kim.AuthorityEndsAt, kim.EnrolledAt, kim.StandingAt(Now.AddDays(40), new())));
        }

        [Theory]
        [InlineData(Roles.None), InlineData(Roles.Service), InlineData(Roles.Service | Roles.Support), InlineData(
            (Roles)32)]
        public void Only_the_staffs_roles_can_be_granted(Roles roles) =>
            Assert.Equal("roles",
                Refused(RefusalReason.InvalidArgument, Nobody("kim"),
                    new OperatorCommand.Enroll(roles, "", null)).Field);

        [Fact]
        public void A_name_has_its_form() => Assert.Equal(
            "displayName", Refused(RefusalReason.InvalidArgument, Nobody("kim"),
                new OperatorCommand.Enroll(Roles.Support, "K\u202Eim", null)).Field);

        [Fact]
        public void An_end_lies_ahead() => Assert.Equal(
            "authorityEndsAt",
            Refused(RefusalReason.InvalidArgument, Nobody("kim"),
                new OperatorCommand.Enroll(Roles.Support, "", Now)).Field);

        [Theory]
        [InlineData(Roles.Support, Roles.Admin, Standing.Active, RefusalReason.ForbiddenRole)]
        [InlineData(Roles.Admin, Roles.Support, Standing.Active, RefusalReason.ForbiddenRole)]
        [InlineData(Roles.Admin, Roles.Admin, Standing.Ended, RefusalReason.AuthorityEnded)]
        public void It_takes_an_admin_by_token_and_register(
            Roles token, Roles register, Standing standing, RefusalReason reason)
        {
            var decision = OperatorDecider.Decide(
                Nobody("kim"), new OperatorCommand.Enroll(Roles.Support, "", null), World.As(World.Admin, token),
                Admin with { Roles = register, Standing = standing }, Now);

            Assert.Equal(reason, decision.Refusal?.Reason);
            Assert.Empty(decision.Events);
        }

        [Fact]
        public void Without_an_answer_about_the_admin_it_is_refused()
        {
            var decision = OperatorDecider.Decide(
                Nobody("kim"), new OperatorCommand.Enroll(Roles.Support, "", null), World.As(World.Admin), null, Now);

            Assert.Equal(RefusalReason.AuthorityEnded, decision.Refusal?.Reason);
        }
    }

    public sealed class Offboard
    {
        [Fact]
        public void Authority_ends_then_and_what_is_pending_is_to_be_voided()
        {
            var kim = Do(Enrolled(), new OperatorCommand.Offboard(Now.AddHours(1), "leaves"));

            Assert.Equal((Now.AddHours(1), true), (kim.AuthorityEndsAt, kim.FreezePending));
            Assert.Equal(Standing.Notice, kim.StandingAt(Now, new()));
            Assert.Equal(Standing.Ended, kim.StandingAt(Now.AddHours(1), new()));
        }

        [Fact]
        public void An_instant_in_the_past_means_now_because_the_past_was_authorised() =>
            Assert.Equal(Now, Do(Enrolled(), new OperatorCommand.Offboard(Now.AddDays(-1), "")).AuthorityEndsAt);

        [Fact]
        public void It_moves_earlier_but_never_later()
        {
            var kim = Do(Enrolled(), new OperatorCommand.Offboard(Now.AddDays(2), ""));

            Assert.Equal(Now.AddDays(1), Do(kim, new OperatorCommand.Offboard(Now.AddDays(1), "")).AuthorityEndsAt);
            Assert.Equal("authorityEndsAt",
                Refused(RefusalReason.InvalidArgument, kim, new OperatorCommand.Offboard(Now.AddDays(3), "")).Field);
        }

        [Fact]
        public void Again_once_it_ended_changes_nothing()
        {
            var kim = Do(Enrolled(), new OperatorCommand.Offboard(Now, ""));

            Assert.Empty(Decide(kim, new OperatorCommand.Offboard(Now, "")).Events);
            Assert.Empty(Decide(kim, new OperatorCommand.Offboard(Now.AddDays(-1), ""), Now.AddDays(1)).Events);
            Refused(RefusalReason.InvalidArgument, kim, new OperatorCommand.Offboard(Now.AddDays(1), ""));
        }

        [Fact]
        public void Of_somebody_unknown_is_not_found() =>
            Refused(RefusalReason.NotFound, Nobody("zoe"), new OperatorCommand.Offboard(Now, ""));

        [Fact]
        public void By_anybody_but_an_admin_is_refused_and_recorded()
        {
            var decision = OperatorDecider.Decide(
                Enrolled(), new OperatorCommand.Offboard(Now, ""), World.As("lee"),
                new(World.Person("lee"), Standing.Active, Roles.Support), Now);

            Assert.Equal(RefusalReason.ForbiddenRole,
                Assert.IsType<OperatorEvent.AttemptRefused>(Assert.Single(decision.Events)).Reason);
        }

        [Fact]
        public void The_system_confirms_once_that_all_is_void()
        {
            var kim = Do(Enrolled(), new OperatorCommand.Offboard(Now, ""));

            kim = Do(kim, new OperatorCommand.ConfirmFrozen(), Caller.System);

            Assert.False(kim.FreezePending);
            Assert.Empty(Decide(kim, new OperatorCommand.ConfirmFrozen(), caller: Caller.System).Events);
            Refused(RefusalReason.ForbiddenRole, kim, new OperatorCommand.ConfirmFrozen());
        }
    }

    public sealed class EnrollOnFirstUse
    {
        [Fact]
        public void A_token_enrols_its_subject_and_later_tokens_add_roles()
        {
            var kim = Do(Nobody("kim"), new OperatorCommand.EnrollOnFirstUse(Roles.Support), Caller.System);
            kim = Do(kim, new OperatorCommand.EnrollOnFirstUse(Roles.Approver), Caller.System);

            Assert.Equal((Roles.Support | Roles.Approver, Standing.Active, 2L),
                (kim.Roles, kim.StandingAt(Now, new()), kim.Version));
            Assert.Empty(
                Decide(kim, new OperatorCommand.EnrollOnFirstUse(Roles.Support), caller: Caller.System).Events);
        }

        [Fact]
        public void It_never_brings_back_somebody_whose_authority_has_an_end()
        {
            var kim = Do(Enrolled(), new OperatorCommand.Offboard(Now, ""));

            Assert.Empty(Decide(kim, new OperatorCommand.EnrollOnFirstUse(Roles.Admin), caller: Caller.System).Events);
        }

        [Fact]
        public void A_services_role_is_never_granted_and_appends_nothing_at_every_use()
        {
            // The service's role was asked for again at every call, because it never came to be in the register: one
            // more entry each time.
            Assert.Empty(
                Decide(Nobody("kim"), new OperatorCommand.EnrollOnFirstUse(Roles.Service),
                    caller: Caller.System).Events);
            var kim =
                Do(Nobody("kim"), new OperatorCommand.EnrollOnFirstUse(Roles.Service | Roles.Support), Caller.System);

            Assert.Equal(Roles.Support, kim.Roles);
            Assert.Empty(
                Decide(kim, new OperatorCommand.EnrollOnFirstUse(Roles.Service | Roles.Support),
                    caller: Caller.System).Events);
        }

        [Fact]
        public void Nobody_but_the_system_does_it() =>
            Refused(RefusalReason.ForbiddenRole, Nobody("kim"), new OperatorCommand.EnrollOnFirstUse(Roles.Support));
    }

    public sealed class RecordUndo
    {
        [Fact]
        public void A_supporter_leaves_a_mark()
        {
            var lee = new Authority(World.Person("lee"), Standing.Notice, Roles.Support);
            var decision = OperatorDecider.Decide(
                Enrolled(), new OperatorCommand.RecordUndo(Now.AddHours(-1), 3, "why"), World.As("lee"), lee, Now);

            Assert.Equal(new OperatorEvent.ActsUndone(Now.AddHours(-1), 3, "why"), Assert.Single(decision.Events));
        }

        [Fact]
        public void An_admin_alone_does_not() =>
            Refused(RefusalReason.ForbiddenRole, Enrolled(), new OperatorCommand.RecordUndo(Now, 0, ""));
    }

    public sealed class A_standing
    {
        [Theory]
        [InlineData(15, Standing.Active), InlineData(14, Standing.Notice), InlineData(1, Standing.Notice), InlineData(
            0, Standing.Ended), InlineData(-1, Standing.Ended)]
        public void Shrinks_in_the_notice_window_and_ends_at_its_instant(int daysBeforeTheEnd, Standing expected)
        {
            var kim = Do(Nobody("kim"), new OperatorCommand.Enroll(Roles.Support, "", Now.AddDays(100)));

            Assert.Equal(expected, kim.StandingAt(Now.AddDays(100 - daysBeforeTheEnd), new()));
        }

        [Fact]
        public void Of_somebody_unknown_has_ended() =>
            Assert.Equal(Standing.Ended, Nobody("kim").StandingAt(Now, new()));

        [Fact]
        public void Without_an_end_stays() =>
            Assert.Equal(Standing.Active, Enrolled().StandingAt(Now.AddYears(50), new()));
    }

    [Fact]
    public void A_gap_in_an_operators_journal_is_an_error() => Assert.Throws<InvalidOperationException>(
        () => OperatorDecider.Evolve(Nobody("kim"), new(new OperatorEvent.Frozen(), 2, Now, Actor.System)));

    private static OperatorState Nobody(string name) => OperatorState.Unknown(World.Person(name));

    private static OperatorState Enrolled() =>
        Do(Nobody("kim"), new OperatorCommand.Enroll(Roles.Support | Roles.Approver, "Kim", null));

    private static OperatorDecision Decide(
        OperatorState state, OperatorCommand command, DateTimeOffset? at = null, Caller? caller = null) =>
        OperatorDecider.Decide(state, command, caller ?? World.As(World.Admin), Admin, at ?? Now);

    private static OperatorState Do(
        OperatorState state, OperatorCommand command, Caller? caller = null, DateTimeOffset? at = null)
    {
        var decision = Decide(state, command, at, caller);
        Assert.Null(decision.Refusal);
        Assert.NotEmpty(decision.Events);
        return decision.Events.Aggregate(
            state, (s, e) => OperatorDecider.Evolve(s, new(e, s.Version + 1, at ?? Now, Actor.System)));
    }

    private static Refusal Refused(RefusalReason reason, OperatorState state, OperatorCommand command)
    {
        var refusal = Decide(state, command).Refusal;
        Assert.Equal(reason, refusal?.Reason);
        return refusal!;
    }
}
