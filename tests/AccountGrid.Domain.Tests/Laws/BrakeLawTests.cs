using CsCheck;

namespace AccountGrid.Domain.Tests.Laws;

/// <summary>The brake over random scripts, with limits that they reach, and proof that its law can fail.</summary>
public sealed class BrakeLawTests
{
    private static readonly BrakePolicy Small = new() { MaxHarms = 2, MaxReach = 1_200 };

    [Fact]
    public void Above_the_limit_no_harm_happens_with_one_identity_alone_until_released() =>
        Script.Moves.Sample(moves => BrakeLaw.AboveTheLimitItTakesTwo(Run(moves)), iter: 2_000);

    [Fact]
    public void Whoever_may_restore_is_never_refused_while_it_is_engaged() =>
        Script.Moves.Sample(moves => Run(moves, afterEach: Law.OneToHeal), iter: 500);

    [Fact]
    public void The_scripts_engage_and_release_it_and_make_harms_wait()
    {
        var unseen = new HashSet<string> { "engaged", "released", "waits", "fired and refused", "for its reach" };
        for (var round = 0; round < 20 && unseen.Count > 0; round++)
        {
            Script.Moves.Sample(moves => unseen.ExceptWith(SeenIn(Run(moves))), iter: 1_500, threads: 1);
        }

        Assert.Empty(unseen);
    }

    [Fact]
    public void A_decider_that_ignores_the_brake_is_found() =>
        Caught(static (state, request, situation) =>
            AccountDecider.Decide(state, request, situation with { BrakedUntil = null }));

    [Fact]
    public void A_decider_that_ignores_the_brake_when_a_scheduled_harm_fires_is_found() =>
        Caught(static (state, request, situation) => AccountDecider.Decide(
            state, request,
            request.Command is AccountCommand.FireDue ? situation with { BrakedUntil = null } : situation));

    [Fact]
    public void A_decider_that_lets_services_pass_the_brake_is_found() =>
        Caught(static (state, request, situation) => AccountDecider.Decide(
            state, request,
            request.Caller.Actor.Kind == ActorKind.Service ? situation with { BrakedUntil = null } : situation));

    private static World Run(Move[] moves, Rules? rules = null, Action<World>? afterEach = null) =>
        Script.Run(moves, rules, afterEach, Small);

    private static IEnumerable<string> SeenIn(World world)
    {
        foreach (var entry in world.BrakeJournal)
        {
            yield return entry.Event is BrakeEvent.Released ? "released" : "engaged";
            if (entry.Event is BrakeEvent.Engaged { Harms: < 2 })
            {
                yield return "for its reach";
            }
        }

        foreach (var step in world.Steps.Where(static s => s.Situation.BrakedUntil is not null))
        {
            yield return step.Request.Command is AccountCommand.FireDue ? "fired and refused"
                : step.Outcome == Outcome.Pending ? "waits" : "";
        }
    }

    private static void Caught(Func<AccountState, AccountRequest, Situation, Decision> broken)
    {
        var found = false;
        for (var round = 0; round < 20 && !found; round++)
        {
            Script.Moves.Sample(
                moves => { found = found || IsCaught(broken, moves); }, iter: 2_500, threads: 1);
        }

        Assert.True(found, "The law did not notice a broken rule.");
    }

    private static bool IsCaught(Func<AccountState, AccountRequest, Situation, Decision> broken, Move[] moves)
    {
        try
        {
            BrakeLaw.AboveTheLimitItTakesTwo(Run(moves, new Rules(broken, AccountEvolver.Evolve)));
            return false;
        }
        catch (LawBrokenException)
        {
            return true;
        }
    }
}
