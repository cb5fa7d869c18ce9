using System.Collections.Immutable;
using System.Globalization;
using AccountGrid.Chaos.Histories;

namespace AccountGrid.Chaos.Clusters;

/// <summary>What the clients had of the cluster in a part of a run.</summary>
internal sealed record Availability
{
    /// <summary>Of each account's longest time without a successful operation: the middle one.</summary>
    public required TimeSpan MedianGap { get; init; }

    /// <summary>The longest of all.</summary>
    public required TimeSpan LongestGap { get; init; }

    /// <summary>The account that had it.</summary>
    public required long LongestGapOf { get; init; }

    /// <summary>Each account's longest time without a successful operation, ascending.</summary>
    public required ImmutableArray<TimeSpan> Gaps { get; init; }

    /// <summary>Operations with a final word, per second.</summary>
    public required double PerSecond { get; init; }

    /// <summary>Operations that got their final word in a later attempt.</summary>
    public required int Retried { get; init; }

    /// <summary>Operations that never got a final word.</summary>
    public required int Unknown { get; init; }

    /// <summary>Operations with a final word.</summary>
    public required int Answered { get; init; }

    /// <summary>Attempts without an answer, by kind of error.</summary>
    public required ImmutableSortedDictionary<string, int> Errors { get; init; }

    /// <summary>Measures it.</summary>
    /// <param name="history">The clients' history.</param>
    /// <param name="gate">When they had to hold still, which is no unavailability.</param>
    /// <param name="from">The beginning of the part.</param>
    /// <param name="to">Its end.</param>
    public static Availability Of(HistorySnapshot history, GateTimes gate, TimeSpan from, TimeSpan to)
    {
        var operations =
            history.Operations.Where(o => o.Attempts[^1].StartedAt <= to && (o.Attempts[^1].EndedAt ?? to) >= from)
                .ToArray();
        var answered = operations.Where(static o => o.Answer is not null).ToArray();
        var (begins, ends) = (gate.ClientTime(from), gate.ClientTime(to));
        var born =
            history.Operations.Where(
                static o => o is { Intent.Kind: OperationKind.Register, Answer.Verdict: Verdict.Done })
            .ToDictionary(static o => o.Intent.Account, o => gate.ClientTime(o.AnsweredAt));
        var gaps = answered.Where(static o => o is { Intent.Account: > 0, Answer.Verdict: not Verdict.Refused })
            .GroupBy(static o => o.Intent.Account, o => gate.ClientTime(o.AnsweredAt))
            .Select(
                g => (Account: g.Key, Gap: LongestGapIn(g.Order(), Later(begins, born.GetValueOrDefault(g.Key)), ends)))
            .OrderBy(static g => g.Gap).ToArray();
        return new()
        {
            MedianGap = gaps.Length == 0 ? ends - begins : gaps[gaps.Length / 2].Gap,
            LongestGap = gaps.Length == 0 ? ends - begins : gaps[^1].Gap,
            LongestGapOf = gaps.Length == 0 ? 0 : gaps[^1].Account,
            Gaps = [.. gaps.Select(static g => g.Gap)],
            PerSecond = answered.Length / Math.Max((ends - begins).TotalSeconds, 0.001),
            Retried = answered.Count(static o => o.Attempts.Length > 1),
            Unknown = operations.Count(static o => o is { Answer: null, Attempts: [.., { EndedAt: not null }] }),
            Answered = answered.Length,
            Errors = operations.SelectMany(static o => o.Attempts).Where(a => a.Error.Length > 0 && a.StartedAt >= from)
                .GroupBy(static a => a.Error).ToImmutableSortedDictionary(
                    static g => g.Key, static g => g.Count(), StringComparer.Ordinal),
        };
    }

    /// <summary>One line.</summary>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"longest gap per account: median {MedianGap.TotalSeconds:0.0} s, max {LongestGap.TotalSeconds:0.0} s (account {LongestGapOf}); {PerSecond:0} operations/s, {Answered} answered, {Retried} retried, {Unknown} unknown; errors: {(Errors.IsEmpty ? "none" : string.Join(", ", Errors.Select(e => $"{e.Value} {e.Key}")))}");

    private static TimeSpan Later(TimeSpan one, TimeSpan other) => one > other ? one : other;

    /// <summary>
    /// From the beginning of the part to the first success counts, too, and from the last one to its end.
    /// </summary>
    private static TimeSpan LongestGapIn(IEnumerable<TimeSpan> successes, TimeSpan from, TimeSpan to)
    {
        var (longest, last) = (TimeSpan.Zero, from);
        foreach (var success in successes.Append(to))
        {
            longest = Later(longest, success - last);
            last = Later(last, success);
        }

        return longest;
    }
}
