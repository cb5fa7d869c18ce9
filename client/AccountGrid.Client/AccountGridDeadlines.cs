namespace AccountGrid.Client;

/// <summary>
/// The time limit of one attempt, by kind of call. A call may take as many attempts as
/// <see cref="AccountGridRetryOptions.MaxAttempts"/> and the pauses between them; what bounds it as a whole is the
/// caller's <see cref="CancellationToken"/>. Each from 1 millisecond to 24 hours.
/// </summary>
public sealed class AccountGridDeadlines
{
    /// <summary>Reads. Default 10 seconds.</summary>
    public TimeSpan Read { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Commands and single follows. Default 10 seconds.</summary>
    public TimeSpan Command { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>The undo of what a person did. Default 2 minutes.</summary>
    public TimeSpan Undo { get; set; } = TimeSpan.FromMinutes(2);

    /// <summary>The verification of the audit. Default 10 minutes.</summary>
    public TimeSpan Verify { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>
    /// One stream of an ingest, up to <see cref="FollowersClient.MaxFollowsPerStream"/> follows. Default 2 minutes.
    /// </summary>
    public TimeSpan IngestStream { get; set; } = TimeSpan.FromMinutes(2);

    internal TimeSpan? Of(TimeKind kind) => kind switch
    {
        TimeKind.Command => Command,
        TimeKind.Undo => Undo,
        TimeKind.Verify => Verify,
        TimeKind.IngestStream => IngestStream,
        TimeKind.Watch => null,
        _ => Read,
    };
}
