namespace AccountGrid.Domain.Tests.Laws;

/// <summary>
/// Exhaustive bounded searches over the register: no identity alone raises power, acts after its end, or leaves the
/// grid without people who heal, approve and administer; and two raise another's power only. Broken rules are found.
/// The numbers are the states that were visited: another number means that the rules reach other states than before.
/// </summary>
public sealed class PowerLawTests
{
    private static readonly PowerSearch OneAdmin = new(["ann"], ["ann", "ANN", "bob", "kim", "zoe", "eve"], 4);

    private static readonly PowerSearch TwoAdmins = new(["ann", "bob"], ["bob", "kim", "eve"], 4)
    {
        Commands =
        [
            new OperatorCommand.Enroll(Roles.Staff, "", null),
            new OperatorCommand.Offboard(DateTimeOffset.UnixEpoch, ""),
        ],
    };

    // A friend who is made an admin after the proposal, and approves it.
    private static readonly PowerSearch Friend = new(["ann", "bob", "eve"], ["kim", "eve"], 6)
    {
        Commands = [new OperatorCommand.Enroll(Roles.Staff, "", null)],
    };

    private static readonly PowerSearch Supporter = new(["kim"], ["ann", "kim", "eve"], 4);

    [Fact]
    public void One_admin_alone_raises_nothing_and_removes_no_last_person() => Assert.Equal(11_031, OneAdmin.Run());

    [Fact]
    public void Two_admins_raise_only_the_power_of_others() => Assert.Equal(2_011, TwoAdmins.Run());

    [Fact]
    public void A_friend_of_later_than_the_proposal_does_not_approve_it() => Assert.Equal(1_901, Friend.Run());

    [Fact]
    public void A_supporter_changes_no_power() => Assert.Equal(15, Supporter.Run());

    [Fact]
    public void Rules_that_let_one_admin_raise_are_found() => Caught(OneAdmin, static (state, request, situation) =>
        OperatorDecider.Decide(state, request, situation) is { Outcome: Outcome.Pending } asked
            && request.Command is OperatorCommand.Enroll e
                ? new(null, [new OperatorEvent.Enrolled(e.Roles, "", e.AuthorityEndsAt)])
                : OperatorDecider.Decide(state, request, situation));

    [Fact]
    public void Rules_that_take_the_proposer_for_the_approver_are_found() => Caught(
        OneAdmin, static (state, request, situation) => OperatorDecider.Decide(
            state,
            request.Command is OperatorCommand.Approve ? request with { Caller = World.As("cid") } : request,
            situation with { Authorities = WithCid(situation) }));

    [Fact]
    public void Rules_that_do_not_ask_who_remains_are_found() => Caught(
        OneAdmin, static (state, request, situation) => OperatorDecider.Decide(
            state, request, situation with { Register = RegisterFacts.NotAsked }));

    [Fact]
    public void Rules_that_do_not_look_up_the_standing_are_found() => Caught(
        TwoAdmins, static (state, request, situation) => OperatorDecider.Decide(
            state, request, situation with
            {
                Authorities = situation.Authorities.ToDictionary(
                    static a => a.Key, static a => a.Value with { Standing = Standing.Active }),
            }));

    [Fact]
    public void Rules_that_let_the_person_concerned_approve_are_found() => Caught(
        TwoAdmins, static (state, request, situation) =>
            OperatorDecider.Decide(state, request, situation)
                is { Refusal.Reason: RefusalReason.SamePerson } refused
            && request.Command is OperatorCommand.Approve
            && state.Proposal is { } p && request.Caller.Actor.Person is { } approver && p.ProposedBy != approver
                ? new(null, [new OperatorEvent.Enrolled(
                    p.Change.Roles, "", null, Consent: new(p.ProposedBy, approver, p.Sequence))])
                : OperatorDecider.Decide(state, request, situation));

    [Fact]
    public void Rules_that_do_not_ask_since_when_are_found() => Caught(
        Friend, static (state, request, situation) => OperatorDecider.Decide(
            state, request, situation with
            {
                Authorities = situation.Authorities.ToDictionary(
                    static a => a.Key, static a => a.Value with { Since = default }),
            }));

    private static Dictionary<OperatorId, Authority> WithCid(OperatorSituation situation) =>
        new(situation.Authorities) { [World.Person("cid")] = new(World.Person("cid"), Standing.Active, Roles.Admin) };

    private static void Caught(
        PowerSearch search, Func<OperatorState, OperatorRequest, OperatorSituation, OperatorDecision> broken) =>
        Assert.Throws<LawBrokenException>(() => (search with { Decide = broken }).Run());
}
