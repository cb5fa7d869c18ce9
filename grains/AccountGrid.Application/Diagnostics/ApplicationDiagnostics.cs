using System.Collections.Frozen;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Text.Json;
using AccountGrid.Domain;

namespace AccountGrid.Application;

/// <summary>
/// Every span and instrument of the application, in one place. Thread-safe; one per silo. No id is ever a metric label;
/// a refusal is an answer and not an error.
/// </summary>
public sealed partial class ApplicationDiagnostics : IDisposable
{
    /// <summary>The name of the activity source and of the meter.</summary>
    public const string Name = "AccountGrid";

    /// <summary>Span tag: the account id.</summary>
    public const string AccountTag = "accountgrid.account";

    /// <summary>Span tag: the operator id.</summary>
    public const string OperatorTag = "accountgrid.operator";

    private static readonly FrozenDictionary<RefusalReason, string> Reasons =
        Enum.GetValues<RefusalReason>()
            .ToFrozenDictionary(r => r, r => JsonNamingPolicy.SnakeCaseUpper.ConvertName(r.ToString()));

    private static readonly InstrumentAdvice<double> Seconds = new()
    {
        HistogramBucketBoundaries = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    };

    private readonly Counter<long> _commands;
    private readonly Counter<long> _refusals;
    private readonly Histogram<double> _commandDuration;
    private readonly Histogram<double> _queueWait;
    private readonly Histogram<double> _appendDuration;
    private readonly Histogram<long> _followBatch;
    private readonly Counter<long> _follows;
    private readonly Counter<long> _queueRefusals;
    private readonly Counter<long> _fencesLost;
    private readonly Counter<long> _snapshotsIgnored;
    private readonly Counter<long> _damagedJournals;

    /// <summary>Makes the instruments; the factory owns the meter.</summary>
    public ApplicationDiagnostics(IMeterFactory meters)
    {
        ArgumentNullException.ThrowIfNull(meters);
        var meter = meters.Create(Name);
        _commands = meter.CreateCounter<long>("accountgrid.commands", "{command}", "Commands, by action and outcome.");
        _refusals = meter.CreateCounter<long>(
            "accountgrid.refusals", "{refusal}", "Refused commands and follows, by action and reason.");
        _commandDuration =
            meter.CreateHistogram("accountgrid.command.duration", "s", "From arrival to answer.", advice: Seconds);
        _queueWait = meter.CreateHistogram("accountgrid.queue.wait", "s", "Waiting for a turn.", advice: Seconds);
        _appendDuration =
            meter.CreateHistogram(
                "accountgrid.append.duration", "s", "Until an append was durable, by result.", advice: Seconds);
        _followBatch = meter.CreateHistogram<long>(
            "accountgrid.follow.batch.size", "{change}", "Follow changes in one transaction.", advice: new()
            {
                HistogramBucketBoundaries = [1, 2, 5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10_000],
            });
        _follows = meter.CreateCounter<long>(
            "accountgrid.follows.applied", "{change}", "Follows and unfollows that changed something.");
        _queueRefusals =
            meter.CreateCounter<long>("accountgrid.queue.refusals", "{refusal}", "Refused at a full queue, by queue.");
        _fencesLost = meter.CreateCounter<long>(
            "accountgrid.fences.lost", "{fence}", "Appends that met another activation's, by kind of stream.");
        _snapshotsIgnored =
            meter.CreateCounter<long>("accountgrid.snapshots.ignored", "{snapshot}", "Snapshots not used, by cause.");
        _damagedJournals =
            meter.CreateCounter<long>(
                "accountgrid.journals.damaged", "{journal}", "Journals that did not fold when loaded.");
        Moderation = new(meter);
        Queues = new(meter);
        Brake = new(meter);
        BeginAtZero();
    }

    /// <summary>Harms, outages, budgets.</summary>
    public ModerationMeters Moderation { get; }

    /// <summary>The brake over the grid.</summary>
    public BrakeMeters Brake { get; }

    /// <summary>How many calls wait in each queue.</summary>
    public QueueMeters Queues { get; }

    /// <summary>The source of every span of the application.</summary>
    public ActivitySource Source { get; } = new(Name);

    /// <summary>A reason as the wire writes it.</summary>
    public static string NameOf(RefusalReason reason) => Reasons.GetValueOrDefault(reason, "UNKNOWN");

    /// <summary>Ends the activity source.</summary>
    public void Dispose() => Source.Dispose();

    /// <summary>The W3C trace id of the current activity, 32 lower-case hex digits, or empty.</summary>
    internal static string CurrentTraceId =>
        Activity.Current is { IdFormat: ActivityIdFormat.W3C } current ? current.TraceId.ToHexString() : "";

    internal Activity? Start(string span) => Source.StartActivity(span);

    internal CommandRun StartCommand(string span, string action, TimeProvider clock) =>
        new(this, Source.StartActivity(span), action, clock);

    internal void Waited(TimeSpan wait) => _queueWait.Record(wait.TotalSeconds);

    internal void Appended(TimeSpan duration, string result) =>
        _appendDuration.Record(duration.TotalSeconds, Tag("result", result));

    internal void FollowsApplied(int changes, int changed)
    {
        _followBatch.Record(changes);
        _follows.Add(changed);
    }

    internal void Refused(string action, Refusal refusal) =>
        _refusals.Add(1, Tag("action", action), Tag("reason", NameOf(refusal.Reason)));

    internal void QueueFull(string queue) => _queueRefusals.Add(1, Tag("queue", queue));

    internal void FenceLost(string stream) => _fencesLost.Add(1, Tag("stream", stream));

    internal void SnapshotIgnored(string cause) => _snapshotsIgnored.Add(1, Tag("cause", cause));

    internal void JournalDamaged() => _damagedJournals.Add(1);

    private static KeyValuePair<string, object?> Tag(string name, string value) => new(name, value);

    /// <summary>One command from arrival to answer; exactly one of the ends is called before it is disposed.</summary>
    internal readonly struct CommandRun(
        ApplicationDiagnostics owner, Activity? activity, string action, TimeProvider clock) : IDisposable
    {
        private readonly long _start = clock.GetTimestamp();

        public Activity? Activity => activity;

        public void Answered(Outcome outcome, Refusal? refusal)
        {
            if (refusal is not null)
            {
                activity?.SetTag("accountgrid.refusal", NameOf(refusal.Reason));
                owner.Refused(action, refusal);
            }

            End(outcome switch { Outcome.Done => "done", Outcome.Pending => "pending", _ => "refused" });
        }

        /// <summary>No answer: only what the caller has to find out by a retry is an unknown outcome.</summary>
        public void Failed(Exception exception)
        {
            var outcome = exception switch
            {
                OperationCanceledException => "cancelled",
                StorageUnavailableException { OutcomeUnknown: false } => "failed",
                StorageUnavailableException => "unknown",
                _ => "failed",
            };
            if (outcome != "cancelled")
            {
                activity?.SetStatus(ActivityStatusCode.Error, exception.GetType().Name);
            }

            End(outcome);
        }

        public void Dispose() => activity?.Dispose();

        private void End(string outcome)
        {
            activity?.SetTag("accountgrid.action", action).SetTag("accountgrid.outcome", outcome);
            owner._commands.Add(1, Tag("action", action), Tag("outcome", outcome));
            owner._commandDuration.Record(
                clock.GetElapsedTime(_start).TotalSeconds, Tag("action", action), Tag("outcome", outcome));
        }
    }
}
