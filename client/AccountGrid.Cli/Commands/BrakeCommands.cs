using System.CommandLine;
using AccountGrid.Client;
using AccountGrid.V1;

namespace AccountGrid.Cli.Commands;

/// <summary><c>brake</c>: the limit on what all people and services together take down.</summary>
internal static class BrakeCommands
{
    public static Command Create(CommandFactory factory) => CommandFactory.Noun(
        "brake", "The limit on what all people and services together take down.", Status(factory), Release(factory));

    private static Command Status(CommandFactory factory) => factory.Send(
        "status",
        "Shows whether the brake is engaged, and how much of its limits is used. Role: staff.",
        static (AccountGridClient api, GetBrakeRequest _, CancellationToken stop) => api.Brake.GetAsync(stop),
        BrakeViews.Detail);

    private static Command Release(CommandFactory factory)
    {
        var note = CommonOptions.Note();
        note.Required = true;
        return factory.Send(
            "release",
            "Releases the brake: from now on one person or service alone takes accounts down again, and the sums "
                + "begin anew. Role: approver, since before the brake engaged.",
            static (AccountGridClient api, ReleaseBrakeRequest request, CancellationToken stop) =>
                api.Brake.ReleaseAsync(request, stop),
            static (console, answer) => BrakeViews.Detail(console, answer.Brake),
            RequestField.Of("note", note),
            RequestField.Of("request_id", CommonOptions.RequestId()));
    }
}
