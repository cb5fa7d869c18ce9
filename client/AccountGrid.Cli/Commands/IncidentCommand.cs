using System.CommandLine;
using AccountGrid.Client;
using AccountGrid.V1;

namespace AccountGrid.Cli.Commands;

/// <summary><c>incident</c>: when an account was down, by whom, and who saw it.</summary>
internal static class IncidentCommand
{
    public static Command Create(CommandFactory factory) => factory.Send(
        "incident",
        "The intervals in which an account was down: from, until, by whom, approved by, reads refused, traces. "
            + "Role: staff or auditor.",
        static (AccountGridClient api, ListIncidentsRequest request, CancellationToken stop) =>
            api.Accounts.ListIncidentsAsync(request.Id, request.PageSize, stop),
        static (console, answer) => JournalViews.Incidents(console, answer.Incidents),
        AccountCommands.NewId(),
        RequestField.Of("page_size", CommonOptions.Limit(max: 1000, preset: 10)));
}
