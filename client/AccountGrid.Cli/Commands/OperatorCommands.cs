using System.CommandLine;
using AccountGrid.Client;
using AccountGrid.V1;
using Google.Protobuf;

namespace AccountGrid.Cli.Commands;

/// <summary><c>operator</c>: people and their powers.</summary>
internal static class OperatorCommands
{
    public static Command Create(CommandFactory factory) => CommandFactory.Noun(
        "operator",
        "People and their powers.",
        List(factory),
        Get(factory),
        Actions(factory),
        Enroll(factory),
        Offboard(factory),
        Undo(factory));

    private static Command List(CommandFactory factory) => factory.List(
        "list",
        "Lists operators. Role: staff.",
        static _ => new ListOperatorsRequest(),
        static (api, request, stop) => api.Operators.ListPageAsync(request, stop),
        static page => page.Operators,
        OperatorViews.List);

    private static Command Get(CommandFactory factory) => factory.Send(
        "get",
        "Shows one operator: roles, standing, what is spent of the budget. Role: staff.",
        static (AccountGridClient api, GetOperatorRequest request, CancellationToken stop) =>
            api.Operators.GetAsync(request.Id, stop),
        OperatorViews.Detail,
        NewName());

    private static Command Actions(CommandFactory factory) => factory.Send(
        "actions",
        "What you may do to a person's power now: alone, with a second admin, or not, and why. Role: staff.",
        static (AccountGridClient api, ListOperatorActionsRequest request, CancellationToken stop) =>
            api.Operators.ListActionsAsync(request.Id, stop),
        static (console, answer) => AccountViews.Actions(console, answer.Actions),
        NewName());

    private static Command Enroll(CommandFactory factory)
    {
        var roles = new Option<Role[]>("--roles")
        {
            Description = "What the person may do",
            HelpName = "ROLE,...",
            Required = true,
            CustomParser = Parsers.ManyOf<Role>,
        };
        roles.CompletionSources.Add("support", "approver", "auditor", "admin");
        return factory.Send(
            "enroll",
            "Enrols a person, or changes roles and the end of authority. What gives power waits for another admin "
                + "(exit code 4). Role: admin.",
            static (AccountGridClient api, EnrollOperatorRequest request, CancellationToken stop) =>
                api.Operators.EnrollAsync(request, stop),
            static (run, answer) =>
                Report(run, answer, answer.Preview ?? answer.Operator, answer.Outcome, answer.Proposal),
            NewName(),
            RequestField.Of("roles", roles),
            RequestField.Of(
                "display_name",
                CommonOptions.Text("--display-name", "The name to show, up to 100 characters", "TEXT")),
            NewEnd("When all authority ends: an instant, or a distance such as 90d [default: open]"),
            RequestField.Of(
                "person_id",
                CommonOptions.Text(
                    "--person-id", "The directory's id of the human being [default: as it is]", "ID")),
            RequestField.Of("note", CommonOptions.Note()),
            RequestField.Of("request_id", CommonOptions.RequestId()),
            NewEtag());
    }

    private static Command Offboard(CommandFactory factory) => factory.Send(
        "offboard",
        "Ends a person's authority and voids what the person has pending. Role: admin.",
        static (AccountGridClient api, OffboardOperatorRequest request, CancellationToken stop) =>
            api.Operators.OffboardAsync(request, stop),
        static (run, answer) =>
            Report(run, answer, answer.Preview ?? answer.Operator, answer.Outcome, answer.Proposal),
        NewName(),
        NewEnd("When authority ends: an instant, or a distance such as 8h [default: now]"),
        RequestField.Of("note", CommonOptions.Note()),
        RequestField.Of("request_id", CommonOptions.RequestId()),
        NewEtag());

    /// <summary>Writes the operator after a command, or as it would be, and what waits.</summary>
    public static ExitCode Report(
        Invocation run, IMessage answer, Operator? person, object? outcome, object? proposal)
    {
        run.Output.Answer(answer, console =>
        {
            if (person is not null)
            {
                OperatorViews.Detail(console, person);
            }

            if (proposal is Proposal waiting && (person is null || person.OpenProposal?.Id != waiting.Id))
            {
                AccountViews.Waits(console, waiting);
            }
        });
        return ExitCodes.Of(outcome is Outcome said ? said : Outcome.Done);
    }

    private static Command Undo(CommandFactory factory) => UndoCommand.New(
        factory,
        "Restores everything that one person took down or approved since an instant. "
            + "Exit code 1: not all of it. Role: support.",
        "Only what was placed or approved since: an instant, or how long ago, such as 8h",
        static (AccountGridClient api, UndoOperatorRequest request, CancellationToken stop) =>
            api.Operators.UndoAsync(request, stop),
        static answer => (answer.RestoredIds, answer.Failures, answer.More),
        NewName());

    private static RequestField NewEtag() => RequestField.Of(
        "etag", CommonOptions.Text("--etag", "Act only if this is still the operator's etag", "ETAG"));

    private static RequestField NewName() => RequestField.Of(
        "id", new Argument<string>("NAME") { Description = "The operator: the subject of the person's tokens" });

    private static RequestField NewEnd(string description) =>
        RequestField.Ahead("authority_ends_at", CommonOptions.Instant("--authority-ends", description));
}
