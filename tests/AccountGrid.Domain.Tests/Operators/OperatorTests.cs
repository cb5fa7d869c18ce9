namespace AccountGrid.Domain.Tests.Operators;

/// <summary>People and their powers: what one admin, the system and support do.</summary>
public sealed class OperatorTests
{
    private static readonly DateTimeOffset Now = new(2017, 11, 2, 18, 52, 0, TimeSpan.Zero);
    private static readonly Caller Ann = World.As("ann");

    private readonly Register _register = new(new() { PowerCoolOff = TimeSpan.Zero });

    public OperatorTests() => _register.Found(Now.AddDays(-9), "ann", "bob");

    private OperatorState Kim => _register["kim"];

    /// <summary>Enrols kim, with a bystander who can do the same, so that kim is not the last one who can.</summary>
    private void EnrollKim(Roles roles = Roles.Support | Roles.Approver, DateTimeOffset? endsAt = null)
    {
        Grant("zoe", Roles.Support | Roles.Approver, null);
        Grant("kim", roles, endsAt);
    }

    private void Grant(string name, Roles roles, DateTimeOffset? endsAt, DateTimeOffset? at = null)
    {
        var asked = _register.Send(name, new OperatorCommand.Enroll(roles, name, endsAt), Ann, at ?? Now);
        Assert.Equal((Outcome.Pending, null), (asked.Outcome, asked.Refusal));
        var done = _register.Send(
            name, new OperatorCommand.Approve(asked.ProposalSequence!.Value, null, ""), World.As("bob"), at ?? Now);
        Assert.Equal((Outcome.Done, null), (done.Outcome, done.Refusal));
    }

    private OperatorDecision Send(OperatorCommand command, Caller? caller = null, DateTimeOffset? at = null) =>
        _register.Send("kim", command, caller ?? Ann, at ?? Now);

    private Refusal Refused(RefusalReason reason, OperatorCommand command, Caller? caller = null)
    {
        var refusal = Send(command, caller).Refusal;
        Assert.Equal(reason, refusal?.Reason);
        return refusal!;
    }

    [Theory]
    [InlineData(Roles.None), InlineData(Roles.Service), InlineData(Roles.Service | Roles.Support)]
    public void Only_the_staffs_roles_can_be_granted(Roles roles) => Assert.Equal(
        "roles", Refused(RefusalReason.InvalidArgument, new OperatorCommand.Enroll(roles, "", null)).Field);

    [Fact]
    public void A_name_a_note_and_a_persons_id_have_their_form()
    {
        OperatorCommand.Enroll enroll = new(Roles.Support, "", null);
        Assert.Equal(
            "displayName", Refused(RefusalReason.InvalidArgument, enroll with { DisplayName = "K\u202Eim" }).Field);
        Assert.Equal(
            "note", Refused(RefusalReason.InvalidArgument, enroll with { Note = new string('x', 1001) }).Field);
        Assert.Equal("personId", Refused(RefusalReason.InvalidArgument, enroll with { PersonId = "é" }).Field);
    }

    [Theory]
    [InlineData("system"), InlineData("System"), InlineData("SYSTEM")]
    public void A_reserved_subject_is_never_enrolled(string id)
    {
        var asked = _register.Send(id, new OperatorCommand.Enroll(Roles.Support, "", null), Ann, Now);
        _register.Send(id, new OperatorCommand.EnrollOnFirstUse(Roles.Support), Caller.System, Now);

        Assert.Equal("id", asked.Refusal?.Field);
        Assert.Equal(0, _register[id].Version);
    }

    [Fact]
    public void An_end_lies_ahead() => Assert.Equal(
        "authorityEndsAt",
        Refused(RefusalReason.InvalidArgument, new OperatorCommand.Enroll(Roles.Support, "", Now)).Field);

    [Theory]
    [InlineData("ann", Roles.Support, RefusalReason.ForbiddenRole)]
    [InlineData("kim", Roles.Admin, RefusalReason.ForbiddenRole)]
    [InlineData("unknown", Roles.Admin, RefusalReason.AuthorityEnded)]
    public void It_takes_an_admin_by_token_and_register(string caller, Roles token, RefusalReason reason)
    {
        EnrollKim();
        Refused(reason, new OperatorCommand.Enroll(Roles.Support, "", null), World.As(caller, token));
    }

    [Fact]
    public void Authority_ends_then_and_what_is_pending_is_voided_now_and_again_at_the_end()
    {
        EnrollKim();
        Send(new OperatorCommand.Offboard(Now.AddHours(1), "leaves"));

        Assert.Equal((Now.AddHours(1), true), (Kim.AuthorityEndsAt, Kim.FreezePending));
        Assert.Equal(Standing.Notice, Kim.StandingAt(Now, new()));
        Assert.Equal(Standing.Ended, Kim.StandingAt(Now.AddHours(1), new()));

        Send(new OperatorCommand.ConfirmFrozen(), Caller.System);
        Assert.Equal((false, true, false), (Kim.FreezePending, Kim.HasDueWork, Kim.MustFreezeAt(Now.AddMinutes(59))));
        Assert.Empty(Send(new OperatorCommand.ConfirmFrozen(), Caller.System).Events);
        Assert.True(Kim.MustFreezeAt(Now.AddHours(1)));

        Send(new OperatorCommand.ConfirmFrozen(), Caller.System, Now.AddHours(1));
        Assert.Equal((false, false), (Kim.HasDueWork, Kim.MustFreezeAt(Now.AddHours(2))));
        Refused(RefusalReason.ForbiddenRole, new OperatorCommand.ConfirmFrozen());
    }

    [Fact]
    public void An_instant_in_the_past_means_now_because_the_past_was_authorised()
    {
        EnrollKim();
        Send(new OperatorCommand.Offboard(Now.AddDays(-1), ""));
        Assert.Equal(Now, Kim.AuthorityEndsAt);
    }

    [Fact]
    public void An_end_moves_earlier_but_never_later_by_offboarding()
    {
        EnrollKim();
        Send(new OperatorCommand.Offboard(Now.AddDays(2), ""));
        Send(new OperatorCommand.Offboard(Now.AddDays(1), ""));

        Assert.Equal(Now.AddDays(1), Kim.AuthorityEndsAt);
        Assert.Equal(
            "authorityEndsAt",
            Refused(RefusalReason.InvalidArgument, new OperatorCommand.Offboard(Now.AddDays(3), "")).Field);
    }

    [Fact]
    public void Offboarding_again_changes_nothing()
    {
        EnrollKim();
        Send(new OperatorCommand.Offboard(Now, ""));

        Assert.Empty(Send(new OperatorCommand.Offboard(Now, "")).Events);
        Assert.Empty(Send(new OperatorCommand.Offboard(Now.AddDays(-1), ""), at: Now.AddDays(1)).Events);
        Refused(RefusalReason.InvalidArgument, new OperatorCommand.Offboard(Now.AddDays(1), ""));
    }

    [Fact]
    public void An_unknown_person_is_not_found() =>
        Refused(RefusalReason.NotFound, new OperatorCommand.Offboard(Now, ""));

    [Fact]
    public void By_anybody_but_an_admin_it_is_refused_and_recorded()
    {
        EnrollKim();
        var decision = Send(new OperatorCommand.Offboard(Now, ""), World.As("zoe"));

        Assert.Equal(
            RefusalReason.ForbiddenRole,
            Assert.IsType<OperatorEvent.AttemptRefused>(Assert.Single(decision.Events)).Reason);
    }

    [Fact]
    public void Lowering_takes_one_admin_at_once()
    {
        EnrollKim();
        var decision = Send(new OperatorCommand.Enroll(Roles.Approver, "Kim", Now.AddDays(60), "", "changes team"));

        Assert.Equal(Outcome.Done, decision.Outcome);
        Assert.Equal((Roles.Approver, Now.AddDays(60)), (Kim.Roles, Kim.AuthorityEndsAt));
    }

    public sealed class First_use
    {
        private readonly Register _register = new(new());

        private OperatorState Kim => _register["kim"];

        private OperatorDecision Use(Roles roles, string name = "kim") =>
            _register.Send(name, new OperatorCommand.EnrollOnFirstUse(roles), Caller.System, Now);

        [Fact]
        public void A_token_enrols_its_subject_and_later_tokens_add_roles()
        {
            Use(Roles.Support);
            Use(Roles.Approver);

            Assert.Equal((Roles.Support | Roles.Approver, Standing.Active, 2L),
                (Kim.Roles, Kim.StandingAt(Now, new()), Kim.Version));
            Assert.Empty(Use(Roles.Support).Events);
        }

        [Fact]
        public void Counts_as_held_since_ever_because_no_admin_granted_it()
        {
            Use(Roles.Approver);
            Assert.True(_register.AuthorityOf(World.Person("kim"), Now).HasHeldSince(Roles.Approver, Now.AddYears(-9)));
        }

        [Fact]
        public void Never_touches_a_record_that_an_admin_has_written()
        {
            Use(Roles.Admin, "ann");
            Use(Roles.Support | Roles.Auditor);
            Use(Roles.Support, "zoe");
            _register.Send("kim", new OperatorCommand.Enroll(Roles.Auditor, "", null), Ann, Now);
            Assert.Equal(Roles.Auditor, Kim.Roles);

            Assert.Empty(Use(Roles.Support).Events);
            Assert.Equal(Roles.Auditor, Kim.Roles);
        }

        [Fact]
        public void Enrols_no_lookalike_of_an_operator()
        {
            Use(Roles.Support);
            Assert.Empty(Use(Roles.Support, "KIM").Events);
            Use(Roles.Support, "lee");
            Assert.Empty(Use(Roles.Support, "1EE").Events);
            Assert.NotEmpty(Use(Roles.Support, "kin").Events);
        }

        [Fact]
        public void A_services_role_is_never_granted_and_appends_nothing_at_every_use()
        {
            // The service's role was asked for again at every call, because it never came to be in the register: one
            // more entry each time.
            Assert.Empty(Use(Roles.Service).Events);
            Use(Roles.Service | Roles.Support);

            Assert.Equal(Roles.Support, Kim.Roles);
            Assert.Empty(Use(Roles.Service | Roles.Support).Events);
        }

        [Fact]
        public void Only_the_system_does_it() => Assert.Equal(
            RefusalReason.ForbiddenRole,
            _register.Send("kim", new OperatorCommand.EnrollOnFirstUse(Roles.Support), Ann, Now).Refusal?.Reason);
    }

    public sealed class Founders
    {
        private readonly Register _register = new(new());

        [Fact]
        public void Are_admins_from_that_instant_and_nothing_else()
        {
            _register.Found(Now, "ann", "bob");

            Assert.Equal((Roles.Admin, Roles.Admin), (_register["ann"].Roles, _register["bob"].Roles));
            Assert.Equal(Now, _register["ann"].Since.Admin);
            Assert.Equal("digest", _register["ann"].Founders);
        }

        [Fact]
        public void Are_enrolled_once()
        {
            _register.Found(Now, "ann", "bob", "ann", "bob");
            Assert.Equal((1L, 1L), (_register["ann"].Version, _register["bob"].Version));
        }

        [Fact]
        public void Of_other_settings_are_ignored_while_the_register_has_an_admin()
        {
            _register.Found(Now, "ann", "bob");
            _register.Send("eve", new OperatorCommand.EnrollFounder("another"), Caller.System, Now);
            Assert.Equal(0, _register["eve"].Version);
        }

        [Fact]
        public void Come_from_the_system_only() => Assert.Equal(
            RefusalReason.ForbiddenRole,
            _register.Send("ann", new OperatorCommand.EnrollFounder("digest"), Ann, Now).Refusal?.Reason);
    }

    public sealed class RecordUndo
    {
        private readonly OperatorTests _world = new();

        [Fact]
        public void A_supporter_leaves_a_mark()
        {
            _world.EnrollKim();
            var decision = _world.Send(new OperatorCommand.RecordUndo(Now.AddHours(-1), 3, "why"), World.As("zoe"));

            Assert.Equal(new OperatorEvent.ActsUndone(Now.AddHours(-1), 3, "why"), Assert.Single(decision.Events));
        }

        [Fact]
        public void An_admin_alone_does_not()
        {
            _world.EnrollKim();
            _world.Refused(RefusalReason.ForbiddenRole, new OperatorCommand.RecordUndo(Now, 0, ""));
        }
    }

    public sealed class A_standing
    {
        private readonly OperatorTests _world = new();

        [Theory]
        [InlineData(15, Standing.Active), InlineData(14, Standing.Notice), InlineData(1, Standing.Notice), InlineData(
            0, Standing.Ended), InlineData(-1, Standing.Ended)]
        public void Shrinks_in_the_notice_window_and_ends_at_its_instant(int daysBeforeTheEnd, Standing expected)
        {
            _world.EnrollKim(endsAt: Now.AddDays(100));
            Assert.Equal(expected, _world.Kim.StandingAt(Now.AddDays(100 - daysBeforeTheEnd), new()));
        }

        [Fact]
        public void Of_an_unknown_person_has_ended() =>
            Assert.Equal(Standing.Ended, _world.Kim.StandingAt(Now, new()));

        [Fact]
        public void Without_an_end_stays()
        {
            _world.EnrollKim();
            Assert.Equal(Standing.Active, _world.Kim.StandingAt(Now.AddYears(50), new()));
        }
    }

    [Fact]
    public void A_gap_in_an_operators_journal_is_an_error() => Assert.Throws<InvalidOperationException>(
        () => OperatorEvolver.Evolve(Kim, new(new OperatorEvent.Frozen(), 2, Now, Actor.System)));
}
