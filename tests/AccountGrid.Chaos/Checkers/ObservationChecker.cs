using System.Collections.Immutable;
using AccountGrid.Chaos.Histories;
using AccountGrid.Chaos.Running;

namespace AccountGrid.Chaos.Checkers;

/// <summary>
/// Whatever was ever served about an account is what its journal says at that version, and after a recovery it is what the whole journal says. Versions never go
/// backwards: not for a client, not across a restart, not from one client to the next. Only while a cluster is disturbed may a read show less; what is written then, and a read that
/// insists on a version, may not.
/// </summary>
internal static class ObservationChecker
{
    public const string Unexplained = "served-is-the-fold-of-the-journal";
    public const string Backwards = "versions-never-go-backwards";
    public const string CountBackwards = "count-versions-never-go-backwards";
    public const string TwoCounts = "one-count-per-version";
    public const string Inexact = "counts-are-exact";
    public const string BelowMinimum = "a-read-is-no-older-than-it-insists-on";

    public static IEnumerable<Violation> Check(HistorySnapshot history, RecoveredState recovered, CheckRules rules)
    {
        var folds = recovered.Accounts.ToDictionary(a => a.Key, a => AccountFold.Of(a.Value.Journal));
        return recovered.Accounts.Values.SelectMany(a => CheckServed(a, folds[a.Id]))
            .Concat(Observations(history).SelectMany(o => CheckFold(o, folds.GetValueOrDefault(o.Seen.Account))))
            .Concat(Observations(history).SelectMany(CheckMinimum))
            .Concat(CheckOrder(history, recovered, o => o.Version, Backwards, o => IsFresh(o, rules)))
            .Concat(CheckOrder(history, recovered, o => o.Followers?.Version, CountBackwards, o => IsFreshCount(o, rules)))
            .Concat(CheckCounts(history, recovered, rules));
    }

    private static IEnumerable<Violation> CheckServed(RecoveredAccount account, ImmutableArray<AccountFold> folds)
    {
        var served = account.Served;
        if (served.Version is not { } version || version >= folds.Length || (version > 0 && served.Status != folds[(int)version].Status))
        {
            yield return new(Unexplained, account.Id, $"served {served.Status} at version {served.Version}; the journal of {account.Journal.Length} says {Say(folds, served.Version)}");
            yield break;
        }

        var fold = folds[(int)version];
        if (!fold.Holds.SetEquals(account.Holds) || fold.Pending != account.Pending)
        {
            yield return new(
                Unexplained, account.Id,
                $"served holds [{string.Join(' ', account.Holds)}] pending {account.Pending}; the journal says [{string.Join(' ', fold.Holds)}] pending {fold.Pending}");
        }

        // The listing is read after the account, so only an entry that came meanwhile may explain a difference.
        if (version > 0 && (account.Listed is null || !folds.Skip((int)version).Any(f => f.Status == account.Listed)))
        {
            yield return new(Unexplained, account.Id, $"listed as {account.Listed}; the journal says {fold.Status}");
        }
    }

    private static IEnumerable<Violation> CheckMinimum((Operation Operation, Seen Seen) observation)
    {
        var (operation, seen) = observation;
        if (seen.Version < operation.Intent.MinVersion)
        {
            yield return new(BelowMinimum, seen.Account, $"{operation} saw {seen.Version}; it insisted on {operation.Intent.MinVersion}");
        }
    }

    /// <summary>Whether it must show everything that was answered before it. What a command appended stands behind all of that; the same request sent again is a question like a read.</summary>
    private static bool IsFresh(Operation operation, CheckRules rules) =>
        !IsDisturbed(operation, rules) || (operation.Intent.IsCommand && operation.Attempts.Length == 1);

    /// <summary>The same of counts: whoever changed one has it from the ledger itself.</summary>
    private static bool IsFreshCount(Operation operation, CheckRules rules) =>
        !IsDisturbed(operation, rules) || operation.Answer?.Changed > 0;

    private static bool IsDisturbed(Operation operation, CheckRules rules) =>
        rules.IsDisturbed(operation.Attempts[^1].StartedAt, operation.AnsweredAt);

    private static IEnumerable<Violation> CheckFold((Operation Operation, Seen Seen) observation, ImmutableArray<AccountFold> folds)
    {
        var (operation, seen) = observation;
        if (seen is { Version: > 0, Status: { } status }
            && (folds.IsDefault || seen.Version >= folds.Length || folds[(int)seen.Version].Status != status))
        {
            yield return new(Unexplained, seen.Account, $"{operation} saw {status} at version {seen.Version}; the journal says {Say(folds, seen.Version)}");
        }
    }

    /// <summary>
    /// Every answer is at least as new as every answer that came before its operation's last attempt left: that of the same client and of all others. The
    /// recovered state is looked at last.
    /// </summary>
    private static IEnumerable<Violation> CheckOrder(
        HistorySnapshot history, RecoveredState recovered, Func<Seen, long?> versionOf, string check, Func<Operation, bool> isFresh)
    {
        var byAccount = Observations(history).Where(o => versionOf(o.Seen) is not null).ToLookup(o => o.Seen.Account);
        foreach (var observations in byAccount)
        {
            var answers = observations.OrderBy(o => o.Operation.AnsweredAt).ToArray();
            var newest = new (long Version, Operation? Source)[answers.Length + 1];
            for (var i = 0; i < answers.Length; i++)
            {
                var version = versionOf(answers[i].Seen)!.Value;
                newest[i + 1] = version > newest[i].Version ? (version, answers[i].Operation) : newest[i];
            }

            var ends = Array.ConvertAll(answers, a => a.Operation.AnsweredAt);
            foreach (var (operation, seen) in answers)
            {
                var before = newest[CountBefore(ends, operation.Attempts[^1].StartedAt)];
                if (versionOf(seen) < before.Version && isFresh(operation))
                {
                    yield return new(check, observations.Key, $"{operation} saw {versionOf(seen)}; before it {before.Source} saw {before.Version}");
                }
            }

            if (recovered.Accounts.TryGetValue(observations.Key, out var account) && versionOf(account.Served) is { } served && served < newest[^1].Version)
            {
                yield return new(check, observations.Key, $"served {served} after the recovery; before it {newest[^1].Source} saw {newest[^1].Version}");
            }
        }
    }

    private static IEnumerable<Violation> CheckCounts(HistorySnapshot history, RecoveredState recovered, CheckRules rules)
    {
        var observed = Observations(history).Select(o => (o.Seen, Source: o.Operation.ToString(), MustBeExact: !rules.StoreFails))
            .Concat(recovered.Accounts.Values.Select(a => (Seen: a.Served, Source: "the recovered state", MustBeExact: true)))
            .Where(o => o.Seen.Followers is not null);
        var counts = new Dictionary<(long Account, long Version), (long Count, string Source)>();
        foreach (var (seen, source, mustBeExact) in observed)
        {
            var followers = seen.Followers!.Value;
            if (!followers.Exact && mustBeExact)
            {
                yield return new(Inexact, seen.Account, $"{source} got a count that says it is not exact");
            }
            else if (followers.Exact && !counts.TryAdd((seen.Account, followers.Version), (followers.Count, source))
                && counts[(seen.Account, followers.Version)] is var known && known.Count != followers.Count)
            {
                yield return new(TwoCounts, seen.Account, $"{source} saw {followers.Count} at version {followers.Version}; {known.Source} saw {known.Count}");
            }
        }
    }

    private static IEnumerable<(Operation Operation, Seen Seen)> Observations(HistorySnapshot history) =>
        history.Operations.SelectMany(o => (o.Answer?.Seen ?? []).Select(s => (o, s)));

    /// <summary>How many of the ascending instants lie strictly before one.</summary>
    private static int CountBefore(TimeSpan[] ascending, TimeSpan instant)
    {
        var low = 0;
        for (var high = ascending.Length; low < high;)
        {
            var middle = (low + high) / 2;
            (low, high) = ascending[middle] < instant ? (middle + 1, high) : (low, middle);
        }

        return low;
    }

    private static string Say(ImmutableArray<AccountFold> folds, long? version) =>
        folds.IsDefault || version is null || version >= folds.Length ? "nothing about that version" : folds[(int)version.Value].Status.ToString();
}
