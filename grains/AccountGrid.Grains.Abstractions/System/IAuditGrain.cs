namespace AccountGrid.Grains;

/// <summary>Makes checkpoints and verifies everything. One in the cluster. Key 0.</summary>
[Alias("ag.IAuditGrain")]
public interface IAuditGrain : IGrainWithIntegerKey
{
    /// <summary>Signs a checkpoint if anything was appended since the last one.</summary>
    [Alias("MakeCheckpoint")]
    Task<CheckpointInfo?> MakeCheckpointAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Recomputes every chain, root and signature. One at a time; a second call meanwhile is refused with
    /// <c>Overloaded</c>.
    /// </summary>
    [Orleans.Concurrency.AlwaysInterleave, ResponseTimeout("01:00:00"), Alias("Verify")]
    Task<Answer<VerificationInfo>> VerifyAsync(CancellationToken cancellationToken);

    /// <summary>Checkpoints below a number (0 = from the last), newest first.</summary>
    [Orleans.Concurrency.AlwaysInterleave, Alias("ListCheckpoints")]
    Task<CheckpointPage> ListCheckpointsAsync(long beforeNumber, int max, CancellationToken cancellationToken);
}
