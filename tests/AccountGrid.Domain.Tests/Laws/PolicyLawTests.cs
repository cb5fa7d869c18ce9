namespace AccountGrid.Domain.Tests.Laws;

/// <summary>
/// Exhaustive bounded searches over the policy record: neither settings nor one identity alone weaken anything. Broken
/// rules are found. The numbers are the states that were visited: another number means that the rules reach other
/// states than before.
/// </summary>
public sealed class PolicyLawTests
{
    private static readonly PolicySearch OneAdmin = new(["ann", "eve"], 5);
    private static readonly PolicySearch TwoAdmins = new(["ann", "bob"], 5);

    [Fact]
    public void Settings_and_one_admin_weaken_nothing() => Assert.Equal(1_436, OneAdmin.Run());

    [Fact]
    public void Two_admins_weaken_after_the_cool_off_only() => Assert.Equal(2_307, TwoAdmins.Run());

    [Fact]
    public void Rules_that_follow_the_settings_are_found() => Caught(OneAdmin, static (state, request, situation) =>
        request.Command is PolicyCommand.Configure c
            ? new(null, [new PolicyEvent.SettingsRecorded(c.Values)])
            : PolicyDecider.Decide(state, request, situation));

    [Fact]
    public void Rules_that_take_another_list_for_a_shorter_one_are_found() => Caught(
        OneAdmin, static (state, request, situation) =>
            request.Command is PolicyCommand.Configure c && state.Version > 0 && c.Values["Accounts:Reasons"] is var own
            && own.Length < state.Values["Accounts:Reasons"].Length
                ? new(null, [new PolicyEvent.Tightened(
                    [new("Accounts:Reasons", state.Values["Accounts:Reasons"], own)])])
                : PolicyDecider.Decide(state, request, situation));

    [Fact]
    public void Rules_that_take_the_proposer_for_the_approver_are_found() => Caught(
        OneAdmin, static (state, request, situation) => PolicyDecider.Decide(
            state, request.Command is PolicyCommand.Approve ? request with { Caller = World.As("bob") } : request,
            situation with
            {
                Authorities = situation.Authorities.Append(
                    new(World.Person("bob"), new(World.Person("bob"), Standing.Active, Roles.Admin)))
                    .DistinctBy(static a => a.Key).ToDictionary(),
            }));

    [Fact]
    public void Rules_that_do_not_ask_since_when_are_found() => Caught(
        OneAdmin, static (state, request, situation) => PolicyDecider.Decide(
            state, request, situation with
            {
                Authorities = situation.Authorities.ToDictionary(
                    static a => a.Key, static a => a.Value with { Since = default }),
            }));

    [Fact]
    public void Rules_without_a_cool_off_are_found() => Caught(TwoAdmins, static (state, request, situation) =>
        request.Command is PolicyCommand.Approve
            ? PolicyDecider.Decide(
                state with { Values = state.Values.SetItem("Operators:PowerCoolOff", "00:00:00") }, request, situation)
            : PolicyDecider.Decide(state, request, situation));

    [Fact]
    public void Rules_that_let_a_caller_fire_before_the_time_are_found() => Caught(
        TwoAdmins, static (state, request, situation) => PolicyDecider.Decide(
            state, request.Command is PolicyCommand.FireDue ? request with { Caller = Caller.System } : request,
            request.Command is PolicyCommand.FireDue && state.Proposal?.ApprovedBy is not null
                ? situation with { Now = situation.Now.AddDays(1), Authorities = BothAdmins }
                : situation));

    private static readonly Dictionary<OperatorId, Authority> BothAdmins = ((string[])["ann", "bob", "eve"])
        .ToDictionary(World.Person, static n => new Authority(World.Person(n), Standing.Active, Roles.Admin));

    private static void Caught(
        PolicySearch search, Func<PolicyState, PolicyRequest, OperatorSituation, PolicyDecision> broken) =>
        Assert.Throws<LawBrokenException>(() => (search with { Decide = broken }).Run());
}
