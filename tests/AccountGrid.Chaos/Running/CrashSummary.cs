using System.Globalization;
using AccountGrid.Chaos.Histories;
using AccountGrid.Chaos.Nemeses;

namespace AccountGrid.Chaos.Running;

/// <summary>What a run did, so that nobody takes an idle run for a passed one.</summary>
internal sealed record CrashSummary
{
    public required int Seed { get; init; }

    public required int Kills { get; init; }

    public required int KillsBeforeReady { get; init; }

    public required int TornWrites { get; init; }

    public required int TornLines { get; init; }

    /// <summary>Operations with a final word that is no refusal.</summary>
    public required int Acknowledged { get; init; }

    /// <summary>Of those, commands, which stand in a journal.</summary>
    public required int AcknowledgedCommands { get; init; }

    public required int Refused { get; init; }

    /// <summary>Operations that never got a final word.</summary>
    public required int Unknown { get; init; }

    /// <summary>Operations that got their final word in a later attempt.</summary>
    public required int Retried { get; init; }

    /// <summary>
    /// Of those, commands that had acted in an earlier attempt: the ones that a lost request id would have doubled.
    /// </summary>
    public required int AnsweredByReplay { get; init; }

    public required int ProtectedTakedowns { get; init; }

    /// <summary>Entries that the system made: ended suspensions, fired and expired actions.</summary>
    public required int SystemActs { get; init; }

    public required long Edges { get; init; }

    public required long Checkpoints { get; init; }

    public required TimeSpan LongestUnavailability { get; init; }

    public required string Errors { get; init; }

    /// <summary>Counts it.</summary>
    public static CrashSummary Of(
        int seed, HistorySnapshot history, RecoveredState last, Nemesis nemesis, TimeSpan longestUnavailability)
    {
        var acknowledged = history.Acknowledged;
        return new()
        {
            Seed = seed,
            Kills = nemesis.Kills,
            KillsBeforeReady = nemesis.KillsBeforeReady,
            TornWrites = nemesis.TornWrites,
            TornLines = nemesis.TornLines,
            Acknowledged = acknowledged.Length,
            AcknowledgedCommands = acknowledged.Count(o => o.Intent.IsCommand),
            Refused = history.Refused,
            Unknown = history.Operations.Count(o => o.Answer is null),
            Retried = history.Operations.Count(o => o.Answer is not null && o.Attempts.Length > 1),
            AnsweredByReplay = CountReplays(acknowledged, last),
            ProtectedTakedowns = last.ProtectedTakedowns,
            SystemActs = last.SystemActs,
            Edges = last.Disk?.Followers.Values.Sum(f => (long)f.Count) ?? 0,
            Checkpoints = last.Audit.Checkpoints,
            LongestUnavailability = longestUnavailability,
            Errors = string.Join(", ", history.Errors.Select(e => $"{e.Value} {e.Key}")),
        };
    }

    /// <summary>The entry carries the trace of an attempt that was not the answered one.</summary>
    private static int CountReplays(IEnumerable<Operation> acknowledged, RecoveredState last)
    {
        var traces = last.Journal.Where(l => l.RequestId.Length > 0)
            .DistinctBy(l => l.RequestId).ToDictionary(l => l.RequestId, l => l.TraceId);
        return acknowledged.Count(
            o => o.Intent.RequestId is { } id && traces.GetValueOrDefault(id) is { } trace
                && trace != o.Attempts[^1].TraceId);
    }

    /// <summary>One line.</summary>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"Chaos seed {Seed}: {Kills} kills ({KillsBeforeReady} before ready, {TornWrites} inside a write, {TornLines} torn lines); {Acknowledged} operations acknowledged ({AcknowledgedCommands} commands), {Refused} refused, {Unknown} unknown, {Retried} retried ({AnsweredByReplay} answered by replay); {ProtectedTakedowns} protected takedowns, {SystemActs} acts of the system, {Edges} edges, {Checkpoints} checkpoints; longest unavailability {LongestUnavailability.TotalSeconds:0.0} s; errors: {Errors}");
}
