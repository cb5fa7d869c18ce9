using AccountGrid.Domain;

namespace AccountGrid.Application;

/// <summary>
/// What differs between the journals of accounts and those of operators, and what all streams of one kind share. One
/// per kind and silo; immutable, thread-safe.
/// </summary>
/// <typeparam name="TState">The stream's state.</typeparam>
/// <typeparam name="TEvent">The stream's event hierarchy.</typeparam>
internal abstract class StreamKind<TState, TEvent>(
    IJournal journal, IEventCodec<TEvent> codec, TimeProvider clock, ProcessorLimits limits,
    ApplicationDiagnostics diagnostics)
    where TEvent : class
{
    /// <summary>The kind's name in metrics: <c>account</c> or <c>operator</c>.</summary>
    public abstract string Name { get; }

    /// <summary>Where the streams are kept.</summary>
    public IJournal Journal => journal;

    /// <summary>The time.</summary>
    public TimeProvider Clock => clock;

    /// <summary>Spans and instruments.</summary>
    public ApplicationDiagnostics Diagnostics => diagnostics;

    /// <summary>
    /// Folds one stream. It keeps nothing, so one is made for each use instead of one for each account in memory.
    /// </summary>
    public StreamFold<TState, TEvent> FoldOf(StreamId stream) =>
        new(stream, Evolve, journal, codec, limits.JournalPage);

    /// <summary>The state after one more entry.</summary>
    /// <exception cref="InvalidOperationException">The entry cannot follow the state.</exception>
    public abstract TState Evolve(TState state, Recorded<TEvent> entry);

    /// <summary>The stream's index row in a state.</summary>
    public abstract StreamIndexRow RowOf(TState state);

    /// <summary>The budget mark beside an event, or <c>null</c>.</summary>
    public virtual BudgetMark? MarkOf(TEvent streamEvent) => null;

    /// <summary>Logs that a journal does not fold.</summary>
    public abstract void LogDamaged(TState state, Exception exception);

    /// <summary>Logs that another activation appended first.</summary>
    public abstract void LogFenceLost(TState state);

    /// <summary>Logs that an append failed.</summary>
    public abstract void LogAppendFailed(TState state, Exception exception, bool outcomeUnknown);
}
