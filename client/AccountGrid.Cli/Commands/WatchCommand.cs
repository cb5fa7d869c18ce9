using System.CommandLine;
using AccountGrid.Client;

namespace AccountGrid.Cli.Commands;

/// <summary><c>watch</c>: changes as they commit; survives a server's restart without losing one.</summary>
internal static class WatchCommand
{
    public static Command Create(CommandFactory factory)
    {
        var ids = new Argument<long[]>("ID")
        {
            Description = "Only these accounts, up to 1,000 [default: all]",
            CustomParser = Parsers.AccountIds,
            Arity = new ArgumentArity(0, 1000),
            DefaultValueFactory = _ => [],
        };
        var from = CommonOptions.Whole(
            "--from",
            "Resume behind this position; 0 = from the beginning [default: from now on]",
            0,
            long.MaxValue,
            helpName: "POSITION");
        var limit = CommonOptions.Whole("--limit", "End after so many changes [default: never]", 1, long.MaxValue);
        return factory.New(
            "watch",
            "Streams changes of status, protection and proposals; reconnects and resumes. Role: reader or staff.",
            (run, cancellationToken) => RunAsync(
                run,
                new AccountWatchOptions { Accounts = run.Get(ids), AfterPosition = run.Get(from) },
                run.Get(limit),
                cancellationToken),
            ids, from, limit);
    }

    private static async Task<ExitCode> RunAsync(
        Invocation run, AccountWatchOptions options, long? limit, CancellationToken cancellationToken)
    {
        using var timeout = run.Timeout is { } time
            ? new CancellationTokenSource(time, run.Clock)
            : new CancellationTokenSource();
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token);
        var watch = run.Api.Events.WatchAsync(options);
        var seen = 0L;
        try
        {
            await foreach (var change in watch.WithCancellation(either.Token))
            {
                run.Output.Answer(change, console => JournalViews.Change(console, change));
                if (++seen >= limit)
                {
                    break;
                }
            }

            return ExitCode.Ok;
        }
        catch (OperationCanceledException) when (either.IsCancellationRequested)
        {
            run.Output.Note(watch.Position is { } p ? $"Go on later with --from {p}" : "Nothing was seen.");
            return cancellationToken.IsCancellationRequested
                ? ExitCode.Interrupted
                : throw new CliException(
                    ExitCode.Unavailable, $"The time of {Show.Duration(run.Timeout!.Value)} is over.");
        }
    }
}
