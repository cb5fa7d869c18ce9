namespace AccountGrid.Domain.Tests.Laws;

/// <summary>
/// Exhaustive bounded searches over two accounts, three people and a service: no identity alone takes a protected
/// account down, acts in notice or after its end; the brake holds, and one person heals always. Broken rules are found.
/// The numbers are the grids that were visited: another number means that the rules reach other grids than before.
/// </summary>
public sealed class HarmSearchTests
{
    private static readonly HarmSearch Everybody = new(["kim", "max", "pat", "web"], 3);

    private static readonly HarmSearch Kim = new(["kim"], 4);

    private static readonly HarmSearch Service = new(["web"], 5);

    [Fact]
    public void Together_they_harm_what_is_protected_by_two_only() => Assert.Equal(4_267, Everybody.Run());

    [Fact]
    public void One_person_with_every_role_harms_nothing_that_is_protected() => Assert.Equal(12_164, Kim.Run());

    [Fact]
    public void A_service_harms_nothing_that_is_protected() => Assert.Equal(14_525, Service.Run());

    [Fact]
    public void Rules_that_protect_by_the_present_followers_only_are_found() => Caught(
        Kim, static (state, request, situation) => AccountDecider.Decide(
            request.Command is AccountCommand.Harm ? state with { Reach = null } : state, request, situation));

    [Fact]
    public void Rules_that_do_not_ask_the_brake_are_found() => Caught(
        Everybody, static (state, request, situation) => AccountDecider.Decide(
            state, request, situation with { BrakedUntil = null }));

    [Fact]
    public void Rules_that_take_the_proposer_for_the_approver_are_found() => Caught(
        Kim, static (state, request, situation) => AccountDecider.Decide(
            state,
            request.Command is AccountCommand.Approve ? request with { Caller = World.As("pat") } : request,
            situation with
            {
                Authorities = situation.Authorities.Append(
                new(World.Person("pat"), new(World.Person("pat"), Standing.Active, Roles.Approver)))
                .ToDictionary(static a => a.Key, static a => a.Value)
            }));

    [Fact]
    public void Rules_that_do_not_look_up_the_standing_are_found() => Caught(
        Kim, static (state, request, situation) => AccountDecider.Decide(
            state, request, situation with
            {
                Authorities = situation.Authorities.ToDictionary(
                    static a => a.Key, static a => a.Value with { Standing = Standing.Active }),
            }));

    [Fact]
    public void Rules_that_let_a_service_take_down_what_is_protected_are_found() => Caught(
        Service, static (state, request, situation) => AccountDecider.Decide(
            state with { Reach = null }, request, situation with { Followers = 1 }));

    [Fact]
    public void Rules_that_prolong_without_asking_are_found() => Caught(
        Everybody with { Depth = 4 }, static (state, request, situation) => AccountDecider.Decide(
            request.Command is AccountCommand.Harm { Action.Kind: HarmKind.ChangeSuspension }
                ? state with { Reach = null }
                : state,
            request, request.Command is AccountCommand.Harm { Action.Kind: HarmKind.ChangeSuspension }
                ? situation with { Followers = 1 }
                : situation));

    private static void Caught(
        HarmSearch search, Func<AccountState, AccountRequest, Situation, Decision> broken) =>
        Assert.Throws<LawBrokenException>(() => (search with { Decide = broken }).Run());
}
