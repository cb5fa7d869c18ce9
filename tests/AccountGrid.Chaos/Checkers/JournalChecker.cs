using System.Collections.Immutable;
using AccountGrid.Chaos.Histories;
using AccountGrid.Chaos.Running;

namespace AccountGrid.Chaos.Checkers;

/// <summary>
/// Every acknowledged command stands in its account's journal exactly once, by request id; a refused one did not act; nothing acted twice although it was
/// retried; nobody acted who was not asked; and the journal's order agrees with real time.
/// </summary>
internal static class JournalChecker
{
    public const string Lost = "acknowledged-is-there";
    public const string Twice = "acts-once";
    public const string Phantom = "refused-did-not-act";
    public const string WrongAct = "acts-as-asked";
    public const string Nobody = "every-entry-was-asked-for";
    public const string Order = "order-of-real-time";
    public const string Damaged = "journal-folds";
    public const string WrongRefusal = "refusal-is-explained";
    public const string Internal = "no-internal-error";

    /// <summary>Refusals of attempts at power: they leave an entry behind.</summary>
    private static readonly ImmutableHashSet<string> Recorded =
        ["FORBIDDEN_ROLE", "AUTHORITY_ENDED", "NOTICE_PERIOD", "NEEDS_SECOND_PERSON", "SAME_PERSON", "PROPOSAL_EXPIRED", "PROPOSAL_VOID", "BUDGET_EXCEEDED", "REACH_EXCEEDED"];

    /// <summary>Entries of one caller's refused attempts in an hour, after which they are counted only.</summary>
    private const int MostRefusals = 64;

    /// <summary>The same for attempts without the power.</summary>
    private const int MostPowerless = 8;

    /// <summary>Refusals that a client with its papers in order may meet.</summary>
    private static readonly ImmutableHashSet<string> Explained =
        ["NEEDS_SECOND_PERSON", "SAME_PERSON", "PROPOSAL_EXPIRED", "PROPOSAL_VOID", "BUDGET_EXCEEDED", "REACH_EXCEEDED", "WRONG_STATUS", "ALREADY_EXISTS", "VERSION_MISMATCH", "NOT_FOUND"];

    /// <summary>Refusals that depend on the account's state: they leave an entry that remembers the request id.</summary>
    private static readonly ImmutableHashSet<string> Remembered = ["WRONG_STATUS", "ALREADY_EXISTS", "VERSION_MISMATCH", "NOT_FOUND"];

    /// <summary>
    /// Whether an attempt that is refused so leaves an entry behind. A registration never does, and an account that is not there has no journal; only what is
    /// about a proposal finds the account and not the proposal.
    /// </summary>
    public static bool IsRecorded(string reason, OperationKind kind, bool isAboutAProposal) =>
        Recorded.Contains(reason) || (Remembered.Contains(reason) && kind != OperationKind.Register && (reason != "NOT_FOUND" || isAboutAProposal));

    public static IEnumerable<Violation> Check(HistorySnapshot history, RecoveredState recovered)
    {
        foreach (var operation in history.Operations.Where(o => o.Attempts.Any(a => a.Error == HistorySnapshot.InternalError)))
        {
            yield return new(Internal, operation.Intent.Account, operation.ToString());
        }

        var commands = history.Operations.Where(o => o.Intent.IsCommand).ToLookup(o => o.Intent.Account);
        foreach (var id in commands.Select(g => g.Key).Union(recovered.Accounts.Keys).Order())
        {
            var journal = recovered.Accounts.TryGetValue(id, out var account) ? account.Journal : [];
            if (AccountFold.Of(journal)[^1].Damage is { } damage)
            {
                yield return new(Damaged, id, damage);
            }

            var acts = journal.Where(l => l.RequestId.Length > 0).ToLookup(l => l.RequestId, StringComparer.Ordinal);
            var asked = commands[id].ToDictionary(o => o.Intent.RequestId!, StringComparer.Ordinal);
            foreach (var violation in asked.Values.SelectMany(o => CheckOne(o, [.. acts[o.Intent.RequestId!]], journal))
                .Concat(CheckNobody(id, journal, asked)).Concat(CheckOrder(id, acts, asked)))
            {
                yield return violation;
            }
        }
    }

    private static IEnumerable<Violation> CheckOne(Operation operation, ImmutableArray<JournalLine> lines, ImmutableArray<JournalLine> journal)
    {
        var id = operation.Intent.Account;
        if (!IsOneAct(lines))
        {
            yield return new(Twice, id, $"{operation}; journal: {string.Join(" | ", lines)}");
            yield break;
        }

        var acted = lines.Length > 0 && lines[0].Type != "attempt-refused";
        if (lines.Length > 0 && (lines[0].Actor != operation.Intent.Actor || !operation.Attempts.Any(a => a.TraceId == lines[0].TraceId)))
        {
            yield return new(WrongAct, id, $"{operation}; journal: {lines[0]}");
        }

        if (operation.Answer is not { } answer)
        {
            yield break;
        }

        if (answer.Verdict == Verdict.Refused)
        {
            foreach (var violation in CheckRefused(operation, answer, lines, acted, HasEnough(journal, operation.Intent.Actor)))
            {
                yield return violation;
            }
        }
        else if (!acted)
        {
            yield return new(Lost, id, $"{operation}; journal: {(lines.IsEmpty ? "nothing" : lines[0])}");
        }
        else if (!IsAsAsked(operation.Intent, answer, lines[0]) || answer.Seen.Any(s => s.Account == id && s.Version < lines[^1].Sequence))
        {
            yield return new(WrongAct, id, $"{operation}; journal: {lines[0]}");
        }
    }

    private static IEnumerable<Violation> CheckRefused(
        Operation operation, Answer answer, ImmutableArray<JournalLine> lines, bool acted, bool hasEnough)
    {
        var id = operation.Intent.Account;
        if (!Explained.Contains(answer.Reason) && !IsTooLate(operation.Intent.Kind, answer.Reason))
        {
            yield return new(WrongRefusal, id, operation.ToString());
        }

        if (operation.HasRivalAttempt)
        {
            yield break;
        }

        if (acted)
        {
            yield return new(Phantom, id, $"{operation}; journal: {string.Join(" | ", lines)}");
        }
        else if (IsRecorded(answer.Reason, operation.Intent.Kind, operation.Intent.Proposal is not null) is var isRecorded
            && ((isRecorded != !lines.IsEmpty && !(isRecorded && hasEnough)) || (!lines.IsEmpty && lines[0].Refusal != answer.Reason)))
        {
            yield return new(Lost, id, $"{operation}; the attempt should {(isRecorded ? "" : "not ")}be recorded; journal: {(lines.IsEmpty ? "nothing" : lines[0])}");
        }
    }

    /// <summary>Whether a caller has so many entries of refused attempts that further ones are only counted.</summary>
    private static bool HasEnough(ImmutableArray<JournalLine> journal, string actor) =>
        journal.Count(l => l.Refusal.Length > 0 && l.Actor == actor) is var entries
        && (entries >= MostRefusals || journal.Count(l => l.Refusal is "FORBIDDEN_ROLE" or "AUTHORITY_ENDED" && l.Actor == actor) >= MostPowerless);

    /// <summary>An instant in the near future may lie in the past when a retry is decided.</summary>
    private static bool IsTooLate(OperationKind kind, string reason) =>
        kind is OperationKind.DeactivateLater or OperationKind.Suspend && reason == "INVALID_ARGUMENT";

    /// <summary>One append: consecutive, of one instant, actor and trace, one act and at most what follows from it.</summary>
    private static bool IsOneAct(ImmutableArray<JournalLine> lines)
    {
        for (var i = 1; i < lines.Length; i++)
        {
            var follows = lines[i].Type == "proposal-closed" ? i == lines.Length - 1 : lines[0].Type == "hold-lifted" && lines[i].Type == "hold-lifted";
            if (!follows || lines[i].Sequence != lines[i - 1].Sequence + 1 || lines[i].At != lines[0].At
                || lines[i].Actor != lines[0].Actor || lines[i].TraceId != lines[0].TraceId)
            {
                return false;
            }
        }

        return lines.Where(l => l.Type == "hold-lifted").DistinctBy(l => l.Hold).Count() == lines.Count(l => l.Type == "hold-lifted");
    }

    private static bool IsAsAsked(Intent intent, Answer answer, JournalLine line) => (intent.Kind, answer.Verdict) switch
    {
        (OperationKind.Register, Verdict.Done) => line.Type == "registered",
        (OperationKind.Deactivate, Verdict.Done) => line is { Type: "hold-placed", Action: "deactivate" },
        (OperationKind.Suspend, Verdict.Done) => line is { Type: "hold-placed", Action: "suspend" },
        (OperationKind.OwnerDeactivate, Verdict.Done) => line is { Type: "hold-placed", Action: "ownerdeactivate" },
        (OperationKind.Deactivate, Verdict.Pending) => line is { Type: "proposal-opened", Action: "deactivate" },
        (OperationKind.DeactivateLater, Verdict.Pending) => line is { Type: "proposal-opened" or "action-scheduled", Action: "deactivate" },
        (OperationKind.Suspend, Verdict.Pending) => line is { Type: "proposal-opened", Action: "suspend" },
        (OperationKind.OwnerDeactivate, Verdict.Pending) => line is { Type: "proposal-opened", Action: "ownerdeactivate" },
        (OperationKind.Erase, Verdict.Pending) => line is { Type: "proposal-opened", Action: "erase" },
        (OperationKind.Protect, Verdict.Done) => line.Type == "protection-raised",
        (OperationKind.Restore or OperationKind.OwnerRestore, Verdict.Done) => line.Type == "hold-lifted",
        (OperationKind.Approve, Verdict.Done) => line.Type is "hold-placed" or "erased" && line.Proposal == intent.Proposal,
        (OperationKind.Approve, Verdict.Pending) => line.Type == "proposal-approved" && line.Proposal == intent.Proposal,
        (OperationKind.Reject, Verdict.Done) => line is { Type: "proposal-closed", Closed: "rejected" } && line.Proposal == intent.Proposal,
        (OperationKind.Withdraw, Verdict.Done) => line is { Type: "proposal-closed", Closed: "withdrawn" } && line.Proposal == intent.Proposal,
        _ => false,
    };

    private static IEnumerable<Violation> CheckNobody(long id, ImmutableArray<JournalLine> journal, Dictionary<string, Operation> asked) =>
        journal.Where(l => l.RequestId.Length > 0 ? !asked.ContainsKey(l.RequestId) : !l.Actor.StartsWith("system:", StringComparison.Ordinal) && !l.IsSum)
            .Select(l => new Violation(Nobody, id, l.ToString()));

    /// <summary>What was answered before something else was begun stands before it.</summary>
    private static IEnumerable<Violation> CheckOrder(long id, ILookup<string, JournalLine> acts, Dictionary<string, Operation> asked)
    {
        Operation? latest = null;
        foreach (var act in acts.OrderBy(g => g.First().Sequence))
        {
            if (!asked.TryGetValue(act.Key, out var operation))
            {
                continue;
            }

            if (latest is not null && operation.AnsweredAt < latest.InvokedAt)
            {
                yield return new(Order, id, $"{operation} was answered before {latest} was begun, and stands behind it");
            }

            latest = latest is null || operation.InvokedAt > latest.InvokedAt ? operation : latest;
        }
    }
}
