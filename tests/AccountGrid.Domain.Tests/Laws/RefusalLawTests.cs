using CsCheck;
using static AccountGrid.Domain.Tests.Commands;

namespace AccountGrid.Domain.Tests.Laws;

/// <summary>
/// Callers without power, as fast as they like: the journals stay small and every attempt is told. The laws over the
/// ordinary scripts see too few attempts of one caller to find a rule without a bound.
/// </summary>
public sealed class RefusalLawTests
{
    private static readonly TimeSpan[] Pauses =
        [TimeSpan.Zero, TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(2), TimeSpan.FromMinutes(50)];

    /// <summary>Callers, commands and pauses, by number.</summary>
    private static Gen<(int Caller, int Command, int Pause)[]> Floods { get; } = Gen.Select(
        Gen.Int[0, 2], Gen.Int[0, 5], Gen.Int[0, 30],
        static (caller, command, pause) => (caller, command, pause)).Array[1, 200];

    [Fact]
    public void A_refused_caller_fills_no_journal_and_every_attempt_is_told() =>
        Floods.Sample(static flood => Law.RefusedCallersFillNoJournal(Run(flood, Rules.Real)), iter: 300);

    [Fact]
    public void A_decider_that_makes_an_entry_of_every_attempt_is_found() =>
        Caught((state, request, situation) => AccountDecider.Decide(
            state with { RefusedCallers = [] }, request, situation));

    [Fact]
    public void A_decider_that_does_not_tell_what_was_counted_is_found() =>
        Caught(static (state, request, situation) => AccountDecider.Decide(
            state, request, situation with { Counted = null }));

    private static void Caught(Func<AccountState, AccountRequest, Situation, Decision> broken) =>
        Assert.ThrowsAny<Exception>(() => Floods.Sample(
            flood => Law.RefusedCallersFillNoJournal(Run(flood, new(broken, AccountEvolver.Evolve))), iter: 300));

    private static World Run((int Caller, int Command, int Pause)[] flood, Rules rules)
    {
        var world = Script.NewWorld(rules);
        var account = new AccountId(1);
        foreach (var (caller, command, pause) in flood)
        {
            world.Advance(pause < Pauses.Length ? Pauses[pause] : Pauses[1]);
            world.Send(
                account,
                command switch
                {
                    0 => Deactivate(),
                    1 => Restore(),
                    2 => Approve(7),
                    3 => Harm(HarmKind.Erase),
                    4 => Withdraw(7),
                    _ => Protect(world.Now.AddDays(3)),
                },
                caller == 0 ? World.As("stranger") : World.As("kim", caller == 1 ? Roles.Auditor : Roles.None),
                $"r{world.Steps.Count}");
        }

        world.SumUp(account);
        return world;
    }
}
