using System.Globalization;
using AccountGrid.Chaos.Checkers;
using AccountGrid.Chaos.Histories;
using AccountGrid.Chaos.Running;
using JournalCall = AccountGrid.Chaos.Linearizability.Call<AccountGrid.Chaos.Linearizability.JournalInput,
    AccountGrid.Chaos.Linearizability.JournalOutput>;

namespace AccountGrid.Chaos.Linearizability;

/// <summary>What a history says about every account's journal, as calls.</summary>
internal static class JournalCalls
{
    /// <param name="history">The history.</param>
    /// <param name="reads">How old a read may be.</param>
    /// <param name="recovered">What was served at the end, with no client at work; <c>null</c> = not looked at.</param>
    public static ILookup<long, JournalCall> Of(
        HistorySnapshot history, ReadConsistency reads, RecoveredState? recovered) =>
        history.Operations.SelectMany(o => Commands(history, o, recovered).Concat(Looks(o, reads)))
            .Concat(recovered?.Accounts.Values.SelectMany(a => AtTheEnd(a, history.End)) ?? [])
            .ToLookup(c => c.Account, c => c.Call);

    private static IEnumerable<(long Account, JournalCall Call)> Commands(
        HistorySnapshot history, Operation operation, RecoveredState? recovered)
    {
        var intent = operation.Intent;
        if (!intent.IsCommand)
        {
            yield break;
        }

        var silent = operation.Attempts.Where(a => a.Answer is null).ToArray();
        var leavesEntry = operation.Answer is { Verdict: Verdict.Refused } refused
            && JournalChecker.IsRecorded(refused.Reason, intent.Kind, intent.Proposal is not null)
            && HasEntry(recovered, intent);
        var decidedAnew = operation.Answer is { Verdict: Verdict.Refused } && !leavesEntry;
        var input = new JournalInput.Command(intent.Kind, intent.Proposal, intent.EndsByItself,
            decidedAnew && silent.Length > 0 ? operation.Number : null)
        {
            LeavesEntry = leavesEntry,
        };
        if (operation.Answer is { } answer)
        {
            var seen = answer.Verdict == Verdict.Refused
                ? null
                : answer.Seen.FirstOrDefault(s => s.Account == intent.Account)?.Version;
            var from = decidedAnew ? operation.Attempts[^1].StartedAt : operation.InvokedAt;
            yield return (intent.Account, new(
                input, new JournalOutput.Outcome(answer.Verdict, answer.Reason, answer.Proposal, seen), from,
                operation.AnsweredAt, Name(operation)));
        }

        // A request id is remembered with what it left behind. A refusal that leaves nothing does not speak for the
        // attempts before it, which may still be under way.
        if (silent.Length > 0 && (operation.Answer is null || decidedAnew))
        {
            yield return (intent.Account,
                new(input, null, operation.InvokedAt, silent.Max(history.EffectEnds), Name(operation)));
        }
    }

    /// <summary>
    /// Whether the journal has an entry of a request, where it was read: a caller's many refused attempts are counted
    /// only, and which of them have entries is looked at elsewhere.
    /// </summary>
    private static bool HasEntry(RecoveredState? recovered, Intent intent) =>
        recovered is null || !recovered.Accounts.TryGetValue(intent.Account, out var account)
        || account.Journal.Any(l => l.RequestId == intent.RequestId);

    /// <summary>
    /// What answers say about accounts; a command's too, because a repeated one is answered with the account as it is
    /// by then.
    /// </summary>
    private static IEnumerable<(long Account, JournalCall Call)> Looks(Operation operation, ReadConsistency reads)
    {
        if (operation.Answer is not { } answer)
        {
            yield break;
        }

        var from = reads.OldestOf(operation.Attempts[^1].StartedAt, operation.AnsweredAt);
        foreach (var seen in answer.Seen.Where(s => s.Version is not null))
        {
            yield return (seen.Account, new(
                new JournalInput.Look(operation.Intent.MinVersion), new JournalOutput.Shown(
                    seen.Version!.Value, seen.Status), from, operation.AnsweredAt, Name(operation)));
        }

        if (operation.Intent.Kind == OperationKind.ReadPublic)
        {
            yield return (operation.Intent.Account, new(
                new JournalInput.Visit(), new JournalOutput.Visited(!answer.Seen.IsEmpty), from, operation.AnsweredAt,
                Name(operation)));
        }
    }

    private static IEnumerable<(long Account, JournalCall Call)> AtTheEnd(RecoveredAccount account, TimeSpan end)
    {
        if (account.Served.Version is { } version)
        {
            yield return (account.Id,
                new(new JournalInput.Look(), new JournalOutput.Shown(version, account.Served.Status), end, end,
                    "at the end"));
        }
    }

    public static string Name(Operation operation) =>
        string.Create(CultureInfo.InvariantCulture,
            $"#{operation.Number} {operation.Intent.Client} {operation.Intent.Kind}{(operation.Attempts.Length > 1 ? $" in {operation.Attempts.Length} attempts" : "")}");
}
