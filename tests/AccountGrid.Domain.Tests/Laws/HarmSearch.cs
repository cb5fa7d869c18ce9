namespace AccountGrid.Domain.Tests.Laws;

/// <summary>
/// Every sequence of so many moves on a small grid: commands by some callers, followers that come and go, time, the end
/// of an authority, another policy. Each grid that can be reached is visited once, and the laws are checked at every
/// step.
/// </summary>
/// <param name="Callers">Who sends commands; more than one of them act together.</param>
/// <param name="Depth">Moves in a sequence.</param>
public sealed record HarmSearch(string[] Callers, int Depth)
{
    private const string TheService = "web";

    private static readonly TimeSpan[] Times =
        [TimeSpan.FromMinutes(10), TimeSpan.FromHours(25), TimeSpan.FromDays(31)];

    /// <summary>The rules under test.</summary>
    public Func<AccountState, AccountRequest, Situation, Decision> Decide { get; init; } = AccountDecider.Decide;

    private bool IsOneAlone => Callers.Length == 1;

    /// <summary>How many grids were visited.</summary>
    /// <exception cref="LawBrokenException">A law does not hold; the message has the moves that led there.</exception>
    public int Run() => StateSearch.Run(
        (Grid: HarmGrid.Begin(), Path: ""), static at => at.Grid.Fingerprint(),
        at => Successors(at.Grid, at.Path).Select(next => (next.Grid, Path: $"{at.Path}; {next.Move}")), Depth);

    private IEnumerable<(HarmGrid Grid, string Move)> Successors(HarmGrid grid, string path) =>
        Enumerable.Range(0, HarmGrid.Ids.Length).SelectMany(account => Commanded(grid, account, path))
            .Concat(Moved(grid, path));

    private IEnumerable<(HarmGrid Grid, string Move)> Commanded(HarmGrid grid, int account, string path)
    {
        foreach (var name in Callers)
        {
            if (account == 0 && name != TheService && grid.Released(World.Person(name)) is var released
                && released != grid)
            {
                yield return (released, $"{name} releases");
            }

            var caller = name == TheService ? World.Service : World.As(name);
            foreach (var command in CommandsOf(grid, account, caller))
            {
                var (after, appended) = grid.Send(account, command, caller, Decide);
                var move = $"{name}: {command.Name} {account + 1}";
                HarmLaw.Check(grid, account, appended, caller.Actor, IsOneAlone, $"{path}; {move}");
                HarmLaw.CheckBrake(after, $"{path}; {move}");
                yield return (after, move);
            }
        }
    }

    private static IEnumerable<AccountCommand> CommandsOf(HarmGrid grid, int account, Caller caller)
    {
        var pending = grid.Accounts[account].Proposal?.Sequence;
        if (caller == World.Service)
        {
            return [Commands.Harm(HarmKind.OwnerDeactivate), Commands.OwnerRestore()];
        }

        return
        [
            Commands.Deactivate(), Commands.Deactivate(grid.Now.AddHours(1)), Commands.Suspend(grid.Now.AddHours(30)),
            Commands.Harm(HarmKind.ChangeSuspension), Commands.Harm(HarmKind.Unprotect), Commands.Restore(),
            Commands.Protect(grid.Now.AddDays(30)),
            .. pending is { } sequence
                ? (AccountCommand[])[Commands.Approve(sequence), Commands.Withdraw(sequence)]
                : [],
        ];
    }

    /// <summary>What happens without a command; due work is done at once.</summary>
    private IEnumerable<(HarmGrid Grid, string Move)> Moved(HarmGrid grid, string path)
    {
        for (var i = 0; i < HarmGrid.Ids.Length; i++)
        {
            foreach (var followers in (long[])[10, 5000])
            {
                yield return (grid.WithFollowers(i, followers), $"{followers} followers of {i + 1}");
            }
        }

        yield return (grid with { EndOfKim = grid.Now }, "kim leaves");
        yield return (grid with { EndOfKim = grid.Now.AddDays(7) }, "kim leaves in a week");
        yield return ((grid with { Policy = grid.Policy with { ProtectedReach = 9000 } }).WithCrossings(), "9000");
        foreach (var time in Times)
        {
            yield return (Fired(grid.After(time), $"{path}; {time} pass"), $"{time} pass");
        }
    }

    private HarmGrid Fired(HarmGrid grid, string path)
    {
        for (var account = 0; account < HarmGrid.Ids.Length; account++)
        {
            for (var more = true; more;)
            {
                var (after, appended) = grid.Send(account, new AccountCommand.FireDue(), Caller.System, Decide);
                HarmLaw.Check(grid, account, appended, Actor.System, IsOneAlone, path);
                HarmLaw.CheckBrake(after, path);
                (grid, more) = (after, !appended.IsEmpty);
            }
        }

        return grid.WithCrossings();
    }
}
