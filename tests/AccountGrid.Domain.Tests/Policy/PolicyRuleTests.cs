namespace AccountGrid.Domain.Tests.Policy;

/// <summary>Settings tighten the policy alone; everything else takes two admins, and time where it weakens.</summary>
public sealed partial class PolicyRuleTests
{
    private const string Reach = "Accounts:ProtectedReach";
    private const string Harms = "Operators:MaxHarms";
    private static readonly DateTimeOffset Start = new(2017, 11, 2, 18, 52, 0, TimeSpan.Zero);
    private static readonly TimeSpan CoolOff = TimeSpan.FromHours(1);
    private readonly PolicyRecord _record;
    private DateTimeOffset _now = Start;

    public PolicyRuleTests()
    {
        var register = new Register(new());
        register.Found(Start.AddDays(-99), "ann", "bob", "cid");
        register.Append(
            "kim", new OperatorEvent.Enrolled(Roles.Support | Roles.Approver | Roles.Auditor, "kim", null),
            Actor.Operator(World.Person("ann")), Start.AddDays(-98));
        _record = new(register);
        Configure();
    }

    private PolicyDecision Configure(params (string, string)[] named) =>
        _record.Send(PolicyRecord.Settings(named), Caller.System, _now);

    private PolicyDecision Propose(params (string, string)[] values) => Propose("ann", values);

    private PolicyDecision Propose(string by, params (string, string)[] values) =>
        Send(by, PolicyRecord.Values(values));

    private PolicyDecision Send(string by, PolicyCommand command, string? requestId = null, long? expected = null) =>
        _record.Send(command, World.As(by), _now, requestId, expected);

    private PolicyDecision Approve(string by = "bob", string? digest = null) =>
        Send(by, new PolicyCommand.Approve(_record.State.Proposal?.Sequence ?? 99, digest, ""));

    private PolicyDecision FireDue() => _record.Send(new PolicyCommand.FireDue(), Caller.System, _now);

    private void End(string who, TimeSpan after) => _record.Register.Append(
        who, new OperatorEvent.Offboarded(_now + after, ""), Actor.Operator(World.Person("cid")), _now);

    private static void Refused(RefusalReason reason, PolicyDecision decision) =>
        Assert.Equal((reason, Outcome.Refused), (decision.Refusal?.Reason, decision.Outcome));

    private ProposalState Closed() => _record.State.ClosedProposals[^1].State;

    [Fact]
    public void What_weakens_waits_for_another_admin_and_the_cool_off()
    {
        Assert.Equal(Outcome.Pending, Propose((Reach, "2000000"), (Harms, "9")).Outcome);
        Assert.Equal("1000000", _record[Reach]);
        Assert.True(_record.State.Proposal!.Weakens);
        Assert.Equal(Start + TimeSpan.FromDays(1), _record.State.Proposal!.DueAt);

        Assert.Equal(Outcome.Pending, Approve().Outcome);
        _now += CoolOff - TimeSpan.FromSeconds(1);
        Assert.Empty(FireDue().Events);
        _now += TimeSpan.FromSeconds(1);
        var adopted = Assert.IsType<PolicyEvent.Adopted>(Assert.Single(FireDue().Events));
        Assert.Equal([new(Reach, "1000000", "2000000"), new SettingChange(Harms, "30", "9")], adopted.Changes);
        Assert.Equal(new Consent(World.Person("ann"), World.Person("bob"), 2), adopted.Consent);
        Assert.Equal(("2000000", "9", null), (_record[Reach], _record[Harms], _record.State.Proposal));
        Assert.Equal((4, ProposalState.Executed), (_record.State.PolicyVersion, Closed()));
    }

    [Fact]
    public void What_only_tightens_waits_for_another_admin_alone()
    {
        Propose((Reach, "1000"));
        Assert.Equal(Outcome.Done, Approve().Outcome);
        Assert.Equal("1000", _record[Reach]);
    }

    [Fact]
    public void The_cool_off_is_that_of_the_policy_in_force()
    {
        Propose(("Operators:PowerCoolOff", "00:00:00"));
        Assert.Equal(Outcome.Pending, Approve().Outcome);
        _now += CoolOff;
        FireDue();
        Propose((Harms, "31"));
        Assert.Equal(Outcome.Done, Approve().Outcome);
    }

    [Fact]
    public void The_proposer_and_a_look_alike_do_not_approve()
    {
        _record.Register.Append(
            "ANN", new OperatorEvent.Enrolled(Roles.Admin, "", null), Actor.Operator(World.Person("bob")),
            Start.AddDays(-9));
        _record.Register.Append(
            "dan", new OperatorEvent.Enrolled(Roles.Admin, "", null, "d7"), Actor.Operator(World.Person("bob")),
            Start.AddDays(-9));
        _record.Register.Append(
            "dan.work", new OperatorEvent.Enrolled(Roles.Admin, "", null, "D7"), Actor.Operator(World.Person("bob")),
            Start.AddDays(-9));
        Propose((Reach, "2000000"));
        Refused(RefusalReason.SamePerson, Approve("ann"));
        Refused(RefusalReason.SamePerson, Approve("ANN"));
        Send("ann", new PolicyCommand.Withdraw(_record.State.Proposal!.Sequence, ""));
        Propose("dan", (Reach, "2000000"));
        Refused(RefusalReason.SamePerson, Approve("dan.work"));
        Assert.Equal(4, _record.Journal.Count(static e => e.Event is not PolicyEvent.AttemptRefused));
    }

    [Fact]
    public void An_admin_of_later_than_the_proposal_does_not_approve()
    {
        Propose((Reach, "2000000"));
        _now += TimeSpan.FromMinutes(1);
        _record.Register.Append(
            "eve", new OperatorEvent.Enrolled(Roles.Admin, "", null), Actor.Operator(World.Person("ann")), _now);
        Refused(RefusalReason.ForbiddenRole, Approve("eve"));
    }

    // An approval that comes late must not approve what was proposed since.
    [Fact]
    public void Refused_once_is_refused_again()
    {
        var approval = new PolicyCommand.Approve(_record.State.Version + 2, null, "");
        Refused(RefusalReason.NotFound, Send("bob", approval, "r-1"));
        Propose((Reach, "2000000"));
        Assert.Equal(approval.Sequence, _record.State.Proposal!.Sequence);
        Refused(RefusalReason.NotFound, Send("bob", approval, "r-1"));
        Assert.Null(Send("bob", approval, "r-2").Refusal);
    }

    [Fact]
    public void Others_than_admins_change_nothing()
    {
        Refused(RefusalReason.ForbiddenRole, Propose("kim", (Reach, "2000000")));
        Refused(RefusalReason.AuthorityEnded, Propose("stranger", (Reach, "2000000")));
        Refused(
            RefusalReason.ForbiddenRole, _record.Send(PolicyRecord.Values((Reach, "2000000")), World.Service, _now));
        Propose((Reach, "2000000"));
        Refused(RefusalReason.ForbiddenRole, Approve("kim"));
        Refused(
            RefusalReason.ForbiddenRole, Send("kim", new PolicyCommand.Reject(_record.State.Proposal!.Sequence, "")));
        Assert.NotNull(_record.State.Proposal);
    }

    [Fact]
    public void An_admin_in_the_notice_window_neither_proposes_nor_approves_but_rejects()
    {
        End("bob", TimeSpan.FromDays(7));
        Refused(RefusalReason.NoticePeriod, Propose("bob", (Reach, "2000000")));
        Propose((Reach, "2000000"));
        Refused(RefusalReason.NoticePeriod, Approve());
        Assert.Equal(
            Outcome.Done, Send("bob", new PolicyCommand.Reject(_record.State.Proposal!.Sequence, "no")).Outcome);
        Assert.Equal(ProposalState.Rejected, Closed());
    }

    [Theory]
    [InlineData("ann"), InlineData("bob")]
    public void What_two_approved_is_void_with_the_authority_of_one(string who)
    {
        Propose((Reach, "2000000"));
        Approve();
        End(who, TimeSpan.FromMinutes(59));
        _now += CoolOff;
        FireDue();
        Assert.Equal((ProposalState.Void, "1000000"), (Closed(), _record[Reach]));
    }

    [Fact]
    public void A_proposal_expires()
    {
        Propose((Reach, "2000000"));
        _now += TimeSpan.FromDays(1);
        var decision = Approve();
        Refused(RefusalReason.ProposalExpired, decision);
        Assert.Equal((2, ProposalState.Expired), (decision.Events.Length, Closed()));

        Propose((Reach, "2000000"));
        _now += TimeSpan.FromDays(1);
        FireDue();
        Assert.Equal((2, ProposalState.Expired), (_record.State.ClosedProposals.Length, Closed()));
    }

    [Fact]
    public void Another_digest_than_the_approver_saw_is_refused()
    {
        Propose((Reach, "2000000"));
        Refused(RefusalReason.VersionMismatch, Approve(digest: new string('0', 64)));
        Assert.Equal(Outcome.Pending, Approve(digest: _record.State.Proposal!.Digest).Outcome);
        Refused(RefusalReason.WrongStatus, Approve("cid"));
    }

    [Fact]
    public void An_etag_of_before_is_refused()
    {
        Configure((Reach, "1000"));
        Refused(RefusalReason.VersionMismatch, Send("ann", PolicyRecord.Values((Harms, "9")), expected: 1));
        Assert.Equal(Outcome.Pending, Send("ann", PolicyRecord.Values((Harms, "9")), expected: 2).Outcome);
    }

    [Fact]
    public void One_proposal_waits_at_a_time()
    {
        Propose((Reach, "2000000"));
        Refused(RefusalReason.AlreadyExists, Propose("bob", (Harms, "9")));
        Refused(
            RefusalReason.ForbiddenRole,
            Send("bob", new PolicyCommand.Withdraw(_record.State.Proposal!.Sequence, "")));
        Assert.Equal(
            Outcome.Done, Send("ann", new PolicyCommand.Withdraw(_record.State.Proposal!.Sequence, "")).Outcome);
        Assert.Equal(ProposalState.Withdrawn, Closed());
        Refused(RefusalReason.WrongStatus, Send("bob", new PolicyCommand.Approve(2, null, "")));
        Refused(RefusalReason.NotFound, Send("bob", new PolicyCommand.Approve(77, null, "")));
    }

    [Theory]
    [InlineData(Reach, "1000000", "settings must have at least one value that the policy has not now")]
    [InlineData(Reach, "0", "settings Accounts:ProtectedReach must be from 1 to 9223372036854775807; it is 0")]
    [InlineData("Accounts:Nothing", "1", "settings must be settings of the policy; Accounts:Nothing is none")]
    [InlineData("Operators:Founders", "ann,bob", "settings must be settings of the policy; Operators:Founders is none")]
    [InlineData("<b>", "1", "settings must be settings of the policy; one of them is none")]
    public void What_is_no_change_is_refused(string name, string value, string message)
    {
        var decision = Propose((name, value));
        Refused(RefusalReason.InvalidArgument, decision);
        Assert.Equal(("settings", message), (decision.Refusal!.Field, decision.Refusal.Message));
        Assert.Empty(decision.Events);
    }

    [Fact]
    public void Sizes_have_limits()
    {
        Refused(RefusalReason.InvalidArgument, Propose());
        Refused(RefusalReason.InvalidArgument, Propose(("Accounts:Reasons", new string('A', 4097))));
        Refused(
            RefusalReason.InvalidArgument,
            Propose([.. Enumerable.Range(0, 65).Select(static i => ($"Accounts:S{i}", "1"))]));
        Refused(
            RefusalReason.InvalidArgument,
            Send("ann", PolicyRecord.Values((Reach, "1000")) with { Note = new string('x', 1001) }));
        Refused(
            RefusalReason.InvalidArgument, Send("ann", PolicyRecord.Values((Reach, "1000")), requestId: "no spaces"));
    }

    [Fact]
    public void A_request_id_acts_once()
    {
        var command = PolicyRecord.Values((Reach, "2000000"));
        var first = Send("ann", command, "r1");
        var again = Send("ann", command, "r1");
        Assert.Equal(
            (first.Outcome, first.ProposalSequence, 0),
            (again.Outcome, again.ProposalSequence, again.Events.Length));
        Refused(RefusalReason.RequestIdConflict, Send("ann", PolicyRecord.Values((Reach, "3000000")), "r1"));
        Refused(RefusalReason.RequestIdConflict, Send("bob", command, "r1"));
    }

    [Fact]
    public void Refused_attempts_are_entries_up_to_a_number()
    {
        for (var i = 0; i < 100; i++)
        {
            Propose("kim", (Reach, "2000000"));
        }

        Assert.Equal(Limits.PowerlessRefusalEntries, _record.Journal.Count(IsRefusal));
        Propose((Reach, "2000000"));
        for (var i = 0; i < 100; i++)
        {
            Approve("ann");
        }

        Assert.Equal(
            Limits.PowerlessRefusalEntries + Limits.RefusalEntries, _record.Journal.Count(IsRefusal));
        _now += Limits.RefusalWindow + TimeSpan.FromSeconds(1);
        Approve("ann");
        Assert.Equal(
            Limits.PowerlessRefusalEntries + Limits.RefusalEntries + 1, _record.Journal.Count(IsRefusal));

        static bool IsRefusal(Recorded<PolicyEvent> entry) => entry.Event is PolicyEvent.AttemptRefused;
    }

    [Fact]
    public void Without_a_record_nothing_is_proposed_or_entered()
    {
        var empty = new PolicyRecord(_record.Register);
        Refused(RefusalReason.NotFound, empty.Send(PolicyRecord.Values((Reach, "1000")), World.As("ann"), _now));
        empty.Send(PolicyRecord.Values((Reach, "1000")), World.As("kim"), _now);
        Assert.Empty(empty.Journal);
    }

    [Fact]
    public void The_journal_folds_to_the_same_state()
    {
        Propose((Reach, "2000000"));
        Approve();
        Configure((Harms, "9"));
        var folded = _record.Journal.Aggregate(PolicyState.Unrecorded, PolicyEvolver.Evolve);
        Assert.Equal(_record.State.Values, folded.Values);
        Assert.Equal(
            (_record.State.Version, _record.State.PolicyVersion, _record.State.Proposal! with { Changes = [] }),
            (folded.Version, folded.PolicyVersion, folded.Proposal! with { Changes = [] }));
        Assert.Equal(_record.State.Proposal!.Changes, folded.Proposal!.Changes);
        Assert.Throws<InvalidOperationException>(
            () => PolicyEvolver.Evolve(folded, _record.Journal[0]));
        Assert.Throws<InvalidOperationException>(
            () => PolicyEvolver.Evolve(folded, new(
                new PolicyEvent.Tightened([new(Harms, "30", "8")]), folded.Version + 1, _now, Actor.System)));
    }
}
