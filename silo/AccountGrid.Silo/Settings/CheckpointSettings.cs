namespace AccountGrid.Silo;

/// <summary>When checkpoints are made and where they go.</summary>
public sealed class CheckpointSettings
{
    /// <summary>
    /// The log outside the database; <c>null</c> = <c>checkpoints.jsonl</c> in the data directory. Better on another
    /// disk.
    /// </summary>
    public string? File { get; set; }

    /// <summary>
    /// How often one is made, if anything was appended; one more at every orderly stop. 1 second to 1 day; default 1
    /// minute.
    /// </summary>
    public TimeSpan Interval { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>
    /// PEM files of keys that are trusted beside the current one: those that signed earlier checkpoints, and before a
    /// change the next one. A public key verifies checkpoints; a private one verifies the MACs of entries as well.
    /// </summary>
    public IList<string> EarlierKeys { get; } = [];
}
