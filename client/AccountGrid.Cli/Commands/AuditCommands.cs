using System.CommandLine;
using System.Globalization;
using AccountGrid.Client;
using AccountGrid.V1;

namespace AccountGrid.Cli.Commands;

/// <summary><c>audit</c>: the entries of all journals, and the proof that none was changed.</summary>
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
        var stream = CommonOptions.Text("--stream", "Only one journal: a/25073877 or op/kim", "STREAM");
        var actor = CommonOptions.Text("--actor", "Only what this one did or tried", "NAME");
        var type = CommonOptions.Text("--type", "Only events such as hold-placed", "TYPE");
        var since = CommonOptions.Instant("--since", "Only from then on: an instant, or how long ago, such as 8h");
        var before = CommonOptions.Instant("--before", "Only before then");
        return factory.List(
            "list",
            "Entries across all journals, newest first.",
            run => new ListAuditEntriesRequest
            {
                Filter = new FilterText()
                    .IsText("stream", run.Get(stream))
                    .IsText("actor", run.Get(actor))
                    .IsText("type", run.Get(type))
                    .Compare("at", ">=", Back(run, since))
                    .Compare("at", "<", Back(run, before))
                    .ToString(),
            },
            static (api, request, stop) => api.Audit.ListPageAsync(request, stop),
            static page => page.Entries,
            static (console, entries) => JournalViews.Entries(console, entries, withStream: true),
            symbols: [stream, actor, type, since, before]);
    }

    private static Command Verify(CommandFactory factory) => factory.Send(
        "verify",
        "Recomputes every chain, root and signature and names the first bad entry. Exit code 1: not intact.",
        static (AccountGridClient api, VerifyAuditRequest _, CancellationToken stop) => api.Audit.VerifyAsync(stop),
        static (run, answer) =>
        {
            run.Output.Answer(answer, console => AuditViews.Verified(console, answer));
            return answer.Intact ? ExitCode.Ok : ExitCode.CheckFailed;
        });

    private static Command Checkpoints(CommandFactory factory) => factory.List(
        "checkpoints",
        "Signed Merkle roots over all journals, newest first.",
        static _ => new ListCheckpointsRequest(),
        static (api, request, stop) => api.Audit.ListCheckpointsPageAsync(request, stop),
        static page => page.Checkpoints,
        AuditViews.Checkpoints,
        preset: 10);

    private static string? Back(Invocation run, Option<InstantSpec?> option) => run.Get(option)?.Back(run.Clock)
        .ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture);
}
