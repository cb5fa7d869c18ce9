using System.CommandLine;

namespace AccountGrid.Cli.Commands;

/// <summary><c>incident</c>: when an account was down, by whom, and who saw it.</summary>
internal static class IncidentCommand
{
    public static Command Create(CommandFactory factory)
    {
        var id = AccountCommands.NewId();
        var limit = new Option<long?>("--limit")
        {
            Description = "How many at most, 1 to 1,000",
            HelpName = "N",
            CustomParser = Parsers.Whole(1, 1000),
            DefaultValueFactory = _ => 10,
        };
        return factory.New(
            "incident",
            "The intervals in which an account was down: from, until, by whom, approved by, reads refused, traces. Role: staff or auditor.",
            async (run, cancellationToken) =>
            {
                var answer = await run.Api.Accounts.ListIncidentsAsync(run.Get(id), (int)run.Get(limit)!.Value, cancellationToken);
                run.Output.Answer(answer, console => JournalViews.Incidents(console, answer.Incidents));
                return ExitCode.Ok;
            },
            id, limit);
    }
}
