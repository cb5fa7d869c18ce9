using System.Collections.Immutable;

namespace AccountGrid.Chaos.Linearizability;

/// <summary>
/// Looks for an order of the calls on one object that agrees with real time and with the model: Wing and Gong's search ("Testing and verifying concurrent objects", 1993)
/// with Lowe's memory of the sets of calls and states that led nowhere ("Testing for linearizability", 2017), as Porcupine does it. What is added:
/// <list type="bullet">
/// <item>A call without an answer is optional, tried only where the others lead nowhere; of several that can stand for each other, the oldest first.</item>
/// <item>The model may name several next states.</item>
/// <item>Where answers show versions, these put calls in order beforehand, and no step is taken behind which a call could come no more (<see cref="VersionOrder{TInput, TOutput}"/>).</item>
/// <item>A call that only looks, and can come next in the state as it is, comes next: whatever works without it works with it, so that no other way is tried.</item>
/// </list>
/// Used once, by one caller.
/// </summary>
internal sealed class Search<TState, TInput, TOutput>
    where TState : IEquatable<TState>
    where TInput : notnull
    where TOutput : class
{
    /// <summary>Steps spent on a counterexample that a person can follow.</summary>
    private const long MaxExplaining = 50_000;

    private readonly Model<TState, TInput, TOutput> _model;
    private readonly Call<TInput, TOutput>[] _told;
    private readonly Call<TInput, TOutput>[] _calls;
    private readonly int _answered;
    private readonly int[] _elder;
    private readonly TimeSpan[] _ends;
    private readonly Entries _entries;
    private readonly PlacedCalls _placed;
    private readonly HashSet<(PlacedCalls.Fingerprint Placed, TState State)> _seen = [];
    private readonly Stack<Frame> _way = new();
    private readonly long _maxSteps;
    private readonly VersionOrder<TInput, TOutput>? _versions;
    private TState _state;
    private TimeSpan _now = TimeSpan.MinValue;
    private int _missing;
    private long _steps;
    private Trail? _trail;
    private Trail? _longest;
    private Call<TInput, TOutput>? _unplaced;
    private ImmutableArray<Call<TInput, TOutput>> _rivals = [];

    private Search(Model<TState, TInput, TOutput> model, IEnumerable<Call<TInput, TOutput>> calls, long maxSteps, bool byVersions)
    {
        (_model, _maxSteps) = (model, maxSteps);
        _told = [.. calls.OrderBy(c => c.IsUnknown).ThenBy(c => c.CalledAt)];
        _answered = _missing = _told.Count(c => !c.IsUnknown);
        _versions = byVersions ? new(_told.AsSpan(0, _answered), model.Versions) : null;
        _calls = _versions is null ? _told : [.. _told.Select((c, i) => i < _answered ? _versions.Narrow(i, c) : c)];
        _elder = EldersOf(_calls);
        _ends = [.. _calls.Where(c => c.IsUnknown).Select(c => c.AnsweredAt).Distinct().Order()];
        _entries = Entries.Of(_calls);
        _placed = new(_calls.Length);
        _state = model.Initial;
    }

    /// <summary>Judges the calls on one object.</summary>
    /// <param name="model">What the object does.</param>
    /// <param name="calls">In any order.</param>
    /// <param name="maxSteps">How many times the model may be asked, at least 1; each step may keep some hundred bytes until the search is over.</param>
    public static Judgement<TState, TInput, TOutput> Judge(Model<TState, TInput, TOutput> model, IReadOnlyCollection<Call<TInput, TOutput>> calls, long maxSteps)
    {
        var judgement = new Search<TState, TInput, TOutput>(model, calls, maxSteps, byVersions: true).Run();
        if (judgement.Ruling != Ruling.NotLinearizable)
        {
            return judgement;
        }

        // By versions it stops in front of what a call does not fit behind. A person wants to see that, and then the call.
        var blind = new Search<TState, TInput, TOutput>(model, calls, MaxExplaining, byVersions: false).Run();
        return judgement with { Order = blind.Order, Unplaced = blind.Unplaced, Rivals = blind.Rivals };
    }

    private Judgement<TState, TInput, TOutput> Run()
    {
        var (cursor, optional) = (_entries.First, false);
        while (_missing > 0)
        {
            if (_steps >= _maxSteps)
            {
                NoteDeadEnd();
                return new(Ruling.Undecided, _steps, Walk(_longest), _unplaced, _rivals);
            }

            if (NextFrame(cursor, optional) is { } frame)
            {
                Enter(frame);
                (cursor, optional) = (_entries.First, false);
                continue;
            }

            NoteDeadEnd();
            if (GoBack() is not { } from)
            {
                return new(Ruling.NotLinearizable, _steps, Walk(_longest), _unplaced, _rivals);
            }

            (cursor, optional) = from;
        }

        return new(Ruling.Linearizable, _steps, Walk(_trail), null, []);
    }

    /// <summary>The next call that can come next, from an entry on: those with an answer first. Stops at the first answer, which nothing called later can precede.</summary>
    private Frame? NextFrame(Entry? from, bool optional)
    {
        while (true)
        {
            for (var entry = from; entry is { IsAnswer: false }; entry = entry.Next)
            {
                if (entry.IsUnknown == optional && (!optional || MayStillAct(entry.Call)) && TryCall(entry) is { } frame)
                {
                    return frame;
                }
            }

            if (optional)
            {
                return null;
            }

            (from, optional) = (_entries.First, true);
        }
    }

    private bool MayStillAct(int call) => _now <= _calls[call].AnsweredAt && (_elder[call] < 0 || _placed.Contains(_elder[call]));

    private Frame? TryCall(Entry entry)
    {
        var call = _calls[entry.Call];
        _steps++;
        var after = _model.Step(_state, call.Input, call.Output).ToList();
        if (call.IsUnknown)
        {
            // It may as well take no effect at all.
            after.Remove(_state);
        }
        else if (after.Contains(_state) && _model.OnlyLooks(call.Input, call.Output!) && !ShutsOut(call))
        {
            return new Frame(entry, _state, _now, [_state], IsFree: true);
        }

        var frame = new Frame(entry, _state, _now, after, IsFree: false);
        return Advance(frame) ? frame : null;
    }

    /// <summary>Whether a call without an answer could come before this one but not behind it.</summary>
    private bool ShutsOut(Call<TInput, TOutput> call)
    {
        var next = Array.BinarySearch(_ends, _now);
        next = next < 0 ? ~next : next;
        return next < _ends.Length && _ends[next] < call.CalledAt;
    }

    /// <summary>Moves a frame to its next state that was not met with the same calls placed.</summary>
    private bool Advance(Frame frame)
    {
        _placed.Add(frame.Entry.Call);
        var placed = _placed.Capture();
        _placed.Remove(frame.Entry.Call);
        while (++frame.Current < frame.After.Count)
        {
            var state = frame.After[frame.Current];
            if (!LeavesBehind(frame.Entry, state) && _seen.Add((placed, state)))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether a call that is not placed yet, other than this one, could come no more.</summary>
    private bool LeavesBehind(Entry entry, TState state) => _versions is not null && _versions.LeastMost(_placed, entry.Call) < _model.VersionOf(state);

    private void Enter(Frame frame)
    {
        var call = frame.Entry.Call;
        Entries.TakeOut(frame.Entry);
        _placed.Add(call);
        _versions?.Placed(_placed);
        _state = frame.After[Math.Max(frame.Current, 0)];
        _now = frame.Now > _calls[call].CalledAt ? frame.Now : _calls[call].CalledAt;
        _missing -= _calls[call].IsUnknown ? 0 : 1;
        _trail = new(_trail, call, _state, _way.Count + 1);
        _way.Push(frame);
    }

    /// <summary>Takes back the last choice that leaves another one.</summary>
    /// <returns>Where to go on; <c>null</c> = there is none.</returns>
    private (Entry? From, bool Optional)? GoBack()
    {
        while (_way.TryPop(out var frame))
        {
            _missing += _calls[frame.Entry.Call].IsUnknown ? 0 : 1;
            _placed.Remove(frame.Entry.Call);
            _versions?.PutBack(frame.Entry.Call);
            Entries.PutBack(frame.Entry);
            (_state, _now, _trail) = (frame.Before, frame.Now, _trail!.Before);
            if (frame.IsFree)
            {
                continue;
            }

            if (Advance(frame))
            {
                Enter(frame);
                return (_entries.First, false);
            }

            return (frame.Entry.Next, frame.Entry.IsUnknown);
        }

        return null;
    }

    private void NoteDeadEnd()
    {
        if (_unplaced is not null && _way.Count <= (_longest?.Length ?? 0))
        {
            return;
        }

        var open = new List<Call<TInput, TOutput>>();
        var entry = _entries.First;
        for (; entry is { IsAnswer: false }; entry = entry.Next)
        {
            if (!entry.IsUnknown || _now <= _calls[entry.Call].AnsweredAt)
            {
                open.Add(_told[entry.Call]);
            }
        }

        _longest = _trail;
        _unplaced = entry is null ? null : _told[entry.Call];
        _rivals = [.. open.Where(c => c != _unplaced)];
    }

    private ImmutableArray<(Call<TInput, TOutput> Call, TState After)> Walk(Trail? trail)
    {
        var way = new List<(Call<TInput, TOutput>, TState)>();
        for (; trail is not null; trail = trail.Before)
        {
            way.Add((_told[trail.Call], trail.After));
        }

        way.Reverse();
        return [.. way];
    }

    /// <summary>For each call without an answer, the last one before it that can stand for it: same input, same end; or -1.</summary>
    private int[] EldersOf(Call<TInput, TOutput>[] calls)
    {
        var elders = new int[calls.Length];
        var last = new Dictionary<(TInput Input, TimeSpan Until), int>();
        Array.Fill(elders, -1);
        for (var i = _answered; i < calls.Length; i++)
        {
            var key = (calls[i].Input, calls[i].AnsweredAt);
            elders[i] = last.TryGetValue(key, out var elder) ? elder : -1;
            last[key] = i;
        }

        return elders;
    }

    /// <summary>A call that was placed, what was before it, and the states that may be behind it.</summary>
    /// <param name="Entry">The call.</param>
    /// <param name="Before">The state before.</param>
    /// <param name="Now">The latest call placed before.</param>
    /// <param name="After">The states.</param>
    /// <param name="IsFree">Whether it changed nothing, so that no other choice is worth a try.</param>
    private sealed record Frame(Entry Entry, TState Before, TimeSpan Now, List<TState> After, bool IsFree)
    {
        /// <summary>Which of the states is being tried.</summary>
        public int Current { get; set; } = -1;
    }

    /// <summary>The way so far, each step knowing the one before, so that the longest is kept at no cost.</summary>
    private sealed record Trail(Trail? Before, int Call, TState After, int Length);
}
