using System.Collections.Immutable;
using System.Globalization;

namespace AccountGrid.Chaos.Histories;

/// <summary>
/// Everything that the clients did and were told, in order. Thread-safe; bounded, because a run that fills memory proves nothing: when it is full,
/// clients stop.
/// </summary>
internal sealed class History(TimeProvider clock, int capacity)
{
    private readonly long _began = clock.GetTimestamp();
    private readonly Lock _gate = new();
    private readonly List<Entry> _entries = [];
    private readonly Dictionary<int, TimeSpan> _deaths = [];
    private readonly Dictionary<string, int> _errors = [];
    private Action<Operation>? _onAcknowledged;
    private readonly List<Waiter> _waiters = [];

    /// <summary>The time since the history began.</summary>
    public TimeSpan Now => clock.GetElapsedTime(_began);

    /// <summary>Operations begun.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _entries.Count;
            }
        }
    }

    /// <summary>Begins an operation.</summary>
    /// <returns>Where to record its attempts, or <c>null</c> if the history is full.</returns>
    public Entry? TryBegin(Intent intent)
    {
        lock (_gate)
        {
            if (_entries.Count >= capacity)
            {
                return null;
            }

            var entry = new Entry(this, _entries.Count, intent);
            _entries.Add(entry);
            return entry;
        }
    }

    /// <summary>Records that a life is over: nothing that was sent to it takes effect any more.</summary>
    public void Died(int incarnation)
    {
        lock (_gate)
        {
            _deaths[incarnation] = Now;
        }
    }

    /// <summary>
    /// Calls <paramref name="action"/> once, with the next operation that is answered and passes the filter, on the client's own thread before
    /// the client does anything else.
    /// </summary>
    public void OnNextAcknowledged(Func<Operation, bool> filter, Action<Operation> action)
    {
        lock (_gate)
        {
            _onAcknowledged = operation =>
            {
                if (filter(operation) && Interlocked.Exchange(ref _onAcknowledged, null) is not null)
                {
                    action(operation);
                }
            };
        }
    }

    /// <summary>Completes when so many more operations are answered, but at least one.</summary>
    public Task NextAnswersAsync(int count)
    {
        lock (_gate)
        {
            var waiter = new Waiter { Missing = count };
            _waiters.Add(waiter);
            return waiter.Enough.Task;
        }
    }

    /// <summary>An immutable copy.</summary>
    public HistorySnapshot Snapshot()
    {
        lock (_gate)
        {
            return new(
                [.. _entries.Where(e => e.Attempts.Count > 0).Select(e => new Operation(e.Number, e.Intent, [.. e.Attempts]))],
                _deaths.ToImmutableDictionary(),
                _errors.ToImmutableSortedDictionary(StringComparer.Ordinal));
        }
    }

    private sealed class Waiter
    {
        public int Missing { get; set; }

        public TaskCompletionSource Enough { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        /// <summary>One more answer came.</summary>
        public bool HasEnough() => --Missing <= 0 && Enough.TrySetResult();
    }

    /// <summary>One operation under way. Used by one client at a time.</summary>
    internal sealed class Entry(History history, int number, Intent intent)
    {
        public int Number => number;

        public Intent Intent => intent;

        public List<Attempt> Attempts { get; } = [];

        /// <summary>An attempt leaves the client.</summary>
        /// <returns>Its trace id, unlike any other: 32 hex digits.</returns>
        public string Start(int incarnation, string to = "")
        {
            lock (history._gate)
            {
                var traceId = string.Create(CultureInfo.InvariantCulture, $"{number + 1:x16}{Attempts.Count + 1:x16}");
                Attempts.Add(new Attempt(incarnation, history.Now, TraceId: traceId, To: to));
                return traceId;
            }
        }

        /// <summary>The attempt got the final word.</summary>
        public void Answered(Answer answer)
        {
            Operation operation;
            lock (history._gate)
            {
                Attempts[^1] = Attempts[^1] with { EndedAt = history.Now, Answer = answer };
                operation = new Operation(number, intent, [.. Attempts]);
                history._waiters.RemoveAll(static w => w.HasEnough());
            }

            history._onAcknowledged?.Invoke(operation);
        }

        /// <summary>The attempt failed: nobody knows whether it took effect.</summary>
        public void Failed(string error)
        {
            lock (history._gate)
            {
                Attempts[^1] = Attempts[^1] with { EndedAt = history.Now, Error = error };
                history._errors[error] = history._errors.GetValueOrDefault(error) + 1;
            }
        }
    }
}

/// <summary>A history at an instant. Immutable.</summary>
/// <param name="Operations">In the order of invocation.</param>
/// <param name="Deaths">When each life of the process was over.</param>
/// <param name="Errors">Attempts without an answer, by kind of error.</param>
internal sealed record HistorySnapshot(
    ImmutableArray<Operation> Operations, ImmutableDictionary<int, TimeSpan> Deaths, ImmutableSortedDictionary<string, int> Errors)
{
    /// <summary>The silo's own word for a failure that nobody foresaw.</summary>
    public const string InternalError = "INTERNAL";

    /// <summary>The accounts that somebody registered or tried to, ascending.</summary>
    public ImmutableArray<long> Accounts => [.. Operations.Where(static o => o.Intent.Kind == OperationKind.Register).Select(static o => o.Intent.Account).Distinct().Order()];

    /// <summary>Operations with a final word that is no refusal.</summary>
    public ImmutableArray<Operation> Acknowledged => [.. Operations.Where(static o => o.Answer is { Verdict: not Verdict.Refused })];

    /// <summary>Operations that were refused.</summary>
    public int Refused => Operations.Count(static o => o.Answer?.Verdict == Verdict.Refused);

    /// <summary>An instant behind everything that is told.</summary>
    public TimeSpan End => Operations.SelectMany(o => o.Attempts).Select(a => a.EndedAt ?? a.StartedAt).DefaultIfEmpty().Max() + TimeSpan.FromTicks(1);

    /// <summary>Until when an attempt can take effect: until its answer, or as long as what it was sent to lives.</summary>
    public TimeSpan EffectEnds(Attempt attempt) =>
        attempt is { Answer: not null, EndedAt: { } answered } ? answered : Deaths.GetValueOrDefault(attempt.Incarnation, TimeSpan.MaxValue);
}
