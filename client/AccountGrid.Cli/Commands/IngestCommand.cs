using System.CommandLine;
using AccountGrid.Cli.Ingest;
using AccountGrid.V1;
using Grpc.Core;
using Spectre.Console;

namespace AccountGrid.Cli.Commands;

/// <summary><c>ingest</c>: many follows and unfollows from NDJSON.</summary>
internal static class IngestCommand
{
    public static Command Create(CommandFactory factory)
    {
        var file = new Argument<string>("FILE") { Description = "NDJSON, one {\"account\":\"1\",\"follower\":\"2\",\"op\":\"follow\"} per line; - is standard input" };
        var fromLine = new Option<long?>("--from-line")
        {
            Description = "Begin at this line: where an earlier run was interrupted",
            HelpName = "N",
            CustomParser = Parsers.Whole(1, long.MaxValue),
            DefaultValueFactory = _ => 1,
        };
        return factory.New(
            "ingest",
            "Sends many follows and unfollows. Bad lines are named by number, the rest counts. Sending a line twice does no harm. "
                + "Exit code 1: some lines were refused. Role: service.",
            async (run, cancellationToken) =>
            {
                var path = run.Get(file);
                await using var input = path == "-" ? run.Host.OpenInput() : Open(path);
                long? size = input.CanSeek ? input.Length : null;
                var ingest = new IngestRun(run, input, run.Get(fromLine)!.Value);
                var stoppedBy = await ProgressLine.RunAsync(
                    run.Output, path == "-" ? "standard input" : Path.GetFileName(path), size, report => ingest.SendAsync(report, cancellationToken));

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
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
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
    private readonly List<Follow> _follows = new(FollowSender.StreamSize);
    private readonly List<long> _lines = new(FollowSender.StreamSize);
    private long _resumeFrom = firstLine;

    /// <summary>Sends everything. Answers what stopped it early, or <c>null</c>.</summary>
    public async Task<Exception?> SendAsync(Action<long> report, CancellationToken cancellationToken)
    {
        // Resolved first: a missing token must not wait for the first full batch.
        var sender = new FollowSender(run.Api, run.Calls);
        try
        {
            await foreach (var line in FollowLines.ReadAsync(input, _resumeFrom, cancellationToken))
            {
                Take(line);
                if (_follows.Count == FollowSender.StreamSize)
                {
                    await SendAsync(sender, line.Number + 1, report, cancellationToken);
                }
            }

            await SendAsync(sender, null, report, cancellationToken);
            return null;
        }
        catch (Exception e) when (e is RpcException or OperationCanceledException or IOException)
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

    private void Take(FollowLine line)
    {
        if (line.Follow is { } follow)
        {
            _follows.Add(follow);
            _lines.Add(line.Number);
        }
        else
        {
            _total.Received++;
            _total.Failed++;
            AddError(line.Number, "INVALID_ARGUMENT", line.Problem);
        }
    }

    private async Task SendAsync(FollowSender sender, long? nextLine, Action<long> report, CancellationToken cancellationToken)
    {
        if (_follows.Count > 0)
        {
            var answer = await sender.SendAsync(_follows, cancellationToken);
            _total.Received += answer.Received;
            _total.Changed += answer.Changed;
            _total.Unchanged += answer.Unchanged;
            _total.Failed += answer.Failed;
            foreach (var error in answer.Errors.Where(e => e.Line >= 1 && e.Line <= _lines.Count))
            {
                // The server counts within the stream; the person counts lines of the file.
                AddError(_lines[(int)error.Line - 1], error.Reason, error.Message);
            }

            _follows.Clear();
            _lines.Clear();
        }

        _resumeFrom = nextLine ?? _resumeFrom;
        report(input.CanSeek ? input.Position : _total.Received);
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
        var error = why is RpcException rpc && !cancellationToken.IsCancellationRequested ? ServerError.From(rpc) : null;
        var hint = $"Everything before line {_resumeFrom} is done. Go on with --from-line {_resumeFrom}";
        if (error is not null)
        {
            run.Output.Fail(error, hint);
            return error.ExitCode;
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
                run.Output.ErrorConsole.MarkupLine($"[red]line {error.Line}:[/] {Show.Text(error.Reason)}: {Show.Text(error.Message)}");
            }

            if (_total.Failed > PrintedErrors)
            {
                run.Output.Note($"... and {Show.Count(_total.Failed - PrintedErrors)} more; --json names the first {Show.Count(ReportedErrors)}.");
            }
        }

        run.Output.Answer(_total, console => console.Write(Tables.Facts(
            ("Read", Show.Count(_total.Received)),
            ("Changed", Show.Count(_total.Changed)),
            ("Already so", Show.Count(_total.Unchanged)),
            ("Refused", _total.Failed == 0 ? "0" : $"[red]{Show.Count(_total.Failed)}[/]"))));
    }
}
