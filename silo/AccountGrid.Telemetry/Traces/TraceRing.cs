using System.Collections.Immutable;
using System.Diagnostics;
using AccountGrid.Grains;

namespace AccountGrid.Telemetry;

/// <summary>
/// The last traces of this process, bounded in number, in spans of each and in bytes. The oldest are dropped first;
/// traces of people's commands then move to a second queue, so that they outlive a flood of services' requests.
/// Thread-safe.
/// </summary>
/// <remarks>
/// An ended span is kept as it is and mapped only when it is read, because every command passes here.
/// </remarks>
internal sealed class TraceRing(TraceSettings settings) : ITraceStore
{
    private readonly Lock _gate = new();
    private readonly Dictionary<ActivityTraceId, Kept> _traces = [];
    private readonly Queue<Kept> _all = new();
    private readonly Queue<Kept> _people = new();
    private readonly long _maxBytes = settings.MaxMegabytes * 1024L * 1024;
    private long _bytes;
    private int _shared;

    /// <summary>Takes a span that has ended.</summary>
    public void Add(Activity span)
    {
        if (settings.Keep == 0)
        {
            return;
        }

        var size = SpanMapping.SizeOf(span, out var isPerson);
        lock (_gate)
        {
            if (!_traces.TryGetValue(span.TraceId, out var trace))
            {
                trace = new Kept(span.TraceId);
                _traces.Add(span.TraceId, trace);
                _all.Enqueue(trace);
            }

            if (!trace.IsShared && span.ParentSpanId == default && span.Links.Any())
            {
                // A commit, or another batch: not counted among the requests.
                trace.IsShared = true;
                _shared++;
            }

            trace.IsPerson |= isPerson;
            if (trace.Spans.Count < settings.SpansPerTrace)
            {
                trace.Spans.Add(span);
                trace.Bytes += size;
                _bytes += size;
            }
            else
            {
                trace.Dropped++;
            }

            Shrink();
        }
    }

    /// <inheritdoc />
    public ImmutableArray<SpanInfo> Find(string traceId)
    {
        if (!SpanMapping.IsTraceId(traceId))
        {
            return [];
        }

        List<Activity> found;
        int dropped;
        lock (_gate)
        {
            if (!_traces.TryGetValue(ActivityTraceId.CreateFromString(traceId), out var trace))
            {
                return [];
            }

            dropped = trace.Dropped;
            found = WithShared(trace);
        }

        return [.. found.Select(s => SpanMapping.ToInfo(s, s.Parent is null ? dropped : 0))];
    }

    /// <inheritdoc />
    public ImmutableArray<TraceSummaryInfo> List()
    {
        ImmutableArray<ImmutableArray<Activity>> all;
        lock (_gate)
        {
            all = [.. _traces.Values.Where(static t => !t.IsShared).Select(static t => t.Spans.ToImmutableArray())];
        }

        return [.. all.Select(static spans => SpanMapping.ToSummary(spans)).OrderByDescending(static t => t.StartedAt)];
    }

    /// <summary>
    /// The spans of a trace, and of the batches and commits linked to it, directly or through others.
    /// </summary>
    private List<Activity> WithShared(Kept trace)
    {
        var found = new List<Activity>(trace.Spans);
        var seen = new HashSet<ActivityTraceId> { trace.Id };
        for (var i = 0; i < found.Count; i++)
        {
            foreach (var link in found[i].Links)
            {
                if (seen.Add(link.Context.TraceId) && _traces.TryGetValue(link.Context.TraceId, out var other)
                    && other.IsShared)
                {
                    found.AddRange(other.Spans);
                }
            }
        }

        return found;
    }

    private void Shrink()
    {
        while (_all.Count - _shared > settings.Keep || _shared > settings.Keep
            || (_bytes > _maxBytes && _all.Count > 0))
        {
            var oldest = _all.Dequeue();
            _shared -= oldest.IsShared ? 1 : 0;
            if (oldest.IsPerson)
            {
                _people.Enqueue(oldest);
            }
            else
            {
                Forget(oldest);
            }
        }

        while (_people.Count > settings.Keep / 2 || (_bytes > _maxBytes && _people.Count > 0))
        {
            Forget(_people.Dequeue());
        }
    }

    private void Forget(Kept trace)
    {
        _traces.Remove(trace.Id);
        _bytes -= trace.Bytes;
    }

    private sealed class Kept(ActivityTraceId id)
    {
        public ActivityTraceId Id => id;

        public List<Activity> Spans { get; } = [];

        public bool IsShared { get; set; }

        public long Bytes { get; set; }

        public int Dropped { get; set; }

        public bool IsPerson { get; set; }
    }
}
