using System.CommandLine;
using AccountGrid.Client;
using AccountGrid.V1;

namespace AccountGrid.Cli.Commands;

/// <summary><c>service</c>: what product services did.</summary>
internal static class ServiceCommands
{
    public static Command Create(CommandFactory factory) => CommandFactory.Noun(
        "service", "What product services did.", Undo(factory));

    private static Command Undo(CommandFactory factory)
    {
        var dryRun = new Option<bool>("--dry-run") { Description = "Only say what would be restored" };
        return factory.Send(
            "undo",
            "Restores everything that one service took down on owners' behalf since an instant, 1,000 accounts at a "
                + "time. Exit code 1: not all of it. Role: support.",
            static (AccountGridClient api, UndoServiceRequest request, CancellationToken stop) =>
                api.Operators.UndoServiceAsync(request, stop),
            (run, answer) =>
            {
                run.Output.Answer(answer, console => OperatorViews.Undone(
                    console, answer.RestoredIds, answer.Failures, answer.More, run.Get(dryRun)));
                return answer.Failures.Count > 0 || answer.More ? ExitCode.CheckFailed : ExitCode.Ok;
            },
            RequestField.Of(
                "id", new Argument<string>("NAME") { Description = "The service: the subject of its tokens" }),
            RequestField.Back("since", CommonOptions.Instant(
                "--since", "Only what was taken down since: an instant, or how long ago, such as 8h", required: true)),
            RequestField.Of("dry_run", dryRun),
            RequestField.Of("note", CommonOptions.Note()));
    }
}
