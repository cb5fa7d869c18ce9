using System.Collections.Immutable;
using AccountGrid.Domain;

namespace AccountGrid.Storage;

/// <summary>
/// The settings that every store has: the depths of its queues and the numbers of its connections. Immutable; checked
/// by <see cref="RequireValid"/> before anything is opened.
/// </summary>
public abstract record StoreOptions
{
    /// <summary>
    /// Appends, and counted apart follow batches, that may wait for a writer; the next one is refused as overload. 1 to
    /// 1,000,000; default 8,192, which a writer commits within about a second.
    /// </summary>
    public int WriterQueueDepth { get; init; } = 8_192;

    /// <summary>
    /// Follow changes that may wait, over all batches, each of which counts as one more.
    /// <see cref="Limits.FollowBatch"/> to 100,000,000; default 500,000 (8 MB of memory).
    /// </summary>
    public int FollowQueueChanges { get; init; } = 500_000;

    /// <summary>
    /// Most appends in one transaction; follows are limited by their rows. 1 to 65,536; default 1,024. It limits how
    /// long the first caller waits for the last.
    /// </summary>
    public int MaxBatch { get; init; } = 1_024;

    /// <summary>Connections that read at the same time. The range and the default are each store's own.</summary>
    public abstract int Readers { get; init; }

    /// <summary>
    /// Reads that may run or wait for a connection; the next one is refused as overload. 1 to 1,000,000; default 4,096.
    /// </summary>
    public int ReadQueueDepth { get; init; } = 4_096;

    /// <summary>
    /// Existence checks that may run or wait; the next one is refused as overload, so that many requests for unknown
    /// ids neither fill memory nor take the connections from other reads. 1 to <see cref="ReadQueueDepth"/>; default
    /// 1,024: several times what one batch of reads or follows asks for at a time.
    /// </summary>
    public int ExistsQueueDepth { get; init; } = 1_024;

    /// <summary>Audit views open at the same time; each keeps old rows alive. 1 to 16; default 2.</summary>
    public int AuditViews { get; init; } = 2;

    /// <summary>
    /// The delay that a refusal as overload asks its caller for. 1 millisecond to 1 minute; default 1 second.
    /// </summary>
    public TimeSpan RetryAfter { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// Every broken rule, each a sentence that begins with the setting's name; empty when all is well.
    /// </summary>
    public ImmutableArray<string> Validate() => Checked().Broken;

    /// <summary>Refuses settings that break a rule.</summary>
    /// <exception cref="ArgumentException">
    /// A rule is broken: the message has all that are, the parameter's name is the first such setting.
    /// </exception>
    public void RequireValid() => Checked().ThrowIfBroken();

    /// <summary>Checks every setting.</summary>
    protected virtual void Check(SettingCheck check)
    {
        ArgumentNullException.ThrowIfNull(check);
        check.In(WriterQueueDepth, 1, 1_000_000, nameof(WriterQueueDepth));
        check.In(FollowQueueChanges, Limits.FollowBatch, 100_000_000, nameof(FollowQueueChanges));
        check.In(MaxBatch, 1, 65_536, nameof(MaxBatch));
        check.In(ReadQueueDepth, 1, 1_000_000, nameof(ReadQueueDepth));
        check.In(ExistsQueueDepth, 1, ReadQueueDepth, nameof(ExistsQueueDepth));
        check.In(AuditViews, 1, 16, nameof(AuditViews));
        check.In(RetryAfter, TimeSpan.FromMilliseconds(1), TimeSpan.FromMinutes(1), nameof(RetryAfter));
    }

    private SettingCheck Checked()
    {
        var check = new SettingCheck();
        Check(check);
        return check;
    }
}
