using System.CommandLine;
using AccountGrid.Client;
using AccountGrid.V1;

namespace AccountGrid.Cli.Commands;

/// <summary><c>service</c>: what product services did.</summary>
internal static class ServiceCommands
{
    public static Command Create(CommandFactory factory) => CommandFactory.Noun(
        "service", "What product services did.", Undo(factory));

    private static Command Undo(CommandFactory factory) => UndoCommand.New(
        factory,
        "Restores everything that one service took down on owners' behalf since an instant, 1,000 accounts at a "
            + "time. Exit code 1: not all of it. Role: support.",
        "Only what was taken down since: an instant, or how long ago, such as 8h",
        static (AccountGridClient api, UndoServiceRequest request, CancellationToken stop) =>
            api.Operators.UndoServiceAsync(request, stop),
        static answer => (answer.RestoredIds, answer.Failures, answer.More),
        RequestField.Of(
            "id", new Argument<string>("NAME") { Description = "The service: the subject of its tokens" }));
}
