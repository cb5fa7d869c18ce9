using System.CommandLine;
using System.Runtime.CompilerServices;
using AccountGrid.Cli.Ingest;
using AccountGrid.Client;
using AccountGrid.V1;
using Spectre.Console;

namespace AccountGrid.Cli.Commands;

/// <summary><c>ingest</c>: many follows and unfollows from NDJSON.</summary>
internal static class IngestCommand
{
    public static Command Create(CommandFactory factory)
    {
        var file = new Argument<string>("FILE")
        {
            Description = "NDJSON, one {\"account\":\"1\",\"follower\":\"2\",\"op\":\"follow\"} per line; "
                + "- is standard input",
        };
        var fromLine = CommonOptions.Whole(
            "--from-line", "Begin at this line: where an earlier run was interrupted", 1, long.MaxValue, preset: 1);
        return factory.New(
            "ingest",
            "Sends many follows and unfollows. Bad lines are named by number, the rest counts. Sending a line twice "
                + "does no harm. Exit code 1: some lines were refused. Role: follower-writer.",
            async (run, cancellationToken) =>
            {
                var path = run.Get(file);
                await using var input = path == "-" ? run.Host.OpenInput() : Open(path);
                long? size = input.CanSeek ? input.Length : null;
                var ingest = new IngestRun(run, input, run.Get(fromLine)!.Value);
                var stoppedBy = await ProgressLine.RunAsync(
                    run.Output,
                    path == "-" ? "standard input" : Path.GetFileName(path),
                    size,
                    report => ingest.SendAsync(report, cancellationToken));

                // Only now: a progress bar that is still there would clear what is printed.
                return ingest.Report(stoppedBy, cancellationToken);
            },
            file, fromLine);
    }

    private static FileStream Open(string path)
    {
        try
        {
            return File.OpenRead(path);
        }
        catch (Exception e) when (
            e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw CliException.Usage($"FILE: {e.Message}");
        }
    }
}

/// <summary>One run of an ingest: batches, totals, and the line from which to resume.</summary>
internal sealed class IngestRun(Invocation run, Stream input, long firstLine)
{
    private const int ReportedErrors = 1000;
    private const int PrintedErrors = 20;

    private readonly IngestFollowsResponse _total = new();

    /// <summary>
    /// The lines of the follows that are not acknowledged yet: the server counts follows, the person counts lines of
    /// the file.
    /// </summary>
    private readonly List<long> _lines = [];

    private long _resumeFrom = firstLine;
    private long _lastRead;

    /// <summary>Sends everything. Answers what stopped it early, or <c>null</c>.</summary>
    public async Task<Exception?> SendAsync(Action<long> report, CancellationToken cancellationToken)
    {
        // Resolved first: a missing token must not wait for the first full batch.
        var followers = run.Api.Followers;
        try
        {
            var lines = GoodLinesAsync(cancellationToken);
            await foreach (var acknowledged in followers.IngestAsync(lines, cancellationToken))
            {
                Add(acknowledged);
                _resumeFrom = _lastRead + 1;
                report(input.CanSeek ? input.Position : _total.Received);
            }

            report(input.CanSeek ? input.Position : _total.Received);
            return null;
        }
        catch (Exception e) when (e is AccountGridException or OperationCanceledException or IOException)
        {
            return e;
        }
    }

    /// <summary>Prints totals and, where it was stopped early, the line to resume from.</summary>
    public ExitCode Report(Exception? stoppedBy, CancellationToken cancellationToken)
    {
        PrintTotals();
        return stoppedBy is not null ? Interrupted(stoppedBy, cancellationToken)
            : _total.Failed > 0 ? ExitCode.CheckFailed
            : ExitCode.Ok;
    }

    private async IAsyncEnumerable<Follow> GoodLinesAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var line in FollowLines.ReadAsync(input, _resumeFrom, cancellationToken))
        {
            _lastRead = line.Number;
            if (line.Follow is { } follow)
            {
                _lines.Add(line.Number);
                yield return follow;
            }
            else
            {
                _total.Received++;
                _total.Failed++;
                AddError(line.Number, "INVALID_ARGUMENT", line.Problem);
            }
        }
    }

    private void Add(FollowsAcknowledged acknowledged)
    {
        var answer = acknowledged.Answer;
        _total.Received += answer.Received;
        _total.Changed += answer.Changed;
        _total.Unchanged += answer.Unchanged;
        _total.Failed += answer.Failed;
        var before = acknowledged.Through - _lines.Count;
        foreach (var error in answer.Errors.Where(e => e.Line > before && e.Line <= acknowledged.Through))
        {
            AddError(_lines[(int)(error.Line - before) - 1], error.Reason, error.Message);
        }

        _lines.Clear();
    }

    private void AddError(long line, string reason, string message)
    {
        if (_total.Errors.Count < ReportedErrors)
        {
            _total.Errors.Add(new IngestError { Line = line, Reason = reason, Message = message });
        }
    }

    private ExitCode Interrupted(Exception why, CancellationToken cancellationToken)
    {
        var hint = $"Everything before line {_resumeFrom} is done. Go on with --from-line {_resumeFrom}";
        if (why is AccountGridException error && !cancellationToken.IsCancellationRequested)
        {
            run.Output.Fail(error, hint);
            return ServerError.From(error).ExitCode;
        }

        run.Output.Fail(why is IOException io ? $"{io.Message} {hint}" : $"Interrupted. {hint}");
        return why is IOException ? ExitCode.Usage : ExitCode.Interrupted;
    }

    private void PrintTotals()
    {
        var inOrder = _total.Errors.OrderBy(e => e.Line).ToArray();
        _total.Errors.Clear();
        _total.Errors.AddRange(inOrder);
        if (!run.Output.IsJson)
        {
            foreach (var error in inOrder.Take(PrintedErrors))
            {
                run.Output.ErrorConsole.MarkupLine(
                    $"[red]line {error.Line}:[/] {Show.Text(error.Reason)}: {Show.Text(error.Message)}");
            }

            if (_total.Failed > PrintedErrors)
            {
                run.Output.Note(
                    $"... and {Show.Count(_total.Failed - PrintedErrors)} more; "
                        + $"--json names the first {Show.Count(ReportedErrors)}.");
            }
        }

        run.Output.Answer(_total, console => console.Write(Tables.Facts(
            ("Read", Show.Count(_total.Received)),
            ("Changed", Show.Count(_total.Changed)),
            ("Already so", Show.Count(_total.Unchanged)),
            ("Refused", _total.Failed == 0 ? "0" : $"[red]{Show.Count(_total.Failed)}[/]"))));
    }
}
