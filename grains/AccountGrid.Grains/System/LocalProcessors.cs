using System.Collections.Concurrent;
using AccountGrid.Application;

namespace AccountGrid.Grains;

/// <summary>
/// The processors behind one type of grain whose activations are in this silo, so that they are asked without a call.
/// One is found for <see cref="ProcessorLimits.AuthorityFreshness"/> after the last call to its grain, and only while
/// the silo need not compare with the journal after a pause. A caller that finds none calls the grain. Thread-safe.
/// </summary>
/// <remarks>
/// What the grain would do in a call is done on the caller's thread, so that only members of the processor that are for
/// any thread may be used. The calls in between keep the activation from being collected as idle.
/// </remarks>
/// <typeparam name="T">The processor.</typeparam>
/// <param name="guard">Knows of pauses.</param>
/// <param name="limits">How long an activation is found after a call.</param>
/// <param name="clock">Measures that.</param>
public sealed class LocalProcessors<T>(PauseGuard guard, ProcessorLimits limits, TimeProvider clock)
    where T : class
{
    private readonly ConcurrentDictionary<string, Activation> _activations = new();

    /// <summary>The processor behind a grain with this key, if it may answer now without a call.</summary>
    public T? Find(string key) =>
        _activations.TryGetValue(key, out var activation)
        && guard.IsClear(out var generation)
        && activation.MayAnswer(generation, clock, limits.AuthorityFreshness)
            ? activation.Processor
            : null;

    /// <summary>A new activation; it is found after its first call.</summary>
    internal Activation Begin(string key, T processor) => new(this, key, processor);

    /// <summary>One activation of a grain. Thread-safe.</summary>
    internal sealed class Activation(LocalProcessors<T> all, string key, T processor)
    {
        private int _generation;
        private long _calledAt;
        private volatile bool _hasEnded;

        /// <summary>The processor behind it.</summary>
        public T Processor => processor;

        /// <summary>It is called now, and its memory holds for a generation of <see cref="PauseGuard"/>.</summary>
        public void Called(int generation)
        {
            Volatile.Write(ref _generation, generation);
            Volatile.Write(ref _calledAt, all.Now);
            all._activations[key] = this;
        }

        /// <summary>It ends, and is never found again. Twice is once.</summary>
        public void End()
        {
            _hasEnded = true;
            all._activations.TryRemove(new(key, this));
        }

        internal bool MayAnswer(int generation, TimeProvider clock, TimeSpan within) =>
            !_hasEnded && Volatile.Read(ref _generation) == generation
            && clock.GetElapsedTime(Volatile.Read(ref _calledAt)) < within;
    }

    private long Now => clock.GetTimestamp();
}
