using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Diagnostics.Metrics;
using AccountGrid.Application;
using AccountGrid.Domain;
using AccountGrid.Testing;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace AccountGrid.Conformance;

/// <summary>A reconciler at work, with what it measures and what it says.</summary>
public sealed class ReconcilerRun : IDisposable
{
    private const string Prefix = "accountgrid.reconciler.";
    private readonly TestMeters _factory = new();
    private readonly MeterListener _listener = new();
    private readonly ConcurrentDictionary<string, long> _sums = new();
    private readonly ConcurrentDictionary<string, long> _last = new();
    private readonly Log _log = new();
    private readonly FollowerReconciler _reconciler;

    public ReconcilerRun(IFollowerAudit audit, ReconcilerSettings settings, IFollowWatch? watch = null)
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (_factory.Owns(instrument.Meter))
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<long>((instrument, value, _, _) =>
        {
            if (instrument.IsObservable)
            {
                _last[instrument.Name] = value;
            }
            else
            {
                _sums.AddOrUpdate(instrument.Name, value, (_, sum) => sum + value);
            }
        });
        _listener.Start();
        var meters = new ReconcilerMeters(_factory);
        meters.Begin();
        _reconciler = new(audit, watch ?? new Nobody(), settings, meters, Clock, _log);
    }

    /// <summary>Its clock.</summary>
    public FakeTimeProvider Clock { get; } = new();

    /// <summary>What it said at warning and above.</summary>
    public IReadOnlyCollection<string> Warnings => _log.Warnings;

    public Task TickAsync(CancellationToken cancellationToken) => _reconciler.TickAsync(cancellationToken);

    /// <summary>What a counter has come to.</summary>
    public long Sum(string name) => _sums.GetValueOrDefault(Prefix + name);

    /// <summary>What a gauge shows now.</summary>
    public long Last(string name)
    {
        _listener.RecordObservableInstruments();
        return _last.GetValueOrDefault(Prefix + name);
    }

    public void Dispose()
    {
        _listener.Dispose();
        _factory.Dispose();
    }

    /// <summary>No account remembers anything: as with silos of a version before.</summary>
    private sealed class Nobody : IFollowWatch
    {
        public Task<long?> BeginAsync(AccountId account, CancellationToken cancellationToken) =>
            Task.FromResult<long?>(null);

        public Task<long?> SettleAsync(AccountId account, ImmutableArray<SweptPart> parts, long version,
            CancellationToken cancellationToken) => Task.FromResult<long?>(null);

        public Task DoubtAsync(AccountId account, bool inDoubt, CancellationToken cancellationToken) =>
            Task.CompletedTask;
    }

    private sealed class Log : ILogger<FollowerReconciler>
    {
        public ConcurrentQueue<string> Warnings { get; } = new();

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        void ILogger.Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception,
            Func<TState, Exception?, string> formatter)
        {
            if (logLevel >= LogLevel.Warning)
            {
                Warnings.Enqueue(formatter(state, exception));
            }
        }
    }
}
