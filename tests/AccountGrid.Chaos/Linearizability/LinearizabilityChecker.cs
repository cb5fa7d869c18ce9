using System.Collections.Immutable;
using System.Globalization;
using AccountGrid.Chaos.Checkers;
using AccountGrid.Chaos.Histories;
using AccountGrid.Chaos.Running;

namespace AccountGrid.Chaos.Linearizability;

/// <summary>What was found.</summary>
/// <param name="Violations">Accounts whose answers no order explains.</param>
/// <param name="Undecided">Accounts on which the search gave up, each with the reason: neither good nor bad.</param>
/// <param name="Calls">Calls judged.</param>
/// <param name="Steps">How many times a model was asked.</param>
internal sealed record LinearizabilityReport(
    ImmutableArray<Violation> Violations, ImmutableArray<string> Undecided, int Calls, long Steps)
{
    /// <summary>One line.</summary>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture,
            $"Linearizability: {Calls} calls in {Steps} steps, {Violations.Length} violations, {Undecided.Length} undecided");
}

/// <summary>
/// Every account behaves as if one person after the other had done one thing after the other, each between its call and
/// its answer. An account has two facts which touch each other nowhere a client could see; so its journal and its
/// ledger are judged apart, which is the same (linearizability is local) and much less work. Pure.
/// </summary>
internal static class LinearizabilityChecker
{
    public const string Journal = "linearizable-journal";
    public const string Count = "linearizable-count";

    /// <summary>Steps per account and fact. A good history takes about as many as it has calls.</summary>
    public const long DefaultMaxSteps = 500_000;

    /// <param name="history">What the clients did and were told.</param>
    /// <param name="reads">How old a read may be.</param>
    /// <param name="recovered">What was served afterwards, with no client at work; <c>null</c> = not looked at.</param>
    /// <param name="maxSteps">Steps per account and fact.</param>
    public static LinearizabilityReport Check(
        HistorySnapshot history, ReadConsistency reads, RecoveredState? recovered = null,
        long maxSteps = DefaultMaxSteps)
    {
        var tally = new Tally(maxSteps);
        tally.Judge(
            Journal, account => JournalModel.Of(recovered, account), JournalCalls.Of(history, reads, recovered));
        tally.Judge(Count, static _ => LedgerModel.Instance, LedgerCalls.Of(history, reads, recovered));
        return tally.Report();
    }

    private sealed class Tally(long maxSteps)
    {
        private readonly ImmutableArray<Violation>.Builder _violations = ImmutableArray.CreateBuilder<Violation>();
        private readonly ImmutableArray<string>.Builder _undecided = ImmutableArray.CreateBuilder<string>();
        private int _calls;
        private long _steps;

        public void Judge<TState, TInput, TOutput>(
            string check, Func<long, Model<TState, TInput, TOutput>> model, ILookup<long, Call<TInput, TOutput>> accounts)
            where TState : IEquatable<TState>
            where TInput : notnull
            where TOutput : class
        {
            foreach (var account in accounts.OrderBy(a => a.Key))
            {
                var calls = account.ToArray();
                var judgement = Search<TState, TInput, TOutput>.Judge(model(account.Key), calls, maxSteps);
                _calls += calls.Length;
                _steps += judgement.Steps;
                if (judgement.Ruling == Ruling.NotLinearizable)
                {
                    _violations.Add(new(check, account.Key, judgement.Explain()));
                }
                else if (judgement.Ruling == Ruling.Undecided)
                {
                    _undecided.Add(
                        string.Create(CultureInfo.InvariantCulture,
                            $"[{check}] account {account.Key}: {judgement.Explain()}"));
                }
            }
        }

        public LinearizabilityReport Report() =>
            new(_violations.ToImmutable(), _undecided.ToImmutable(), _calls, _steps);
    }
}
