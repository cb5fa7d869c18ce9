using System.CommandLine;
using AccountGrid.Cli.Commands;
using AccountGrid.V1;
using Google.Protobuf.Collections;

namespace AccountGrid.Cli.Traces;

/// <summary>
/// <c>trace</c>: what became of a command, step by step; without an id, which commands are remembered.
/// </summary>
internal static class TraceCommand
{
    public static Command Create(CommandFactory factory)
    {
        var id = new Argument<string?>("id")
        {
            Description = "The trace: 32 hex digits, as answers, journal entries and incidents have them; "
                + "without it the last ones are listed",
            HelpName = "ID",
            Arity = ArgumentArity.ZeroOrOne,
            DefaultValueFactory = static _ => null,
        };
        var account = CommonOptions.Whole(
            "--account", "List only traces of one account", 1, long.MaxValue, helpName: "ID");
        var actor = CommonOptions.Text("--actor", "List only what this one sent", "NAME");
        var limit = CommonOptions.Whole("--limit", "List how many at most, 1 to 1,000", 1, 1000, preset: 20);
        return factory.New(
            "trace",
            "What became of a command, step by step, as the silos remember it; the last ones only. Role: staff.",
            async (run, cancellationToken) =>
            {
                if (run.Get(id) is { } trace)
                {
                    var answer = await run.Api.Traces.GetAsync(trace.ToLowerInvariant(), cancellationToken);
                    run.Output.Answer(answer, console => TraceViews.Waterfall(console, answer));
                    WarnOf(run, answer.Missing);
                }
                else
                {
                    var request = new ListTracesRequest
                    {
                        PageSize = (int)run.Get(limit)!.Value,
                        Account = run.Get(account) ?? 0,
                        Actor = run.Get(actor) ?? "",
                    };
                    var answer = await run.Api.Traces.ListAsync(request, cancellationToken);
                    run.Output.Answer(answer, console => TraceViews.List(console, answer.Traces));
                    WarnOf(run, answer.Missing);
                }

                return ExitCode.Ok;
            },
            id, account, actor, limit);
    }

    private static void WarnOf(Invocation run, RepeatedField<string> missing)
    {
        if (missing.Count > 0)
        {
            run.Output.Warn($"No answer from {string.Join(", ", missing)}: what they remember is not shown.");
        }
    }
}
