using System.Diagnostics;
using System.Globalization;
using AccountGrid.Chaos.Histories;
using AccountGrid.Chaos.Running;
using AccountGrid.Chaos.Workloads;

namespace AccountGrid.Chaos.Nemeses;

/// <summary>
/// Strikes. Every blow ends with a dead process. A blow that waits for an occasion does not wait for ever: then it
/// strikes anyway.
/// </summary>
internal sealed class Nemesis(SiloUnderTest silo, History history, Workload workload)
{
    private static readonly TimeSpan Occasion = TimeSpan.FromSeconds(10);

    /// <summary>Deaths so far.</summary>
    public int Kills { get; private set; }

    /// <summary>Of those in a start, how many came before it was ready.</summary>
    public int KillsBeforeReady { get; private set; }

    /// <summary>Deaths inside a write.</summary>
    public int TornWrites { get; private set; }

    /// <summary>Lines torn.</summary>
    public int TornLines { get; private set; }

    /// <summary>Carries out one step, from the moment at which the clients work to the death.</summary>
    public async Task StrikeAsync(NemesisStep step, CancellationToken cancellationToken)
    {
        await Task.WhenAny(history.NextAnswersAsync(step.Answers), Task.Delay(Occasion, cancellationToken));
        switch (step.Blow)
        {
            case Blow.AfterAcknowledgedCommand:
                await KillOnTheHeelsAsync(o => o.Intent.IsCommand && o.Answer is { Verdict: not Verdict.Refused });
                break;
            case Blow.AfterAcknowledgedFollow:
                await KillOnTheHeelsAsync(o => o.Answer is { Changed: > 0 });
                break;
            case Blow.DuringIngest:
                await workload.BeginBigIngestAsync(cancellationToken);
                await Task.Delay(TimeSpan.FromMilliseconds(400) * step.Fraction, cancellationToken);
                await silo.KillAsync();
                break;
            case Blow.DuringCheckpoint:
                await WaitForGrowthAsync(silo.CheckpointLog, cancellationToken);
                await silo.KillAsync();
                break;
            case Blow.TornWrite:
                await TearAWriteAsync(step.Fraction, cancellationToken);
                break;
            case Blow.AtAnyMoment or Blow.TornCheckpointLog or Blow.DuringStart:
                await Task.Delay(TimeSpan.FromMilliseconds(50) * step.Fraction, cancellationToken);
                await silo.KillAsync();
                break;
            default:
                throw new InvalidOperationException($"Unknown blow {step.Blow}.");
        }

        Kills++;
    }

    /// <summary>What is done to the dead: torn lines, starts that are killed.</summary>
    /// <param name="step">The step.</param>
    /// <param name="durable">
    /// The number of the last checkpoint that cannot have been in a write: it is in the database, or was there at a
    /// recovery.
    /// </param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task AfterDeathAsync(NemesisStep step, long durable, CancellationToken cancellationToken)
    {
        if (step.Blow == Blow.TornCheckpointLog)
        {
            TearLastLine(durable, step.Fraction);
        }
        else if (step.Blow == Blow.DuringStart)
        {
            KillsBeforeReady += await silo.KillDuringStartAsync(step.Fraction, cancellationToken) ? 1 : 0;
            Kills++;
        }
    }

    /// <summary>The kill is sent by the client's own thread, in the moment in which it has its answer.</summary>
    private async Task KillOnTheHeelsAsync(Func<Operation, bool> filter)
    {
        var killed = new TaskCompletionSource<Task>(TaskCreationOptions.RunContinuationsAsynchronously);
        history.OnNextAcknowledged(filter, _ => killed.TrySetResult(silo.KillAsync()));
        if (await Task.WhenAny(killed.Task, Task.Delay(Occasion)) == killed.Task)
        {
            await await killed.Task;
        }
        else
        {
            history.OnNextAcknowledged(_ => false, _ => { });
            await silo.KillAsync();
        }
    }

    /// <summary>
    /// The file may grow by a few more bytes and no further: the kernel writes the part of a frame that still fits, and
    /// ends the process with SIGXFSZ at the next byte. Where prlimit is not there, it is an ordinary kill.
    /// </summary>
    private async Task TearAWriteAsync(double fraction, CancellationToken cancellationToken)
    {
        var limit = WriteAheadLog.End(Path.Combine(silo.DataDirectory, "accountgrid.db-wal")) + 1
            + (long)(fraction * 16_384);
        if (await TryLimitFileSizeAsync(silo.ProcessId, limit, cancellationToken))
        {
            try
            {
                await silo.WaitForDeathAsync(Occasion, cancellationToken);
                TornWrites++;
                return;
            }
            catch (TimeoutException)
            {
                // Nobody wrote.
            }
        }

        await silo.KillAsync();
    }

    /// <summary>Limits how large a file the process may write, from now on. It may lift the limit again.</summary>
    public static async Task<bool> TryLimitFileSizeAsync(
        int processId, long? bytes, CancellationToken cancellationToken)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(
                "prlimit",
                [
                    "--pid", processId.ToString(CultureInfo.InvariantCulture), "--core=0:",
                    bytes is { } limit
                        ? string.Create(CultureInfo.InvariantCulture, $"--fsize={limit}:")
                        : "--fsize=unlimited:",
                ]))!;
            await process.WaitForExitAsync(cancellationToken);
            return process.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }

    private void TearLastLine(long durable, double fraction)
    {
        if (File.Exists(silo.CheckpointLog)
            && Torn(File.ReadAllText(silo.CheckpointLog), durable, fraction) is { } torn)
        {
            File.WriteAllText(silo.CheckpointLog, torn);
            TornLines++;
        }
    }

    /// <summary>
    /// The checkpoint log behind a power cut between a write and its flush, which may leave any part of the line: a
    /// last line that may have been in a write is cut short; otherwise a part of a next line is left behind.
    /// </summary>
    /// <param name="log">The log before it.</param>
    /// <param name="durable">So many lines were flushed.</param>
    /// <param name="fraction">How much of the line is left, from 0 to 1.</param>
    /// <returns>The log; <c>null</c> where it has no line.</returns>
    internal static string? Torn(string log, long durable, double fraction)
    {
        var lines = log.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        if (lines.Length == 0)
        {
            return null;
        }

        var part = lines[^1][..(int)(lines[^1].Length * fraction)];
        var whole = lines.Length > durable ? lines[..^1] : lines;
        return string.Concat(whole.Select(static l => l + "\n")) + part;
    }

    private static async Task WaitForGrowthAsync(string path, CancellationToken cancellationToken)
    {
        // A watcher tells a moment too late; looking is the only way to strike between the two writes of a checkpoint.
        var before = Length(path);
        var began = TimeProvider.System.GetTimestamp();
        while (Length(path) <= before && TimeProvider.System.GetElapsedTime(began) < Occasion)
        {
            await Task.Delay(1, cancellationToken);
        }
    }

    private static long Length(string path) => new FileInfo(path) is { Exists: true } file ? file.Length : 0;
}
