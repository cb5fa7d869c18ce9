using System.Globalization;
using AccountGrid.Chaos.Histories;
using AccountGrid.Chaos.Running;

namespace AccountGrid.Chaos.Clusters;

/// <summary>What a run did, so that nobody takes an idle run for a passed one.</summary>
internal sealed record ClusterSummary
{
    public required int Seed { get; init; }

    public required int Strikes { get; init; }

    public required int Operations { get; init; }

    /// <summary>Commands with a final word that is no refusal.</summary>
    public required int AcknowledgedCommands { get; init; }

    public required int Refused { get; init; }

    public required int ProtectedTakedowns { get; init; }

    /// <summary>Entries that the system made: ended suspensions, fired and expired actions.</summary>
    public required int SystemActs { get; init; }

    public required long Edges { get; init; }

    public required long Entries { get; init; }

    public required long Checkpoints { get; init; }

    public required Availability Availability { get; init; }

    /// <summary>Counts it.</summary>
    public static ClusterSummary Of(
        int seed, int strikes, HistorySnapshot history, RecoveredState last, Availability availability)
    {
        return new()
        {
            Seed = seed,
            Strikes = strikes,
            Operations = history.Operations.Length,
            AcknowledgedCommands = history.Acknowledged.Count(static o => o.Intent.IsCommand),
            Refused = history.Refused,
            ProtectedTakedowns = last.ProtectedTakedowns,
            SystemActs = last.SystemActs,
            Edges = last.Accounts.Values.Sum(static a => a.Served.Followers?.Count ?? 0),
            Entries = last.Audit.Entries,
            Checkpoints = last.Audit.Checkpoints,
            Availability = availability,
        };
    }

    /// <summary>Two lines.</summary>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"""
        Seed {Seed}: {Strikes} strikes; {Operations} operations, {AcknowledgedCommands} commands acknowledged, {Refused} refused; {Entries} journal entries, {ProtectedTakedowns} protected takedowns, {SystemActs} acts of the system, {Edges} edges, {Checkpoints} checkpoints; everything holds
        {Availability}
        """);
}
