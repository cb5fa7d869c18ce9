using System.Diagnostics;
using System.Diagnostics.Metrics;
using AccountGrid.Application;

namespace AccountGrid.Storage;

/// <summary>A store's spans and instruments. Labels are of small fixed sets, never ids. Thread-safe.</summary>
public sealed class StorageDiagnostics : IDisposable
{
    /// <summary>The name of both the activity source and the meter.</summary>
    public const string Name = "AccountGrid.Storage";

    private static readonly ActivitySource Source = new(Name);
    private readonly string _system;
    private readonly Meter? _ownMeter;
    private readonly Histogram<double> _commitDuration;
    private readonly Histogram<long> _commitOperations;
    private readonly Histogram<long> _commitRows;
    private readonly Counter<long> _failures;
    private readonly Counter<long> _refused;
    private volatile WriteTrouble? _trouble;

    /// <summary>Makes the instruments.</summary>
    /// <param name="system">The database, by OpenTelemetry's name for it (<c>db.system.name</c>).</param>
    /// <param name="factory">Makes the meter; <c>null</c> = one of its own.</param>
    /// <param name="queued">How many operations wait now.</param>
    public StorageDiagnostics(string system, IMeterFactory? factory, Func<(int Commands, int Follows)> queued)
    {
        _system = system;

        // A meter of a factory is the factory's to dispose.
        var meter = factory?.Create(Name) ?? (_ownMeter = new Meter(Name));
        _commitDuration = meter.CreateHistogram(
            "accountgrid.storage.commit.duration", "s", "Time from the beginning of a transaction until it is durable.",
            advice: new InstrumentAdvice<double>
            {
                HistogramBucketBoundaries = [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1,
                    0.25, 0.5, 1, 2.5, 5, 10],
            });
        _commitOperations = meter.CreateHistogram(
            "accountgrid.storage.commit.operations", "{operation}", "Operations in one transaction.",
            advice: new InstrumentAdvice<long>
            {
                HistogramBucketBoundaries = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024],
            });
        _commitRows = meter.CreateHistogram(
            "accountgrid.storage.commit.rows", "{row}", "Rows that one transaction was asked to write.",
            advice: new InstrumentAdvice<long>
            {
                HistogramBucketBoundaries = [1, 4, 16, 64, 256, 1024, 4096, 16384],
            });
        _failures = meter.CreateCounter<long>(
            "accountgrid.storage.failures", "{operation}", "Operations that the store failed, by kind of failure.");
        _refused = meter.CreateCounter<long>(
            "accountgrid.storage.refused", "{operation}", "Operations refused because a queue was full, by queue.");
        meter.CreateObservableGauge(
            "accountgrid.storage.queue.depth",
            () =>
            {
                var (commands, follows) = queued();
                return new[] { new Measurement<int>(commands, Tag(StoreQueue.Commands)), new Measurement<int>(
                    follows, Tag(StoreQueue.Follows)) };
            },
            "{operation}",
            "Operations that wait for the writer.");

        // From the start: alerts look at their growth.
        _failures.Add(0, new KeyValuePair<string, object?>("error.type", "other"));
        foreach (var queue in StoreQueue.All)
        {
            _refused.Add(0, Tag(queue));
        }
    }

    /// <summary>
    /// Begins the span of a commit, linked to the commands that it carries, and they to it; <c>null</c> without a
    /// listener.
    /// </summary>
    /// <param name="batch">What the transaction carries.</param>
    /// <param name="rows">Rows that it is asked to write.</param>
    public Activity? StartCommit<T>(IReadOnlyList<T> batch, int rows)
        where T : IWriteOperation
    {
        if (!Source.HasListeners())
        {
            return null;
        }

        var callers = batch.Select(static o => o.Caller).Where(static c => c is not null).ToArray();

        // A trace of its own: the span belongs to no single command of the batch.
        Activity.Current = null;
        var activity = Source.StartActivity(
            "storage commit",
            ActivityKind.Client,
            parentContext: default,
            links: [.. callers.Select(static c => new ActivityLink(c!.Context))]);
        if (activity is not { IsAllDataRequested: true })
        {
            return activity;
        }

        activity.SetTag("db.system.name", _system)
            .SetTag("db.operation.batch.size", batch.Count)
            .SetTag("accountgrid.storage.rows", rows);
        var itself = new ActivityLink(activity.Context);
        foreach (var caller in callers)
        {
            caller!.AddLink(itself);
        }

        return activity;
    }

    /// <summary>Why writes fail, while the last one failed for want of space or by the disk.</summary>
    public WriteTrouble? Trouble => _trouble;

    /// <summary>Counts a transaction that is durable.</summary>
    public void Committed(TimeSpan took, int operations, int rows)
    {
        _trouble = null;
        _commitDuration.Record(took.TotalSeconds);
        _commitOperations.Record(operations);
        _commitRows.Record(rows);
    }

    /// <summary>Counts an operation that failed.</summary>
    /// <param name="kind">The kind of failure, of a small fixed set.</param>
    public void Failed(string kind) => _failures.Add(1, new KeyValuePair<string, object?>("error.type", kind));

    /// <summary>Counts a write that failed, and keeps why where it is the disk.</summary>
    /// <param name="kind">The kind of failure, of a small fixed set.</param>
    /// <param name="at">When it failed.</param>
    public void WriteFailed(string kind, DateTimeOffset at)
    {
        Failed(kind);
        _trouble = kind is "disk full" or "i/o error" ? new(kind, at) : _trouble;
    }

    /// <summary>Counts an operation that found its queue full, and makes its refusal.</summary>
    /// <param name="queue">The queue.</param>
    /// <param name="retryAfter">The delay that the refusal asks for.</param>
    public StorageOverloadedException Refuse(StoreQueue queue, TimeSpan retryAfter)
    {
        ArgumentNullException.ThrowIfNull(queue);
        _refused.Add(1, Tag(queue));
        return new StorageOverloadedException(queue.Title, retryAfter);
    }

    /// <inheritdoc />
    public void Dispose() => _ownMeter?.Dispose();

    private static KeyValuePair<string, object?> Tag(StoreQueue queue) => new("accountgrid.storage.queue", queue.Name);
}
