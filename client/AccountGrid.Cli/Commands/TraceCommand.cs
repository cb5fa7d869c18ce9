using System.CommandLine;
using AccountGrid.V1;
using Google.Protobuf.Collections;

namespace AccountGrid.Cli.Commands;

/// <summary>
/// <c>trace</c>: what became of a command, step by step; without an id, which commands are remembered.
/// </summary>
internal static class TraceCommand
{
    public static Command Create(CommandFactory factory)
    {
        var id = new Argument<string?>("id")
        {
            Description = "The trace: 32 hex digits, as answers, journal entries and incidents have them; without it the last ones are listed",
            HelpName = "ID",
            Arity = ArgumentArity.ZeroOrOne,
            DefaultValueFactory = static _ => null,
        };
        var account = new Option<long?>("--account") { Description = "List only traces of one account", HelpName = "ID", CustomParser = Parsers.Whole(1, long.MaxValue) };
        var actor = new Option<string?>("--actor") { Description = "List only what this one sent", HelpName = "NAME" };
        var limit = new Option<long?>("--limit")
        {
            Description = "List how many at most, 1 to 1,000",
            HelpName = "N",
            CustomParser = Parsers.Whole(1, 1000),
            DefaultValueFactory = static _ => 20,
        };
        return factory.New(
            "trace",
            "What became of a command, step by step, as the silos remember it; the last ones only. Role: staff.",
            async (run, cancellationToken) =>
            {
                if (run.Get(id) is { } trace)
                {
                    await ShowAsync(run, trace, cancellationToken);
                }
                else
                {
                    var request = new ListTracesRequest { PageSize = (int)run.Get(limit)!.Value, Account = run.Get(account) ?? 0, Actor = run.Get(actor) ?? "" };
                    var answer = await run.Api.Traces.ListAsync(request, cancellationToken);
                    run.Output.Answer(answer, console => TraceViews.List(console, answer.Traces));
                    WarnOf(run, answer.Missing);
                }

                return ExitCode.Ok;
            },
            id, account, actor, limit);
    }

    private static async Task ShowAsync(Invocation run, string id, CancellationToken cancellationToken)
    {
        var answer = await run.Api.Traces.GetAsync(id.ToLowerInvariant(), cancellationToken);
        run.Output.Answer(answer, console => TraceViews.Waterfall(console, answer));
        WarnOf(run, answer.Missing);
    }

    private static void WarnOf(Invocation run, RepeatedField<string> missing)
    {
        if (missing.Count > 0)
        {
            run.Output.Warn($"No answer from {string.Join(", ", missing)}: what they remember is not shown.");
        }
    }
}
