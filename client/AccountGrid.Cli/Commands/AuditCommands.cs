using System.CommandLine;
using System.Globalization;
using AccountGrid.V1;

namespace AccountGrid.Cli.Commands;

/// <summary><c>audit</c>: who did what, across accounts, and whether it can have been tampered with.</summary>
internal static class AuditCommands
{
    public static Command Create(CommandFactory factory) => CommandFactory.Noun(
        "audit",
        "Who did what, when, why, and whether it can have been tampered with. Role: auditor.",
        List(factory),
        Verify(factory),
        Checkpoints(factory));

    private static Command List(CommandFactory factory)
    {
        var stream = new Option<string?>("--stream") { Description = "Only one journal: a/25073877 or op/kim", HelpName = "STREAM" };
        var actor = new Option<string?>("--actor") { Description = "Only what this one did or tried", HelpName = "NAME" };
        var type = new Option<string?>("--type") { Description = "Only events such as hold-placed", HelpName = "TYPE" };
        var since = NewInstant("--since", "Only from then on: an instant, or how long ago, such as 8h");
        var before = NewInstant("--before", "Only before then");
        var (limit, pageToken) = (ChangeOptions.NewLimit(), ChangeOptions.NewPageToken());
        return factory.New(
            "list",
            "Entries across all journals, newest first.",
            async (run, cancellationToken) =>
            {
                var filter = new FilterText()
                    .IsText("stream", run.Get(stream)).IsText("actor", run.Get(actor)).IsText("type", run.Get(type))
                    .Compare("at", ">=", Back(run, since)).Compare("at", "<", Back(run, before))
                    .ToString();
                var answer = await Paging.CollectAsync(
                    run.Get(limit)!.Value,
                    run.Get(pageToken),
                    (size, token) => run.Api.Audit.ListPageAsync(new ListAuditEntriesRequest { Filter = filter, PageSize = size, PageToken = token }, cancellationToken),
                    page => page.Entries.Count,
                    page => page.NextPageToken,
                    (all, page) =>
                    {
                        all.Entries.AddRange(page.Entries);
                        all.NextPageToken = page.NextPageToken;
                    });
                run.Output.Answer(answer, console => JournalViews.Entries(console, answer.Entries, withStream: true));
                Paging.NoteMore(run.Output, answer.NextPageToken);
                return ExitCode.Ok;
            },
            stream, actor, type, since, before, limit, pageToken);
    }

    private static Command Verify(CommandFactory factory) => factory.New(
        "verify",
        "Recomputes every chain, root and signature and names the first bad entry. Exit code 1: not intact.",
        async (run, cancellationToken) =>
        {
            var answer = await run.Api.Audit.VerifyAsync(cancellationToken);
            run.Output.Answer(answer, console => AuditViews.Verified(console, answer));
            return answer.Intact ? ExitCode.Ok : ExitCode.CheckFailed;
        });

    private static Command Checkpoints(CommandFactory factory)
    {
        var (limit, pageToken) = (ChangeOptions.NewLimit(10), ChangeOptions.NewPageToken());
        return factory.New(
            "checkpoints",
            "Signed Merkle roots over all journals, newest first.",
            async (run, cancellationToken) =>
            {
                var answer = await Paging.CollectAsync(
                    run.Get(limit)!.Value,
                    run.Get(pageToken),
                    (size, token) => run.Api.Audit.ListCheckpointsPageAsync(new ListCheckpointsRequest { PageSize = size, PageToken = token }, cancellationToken),
                    page => page.Checkpoints.Count,
                    page => page.NextPageToken,
                    (all, page) =>
                    {
                        all.Checkpoints.AddRange(page.Checkpoints);
                        all.NextPageToken = page.NextPageToken;
                    });
                run.Output.Answer(answer, console => AuditViews.Checkpoints(console, answer.Checkpoints));
                Paging.NoteMore(run.Output, answer.NextPageToken);
                return ExitCode.Ok;
            },
            limit, pageToken);
    }

    private static string? Back(Invocation run, Option<InstantSpec?> option) =>
        run.Get(option)?.Back(run.Clock).ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture);

    private static Option<InstantSpec?> NewInstant(string name, string description) =>
        new(name) { Description = description, HelpName = "WHEN", CustomParser = Parsers.Instant };
}
