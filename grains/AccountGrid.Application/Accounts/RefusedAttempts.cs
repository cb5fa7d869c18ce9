using AccountGrid.Domain;

namespace AccountGrid.Application;

/// <summary>
/// The refused attempts on one account that have no entries yet, by caller. Lost with the process. Not thread-safe;
/// runs on its processor's scheduler.
/// </summary>
internal sealed class RefusedAttempts
{
    /// <summary>Callers whose attempts are kept; those of further callers are only in the metrics.</summary>
    public const int MostCallers = 256;

    private readonly Dictionary<Actor, Attempts> _byCaller = [];

    /// <summary>When the first of all that are kept was refused; <c>null</c> where there are none.</summary>
    public DateTimeOffset? Since { get; private set; }

    /// <summary>What is kept of a caller.</summary>
    public Attempts? Of(Actor caller) => _byCaller.GetValueOrDefault(caller);

    /// <summary>Counts one more.</summary>
    public void Add(Actor caller, string attempt, Refusal refusal, DateTimeOffset at)
    {
        if (Of(caller) is { Counted: var counted })
        {
            _byCaller[caller] = new(attempt, refusal, counted with { Count = counted.Count + 1, LastAt = at });
        }
        else if (_byCaller.Count < MostCallers)
        {
            _byCaller[caller] = new(attempt, refusal, new(1, at, at));
            Since ??= at;
        }
    }

    /// <summary>Forgets what an entry has told.</summary>
    public void Remove(Actor caller, CountedRefusals told)
    {
        if (Of(caller) is not { } attempts)
        {
            return;
        }

        // Others may have been counted while the entry was on its way.
        var left = attempts.Counted.Count - told.Count;
        if (left > 0)
        {
            _byCaller[caller] = attempts with { Counted = attempts.Counted with { Count = left } };
            return;
        }

        _byCaller.Remove(caller);
        Since = _byCaller.Count == 0 ? null : Since;
    }

    /// <summary>The callers that there are now.</summary>
    public Actor[] Callers() => [.. _byCaller.Keys];

    /// <summary>One caller's attempts.</summary>
    /// <param name="LastAttempt">The command of the last one.</param>
    /// <param name="LastRefusal">Why the last one was refused.</param>
    /// <param name="Counted">Their number, the last one included.</param>
    public sealed record Attempts(string LastAttempt, Refusal LastRefusal, CountedRefusals Counted);
}
