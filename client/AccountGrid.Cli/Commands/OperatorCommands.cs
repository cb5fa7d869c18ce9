using System.CommandLine;
using AccountGrid.V1;
using Google.Protobuf.WellKnownTypes;

namespace AccountGrid.Cli.Commands;

/// <summary><c>operator</c>: people and their powers.</summary>
internal static class OperatorCommands
{
    public static Command Create(CommandFactory factory) => CommandFactory.Noun(
        "operator",
        "People and their powers.",
        List(factory),
        Get(factory),
        Enroll(factory),
        Offboard(factory),
        Undo(factory));

    private static Command List(CommandFactory factory)
    {
        var (limit, pageToken) = (ChangeOptions.NewLimit(), ChangeOptions.NewPageToken());
        return factory.New(
            "list",
            "Lists operators. Role: staff.",
            async (run, cancellationToken) =>
            {
                var answer = await Paging.CollectAsync(
                    run.Get(limit)!.Value,
                    run.Get(pageToken),
                    (size, token) => run.Api.Operators.ListPageAsync(new ListOperatorsRequest { PageSize = size, PageToken = token }, cancellationToken),
                    page => page.Operators.Count,
                    page => page.NextPageToken,
                    (all, page) =>
                    {
                        all.Operators.AddRange(page.Operators);
                        all.NextPageToken = page.NextPageToken;
                    });
                run.Output.Answer(answer, console => OperatorViews.List(console, answer.Operators));
                Paging.NoteMore(run.Output, answer.NextPageToken);
                return ExitCode.Ok;
            },
            limit, pageToken);
    }

    private static Command Get(CommandFactory factory)
    {
        var name = NewName();
        return factory.New(
            "get",
            "Shows one operator: roles, standing, what is spent of the budget. Role: staff.",
            async (run, cancellationToken) =>
            {
                var answer = await run.Api.Operators.GetAsync(run.Get(name), cancellationToken);
                run.Output.Answer(answer, console => OperatorViews.Detail(console, answer));
                return ExitCode.Ok;
            },
            name);
    }

    private static Command Enroll(CommandFactory factory)
    {
        var name = NewName();
        var display = new Option<string?>("--display-name") { Description = "The name to show, up to 100 characters", HelpName = "TEXT" };
        var roles = new Option<Role[]>("--roles")
        {
            Description = "What the person may do",
            HelpName = "ROLE,...",
            Required = true,
            CustomParser = Parsers.ManyOf<Role>,
        };
        var ends = new Option<InstantSpec?>("--authority-ends")
        {
            Description = "When all authority ends: an instant, or a distance such as 90d [default: open]",
            HelpName = "WHEN",
            CustomParser = Parsers.Instant,
        };
        roles.CompletionSources.Add("support", "approver", "auditor", "admin");
        return factory.New(
            "enroll",
            "Enrols somebody, or changes roles and the end of authority. Role: admin.",
            async (run, cancellationToken) =>
            {
                var request = new EnrollOperatorRequest
                {
                    Id = run.Get(name),
                    DisplayName = run.Get(display) ?? "",
                    Roles = { run.Get(roles) ?? [] },
                    AuthorityEndsAt = run.Get(ends) is { } when ? Timestamp.FromDateTimeOffset(when.Ahead(run.Clock)) : null,
                };
                var answer = await run.Api.Operators.EnrollAsync(request, cancellationToken);
                run.Output.Answer(answer, console => OperatorViews.Detail(console, answer.Operator));
                return ExitCode.Ok;
            },
            name, roles, display, ends);
    }

    private static Command Offboard(CommandFactory factory)
    {
        var (name, note) = (NewName(), ChangeOptions.NewNote());
        var ends = new Option<InstantSpec?>("--authority-ends")
        {
            Description = "When authority ends: an instant, or a distance such as 8h [default: now]",
            HelpName = "WHEN",
            CustomParser = Parsers.Instant,
        };
        return factory.New(
            "offboard",
            "Ends somebody's authority and voids what the person has pending. Role: admin.",
            async (run, cancellationToken) =>
            {
                var request = new OffboardOperatorRequest
                {
                    Id = run.Get(name),
                    Note = run.Get(note) ?? "",
                    AuthorityEndsAt = run.Get(ends) is { } when ? Timestamp.FromDateTimeOffset(when.Ahead(run.Clock)) : null,
                };
                var answer = await run.Api.Operators.OffboardAsync(request, cancellationToken);
                run.Output.Answer(answer, console => OperatorViews.Detail(console, answer.Operator));
                return ExitCode.Ok;
            },
            name, ends, note);
    }

    private static Command Undo(CommandFactory factory)
    {
        var (name, note) = (NewName(), ChangeOptions.NewNote());
        var since = new Option<InstantSpec?>("--since")
        {
            Description = "Only what was placed or approved since: an instant, or how long ago, such as 8h",
            HelpName = "WHEN",
            Required = true,
            CustomParser = Parsers.Instant,
        };
        var dryRun = new Option<bool>("--dry-run") { Description = "Only say what would be restored" };
        return factory.New(
            "undo",
            "Restores everything that one person took down or approved since an instant. Exit code 1: not all of it. Role: support.",
            async (run, cancellationToken) =>
            {
                var request = new UndoOperatorRequest
                {
                    Id = run.Get(name),
                    Since = Timestamp.FromDateTimeOffset(run.Get(since)!.Value.Back(run.Clock)),
                    DryRun = run.Get(dryRun),
                    Note = run.Get(note) ?? "",
                };
                var answer = await run.Api.Operators.UndoAsync(request, cancellationToken);
                run.Output.Answer(answer, console => OperatorViews.Undone(console, answer, request.DryRun));
                return answer.Failures.Count > 0 || answer.More ? ExitCode.CheckFailed : ExitCode.Ok;
            },
            name, since, dryRun, note);
    }

    private static Argument<string> NewName() => new("NAME") { Description = "The operator: the subject of the person's tokens" };
}
