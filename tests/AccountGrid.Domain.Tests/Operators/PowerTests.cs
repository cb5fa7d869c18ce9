namespace AccountGrid.Domain.Tests.Operators;

/// <summary>Power over power takes two, and what lowers it takes one.</summary>
public sealed class PowerTests
{
    private static readonly DateTimeOffset Start = new(2017, 11, 2, 18, 52, 0, TimeSpan.Zero);
    private static readonly TimeSpan CoolOff = TimeSpan.FromHours(1);
    private readonly Register _register = new(new());
    private DateTimeOffset _now = Start;

    public PowerTests()
    {
        _register.Found(Start.AddDays(-99), "ann", "bob", "cid");
        foreach (var name in (string[])["zoe", "yan"])
        {
            _register.Append(
                name, new OperatorEvent.Enrolled(Roles.Support | Roles.Approver, name, null),
                Actor.Operator(World.Person("ann")), Start.AddDays(-98));
        }
    }

    private OperatorState Kim => _register["kim"];

    private OperatorDecision Enroll(
        string by = "ann", string who = "kim", Roles roles = Roles.Support, DateTimeOffset? endsAt = null,
        string personId = "") =>
        Send(by, who, new OperatorCommand.Enroll(roles, who, endsAt, personId));

    private OperatorDecision Send(string by, string who, OperatorCommand command, string? requestId = null) =>
        _register.Send(who, command, World.As(by), _now, requestId);

    private OperatorDecision Approve(OperatorDecision asked, string by = "bob", string who = "kim", string? digest = null) =>
        Send(by, who, new OperatorCommand.Approve(asked.ProposalSequence!.Value, digest, ""));

    private OperatorDecision FireDue(string who = "kim") =>
        _register.Send(who, new OperatorCommand.FireDue(), Caller.System, _now);

    private void Grant(string who, Roles roles, string personId = "")
    {
        Approve(Enroll(who: who, roles: roles, personId: personId), who: who);
        _now += CoolOff;
        FireDue(who);
        Assert.Equal(roles, _register[who].Roles);
    }

    private void End(string who, TimeSpan after) => _register.Append(
        who, new OperatorEvent.Offboarded(_now + after, ""), Actor.Operator(World.Person("cid")), _now);

    private static void Refused(RefusalReason reason, OperatorDecision decision) =>
        Assert.Equal((reason, Outcome.Refused), (decision.Refusal?.Reason, decision.Outcome));

    [Fact]
    public void Enrolling_waits_for_another_admin_and_the_cool_off()
    {
        var asked = Enroll();
        Assert.Equal((Outcome.Pending, Roles.None), (asked.Outcome, Kim.Roles));

        Assert.Equal(Outcome.Pending, Approve(asked).Outcome);
        _now += CoolOff - TimeSpan.FromSeconds(1);
        FireDue();
        Assert.Equal(Roles.None, Kim.Roles);

        _now += TimeSpan.FromSeconds(1);
        var done = Assert.IsType<OperatorEvent.Enrolled>(Assert.Single(FireDue().Events));
        Assert.Equal(new Consent(World.Person("ann"), World.Person("bob"), 1), done.Consent);
        Assert.Equal((Roles.Support, _now), (Kim.Roles, Kim.Since.Support));
        Assert.Null(Kim.Proposal);
    }

    [Fact]
    public void A_role_a_later_end_and_another_enrolment_wait_too()
    {
        Grant("kim", Roles.Support);
        Assert.Equal(Outcome.Pending, Enroll(roles: Roles.Support | Roles.Approver).Outcome);
        Send("ann", "kim", new OperatorCommand.Withdraw(Kim.Proposal!.Sequence, ""));

        Send("ann", "kim", new OperatorCommand.Offboard(_now.AddDays(50), ""));
        Assert.Equal(Outcome.Pending, Enroll(endsAt: _now.AddDays(51)).Outcome);
        Send("ann", "kim", new OperatorCommand.Withdraw(Kim.Proposal!.Sequence, ""));
        Assert.Equal(Outcome.Pending, Enroll(endsAt: null).Outcome);
        Send("ann", "kim", new OperatorCommand.Withdraw(Kim.Proposal!.Sequence, ""));

        _now += TimeSpan.FromDays(50);
        Assert.Equal(Outcome.Pending, Enroll(endsAt: _now.AddDays(1)).Outcome);
    }

    [Fact]
    public void Another_directory_identity_waits_and_another_spelling_of_it_does_not()
    {
        _register.Append(
            "kim", new OperatorEvent.Enrolled(Roles.Support, "", null, "emp-7"), Actor.Operator(World.Person("bob")),
            Start.AddDays(-50));
        Assert.Equal(Outcome.Done, Enroll(personId: "EMP-7").Outcome);
        Assert.Equal(Outcome.Done, Enroll(personId: "").Outcome);
        Assert.Equal("EMP-7", Kim.PersonId);
        Assert.Equal(Outcome.Pending, Enroll(personId: "emp-8").Outcome);
    }

    // One admin alone gave everybody the same one: all were one person, and no proposal could be approved any more.
    [Fact]
    public void The_first_directory_identity_of_a_person_waits_as_well()
    {
        Grant("kim", Roles.Support);
        Assert.Equal(Outcome.Pending, Enroll(personId: "emp-7").Outcome);
        Assert.Equal("", Kim.PersonId);
    }

    // An approval that comes late must not approve what was proposed since.
    [Fact]
    public void Refused_once_is_refused_again()
    {
        Grant("kim", Roles.Support);
        var approval = new OperatorCommand.Approve(Kim.Version + 2, null, "");
        Refused(RefusalReason.NotFound, Send("bob", "kim", approval, "r-1"));
        Assert.Equal(approval.Sequence, Enroll(roles: Roles.Support | Roles.Approver).ProposalSequence);
        Refused(RefusalReason.NotFound, Send("bob", "kim", approval, "r-1"));
        Assert.Null(Send("bob", "kim", approval, "r-2").Refusal);
    }

    [Fact]
    public void Refused_attempts_are_entries_up_to_a_number_an_hour()
    {
        Grant("kim", Roles.Support);
        var before = Kim.Version;
        for (var i = 0; i < Limits.PowerlessRefusalEntries + 3; i++)
        {
            Refused(RefusalReason.ForbiddenRole, Send("kim", "kim", new OperatorCommand.Offboard(_now, "")));
        }

        Assert.Equal(before + Limits.PowerlessRefusalEntries, Kim.Version);
        _now += Limits.RefusalWindow + TimeSpan.FromSeconds(1);
        Send("kim", "kim", new OperatorCommand.Offboard(_now, ""));
        Assert.Equal(before + Limits.PowerlessRefusalEntries + 1, Kim.Version);
    }

    [Fact]
    public void The_proposer_does_not_approve_under_any_spelling()
    {
        var asked = Enroll();
        Refused(RefusalReason.SamePerson, Approve(asked, by: "ann"));
        _register.Append(
            "ANN", new OperatorEvent.Enrolled(Roles.Admin, "", null), Actor.Operator(World.Person("bob")),
            Start.AddDays(-50));
        Refused(RefusalReason.SamePerson, Approve(asked, by: "ANN"));
    }

    [Fact]
    public void Two_subjects_of_one_human_being_are_one_person()
    {
        _register.Append(
            "ann", new OperatorEvent.Enrolled(Roles.Admin, "", null, "emp-1"), Actor.Operator(World.Person("bob")),
            Start.AddDays(-50));
        _register.Append(
            "second.ann", new OperatorEvent.Enrolled(Roles.Admin, "", null, "Emp-1"),
            Actor.Operator(World.Person("bob")), Start.AddDays(-50));

        Refused(RefusalReason.SamePerson, Approve(Enroll(), by: "second.ann"));
        Refused(RefusalReason.SamePerson, Enroll(by: "second.ann", who: "ann", roles: Roles.Admin | Roles.Support));
    }

    [Fact]
    public void The_person_concerned_neither_proposes_nor_approves()
    {
        Refused(RefusalReason.SamePerson, Enroll(by: "ann", who: "ann", roles: Roles.Admin | Roles.Support));
        var asked = Enroll(by: "bob", who: "ann", roles: Roles.Admin | Roles.Support);
        Refused(RefusalReason.SamePerson, Approve(asked, by: "ann", who: "ann"));
        Assert.Null(Approve(asked, by: "cid", who: "ann").Refusal);
    }

    [Fact]
    public void An_admin_in_notice_neither_proposes_nor_approves_but_lowers()
    {
        End("ann", TimeSpan.FromDays(3));
        Refused(RefusalReason.NoticePeriod, Enroll(by: "ann"));
        Refused(RefusalReason.NoticePeriod, Approve(Enroll(by: "bob"), by: "ann"));
        Assert.Equal(Outcome.Done, Send("ann", "zoe", new OperatorCommand.Offboard(_now, "")).Outcome);
    }

    [Fact]
    public void An_admin_of_later_than_the_proposal_does_not_approve()
    {
        var asked = Enroll();
        _register.Append(
            "dan", new OperatorEvent.Enrolled(Roles.Admin, "", null), Actor.Operator(World.Person("bob")),
            _now.AddMinutes(1));
        _now = _now.AddMinutes(2);
        Refused(RefusalReason.ForbiddenRole, Approve(asked, by: "dan"));
    }

    [Fact]
    public void It_is_void_once_the_proposer_or_the_approver_has_lost_the_authority()
    {
        var asked = Enroll();
        Approve(asked);
        End("bob", TimeSpan.Zero);
        Assert.IsType<OperatorEvent.PowerProposalClosed>(Assert.Single(FireDue().Events));
        Assert.Null(Kim.Proposal);

        asked = Enroll();
        End("ann", TimeSpan.Zero);
        Refused(RefusalReason.ProposalVoid, Approve(asked, by: "cid"));
        Assert.Null(Kim.Proposal);
    }

    [Fact]
    public void It_does_not_come_back_with_a_new_authority_of_its_proposer()
    {
        var asked = Enroll();
        End("ann", TimeSpan.Zero);
        _now += TimeSpan.FromMinutes(1);
        _register.Append(
            "ann", new OperatorEvent.Enrolled(Roles.Admin, "", null), Actor.Operator(World.Person("bob")), _now);
        Refused(RefusalReason.ProposalVoid, Approve(asked));
    }

    [Fact]
    public void It_expires()
    {
        var asked = Enroll();
        _now += new OperatorPolicy().PowerProposalLifetime;
        Refused(RefusalReason.ProposalExpired, Approve(asked));
        Assert.Null(Kim.Proposal);

        Enroll();
        _now += new OperatorPolicy().PowerProposalLifetime;
        FireDue();
        Assert.Null(Kim.Proposal);
    }

    [Fact]
    public void It_is_bound_to_what_the_approver_saw_and_to_the_power_before()
    {
        Grant("kim", Roles.Support);
        var asked = Enroll(roles: Roles.Support | Roles.Approver);
        Refused(RefusalReason.VersionMismatch, Approve(asked, digest: new string('0', 64)));

        Send("bob", "kim", new OperatorCommand.Offboard(_now.AddDays(40), ""));
        Assert.Null(Kim.Proposal);
        Refused(RefusalReason.ProposalVoid, Approve(asked));
    }

    [Fact]
    public void Any_admin_rejects_also_in_the_cool_off_and_only_the_proposer_withdraws()
    {
        var asked = Enroll();
        Approve(asked);
        Refused(
            RefusalReason.ForbiddenRole,
            Send("cid", "kim", new OperatorCommand.Withdraw(asked.ProposalSequence!.Value, "")));
        Assert.Null(
            Send("cid", "kim", new OperatorCommand.Reject(asked.ProposalSequence!.Value, "unknown to me")).Refusal);
        _now += CoolOff;
        FireDue();
        Assert.Equal(Roles.None, Kim.Roles);
    }

    [Fact]
    public void A_lookalike_of_an_operator_is_not_enrolled()
    {
        Grant("kim.l", Roles.Support);
        Refused(RefusalReason.AlreadyExists, Enroll(who: "KIM.L"));
        Refused(RefusalReason.AlreadyExists, Enroll(who: "kim.1"));
    }

    [Fact]
    public void One_admin_alone_does_not_remove_the_last_who_can_heal_approve_or_administer()
    {
        Assert.Equal(Outcome.Done, Send("ann", "zoe", new OperatorCommand.Offboard(_now, "")).Outcome);
        var asked = Send("ann", "yan", new OperatorCommand.Offboard(_now, ""));
        Assert.Equal((Outcome.Pending, null), (asked.Outcome, asked.Refusal));
        Assert.Null(_register["yan"].AuthorityEndsAt);

        Assert.Equal(Outcome.Pending, Send("bob", "yan", new OperatorCommand.Reject(2, "")) is { Refusal: null }
            ? Send("ann", "yan", new OperatorCommand.Enroll(Roles.Approver, "", null)).Outcome
            : Outcome.Refused);
        Assert.Equal(
            Outcome.Done,
            Send("bob", "yan", new OperatorCommand.Approve(_register["yan"].Proposal!.Sequence, null, "")).Outcome);
        Assert.Equal(Roles.Approver, _register["yan"].Roles);
    }

    [Fact]
    public void Two_who_leave_on_the_same_day_do_not_count_as_each_others_replacement()
    {
        Assert.Equal(Outcome.Done, Send("ann", "zoe", new OperatorCommand.Offboard(_now.AddDays(30), "")).Outcome);
        Assert.Equal(Outcome.Pending, Send("ann", "yan", new OperatorCommand.Offboard(_now.AddDays(30), "")).Outcome);
    }

    // One admin alone ended both healers, the first at a later instant and the second at once: no healer was left.
    [Fact]
    public void One_who_will_leave_does_not_count_as_the_replacement_of_one_who_leaves_before()
    {
        Assert.Equal(Outcome.Done, Send("ann", "zoe", new OperatorCommand.Offboard(_now.AddDays(30), "")).Outcome);
        Assert.Equal(Outcome.Pending, Send("ann", "yan", new OperatorCommand.Offboard(_now, "")).Outcome);
    }

    [Fact]
    public void The_last_admin_does_not_leave_alone()
    {
        Send("ann", "bob", new OperatorCommand.Offboard(_now, ""));
        Send("ann", "cid", new OperatorCommand.Offboard(_now, ""));
        Assert.Equal(Outcome.Pending, Send("ann", "ann", new OperatorCommand.Offboard(_now, "")).Outcome);
        Assert.Null(_register["ann"].AuthorityEndsAt);
    }

    [Fact]
    public void One_admin_alone_lowers_only_so_many_people_within_the_window()
    {
        _register.Policy = new() { MaxLowered = 2 };
        foreach (var name in (string[])["k1", "k2", "k3"])
        {
            Grant(name, Roles.Auditor);
        }

        Assert.Equal(Outcome.Done, Send("ann", "k1", new OperatorCommand.Offboard(_now.AddDays(90), "")).Outcome);
        Assert.Equal(Outcome.Done, Send("ann", "k2", new OperatorCommand.Offboard(_now, "")).Outcome);
        Assert.Equal(Outcome.Done, Send("ann", "k1", new OperatorCommand.Offboard(_now, "")).Outcome);
        var third = Send("ann", "k3", new OperatorCommand.Offboard(_now, ""));
        Assert.Equal(Outcome.Pending, third.Outcome);
        Assert.Equal(Outcome.Done, Approve(third, who: "k3").Outcome);
        Assert.Equal(Standing.Ended, _register["k3"].StandingAt(_now, new()));
    }

    [Fact]
    public void One_admin_does_not_fill_the_register_with_made_up_names()
    {
        for (var i = 0; i < Limits.PowerProposalsOfAnAdmin; i++)
        {
            Assert.Equal(Outcome.Pending, Enroll(who: $"n{i}").Outcome);
        }

        Refused(RefusalReason.BudgetExceeded, Enroll(who: "one.more"));
        Assert.Equal(0, _register["one.more"].Version);
        Assert.Equal(Outcome.Pending, Enroll(by: "bob", who: "one.more").Outcome);
        Send("ann", "n7", new OperatorCommand.Withdraw(1, ""));
        Assert.Equal(Outcome.Pending, Enroll(who: "another").Outcome);
    }

    [Fact]
    public void The_same_request_gets_the_same_answer_until_the_callers_authority_ends()
    {
        OperatorCommand.Enroll enroll = new(Roles.Support, "Kim", null);
        var first = Send("ann", "kim", enroll, "r1");
        var again = Send("ann", "kim", enroll, "r1");
        Assert.Equal((first.Outcome, first.ProposalSequence), (again.Outcome, again.ProposalSequence));
        Assert.Empty(again.Events);
        Refused(RefusalReason.RequestIdConflict, Send("ann", "kim", enroll with { DisplayName = "K" }, "r1"));

        End("ann", TimeSpan.Zero);
        Refused(RefusalReason.AuthorityEnded, Send("ann", "kim", enroll, "r1"));
    }

    [Fact]
    public void An_etag_of_a_former_power_is_refused()
    {
        Grant("kim", Roles.Support);
        OperatorCommand.Offboard offboard = new(_now, "");
        Refused(
            RefusalReason.VersionMismatch,
            _register.Send("kim", offboard, World.As("ann"), _now, expected: Kim.PowerVersion - 1));
        Assert.Null(
            _register.Send("kim", offboard, World.As("ann"), _now, expected: Kim.PowerVersion).Refusal);
    }
}
