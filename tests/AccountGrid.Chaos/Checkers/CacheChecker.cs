using System.Collections.Immutable;
using AccountGrid.Chaos.Histories;
using AccountGrid.Chaos.Running;
using AccountGrid.V1;

namespace AccountGrid.Chaos.Checkers;

/// <summary>
/// No answer of a status cache is staler than its bound: some version of the account has that status and may still have
/// been the last one at the time of the question minus the bound. A version was over, at the latest, when any client
/// was told of a newer one. A fault in the cluster does not excuse a stale answer, because a cache can say that it does
/// not know.
/// </summary>
internal static class CacheChecker
{
    public const string TooStale = "cache-answers-within-its-bound";

    /// <param name="history">What all other clients were told.</param>
    /// <param name="recovered">The journals, from after the last of the answers.</param>
    /// <param name="looks">What caches answered.</param>
    /// <param name="bound">The caches' bound.</param>
    public static IEnumerable<Violation> Check(
        HistorySnapshot history, RecoveredState recovered, IEnumerable<CacheLook> looks, TimeSpan bound)
    {
        var told = history.Operations
            .SelectMany(static o => (o.Answer?.Seen ?? []).Select(s => (Seen: s, o.AnsweredAt)))
            .Where(static t => t.Seen.Version is not null)
            .ToLookup(static t => t.Seen.Account);
        foreach (var ofAccount in looks.GroupBy(static l => l.Account))
        {
            if (!recovered.Accounts.TryGetValue(ofAccount.Key, out var account))
            {
                continue;
            }

            var versions = Versions(
                account, told[ofAccount.Key].Select(static t => (t.Seen.Version!.Value, t.AnsweredAt)));
            foreach (var look in ofAccount)
            {
                if (!versions.Any(v => v.Status == look.Status && v.OverAt >= look.AskedAt - bound))
                {
                    yield return new(TooStale, look.Account, Say(look, versions, bound));
                }
            }
        }
    }

    /// <summary>The status at every version, from 0, and by when that version was certainly over.</summary>
    private static ImmutableArray<(Account.Types.Status? Status, TimeSpan OverAt)> Versions(
        RecoveredAccount account, IEnumerable<(long Version, TimeSpan At)> told)
    {
        var folds = AccountFold.Of(account.Journal);
        var toldAt = new TimeSpan[folds.Length + 1];
        Array.Fill(toldAt, TimeSpan.MaxValue);
        foreach (var (version, at) in told)
        {
            var known = (int)Math.Clamp(version, 0, folds.Length);
            toldAt[known] = at < toldAt[known] ? at : toldAt[known];
        }

        var versions = new (Account.Types.Status? Status, TimeSpan OverAt)[folds.Length];
        var newerToldAt = toldAt[^1];
        for (var version = folds.Length - 1; version >= 0; version--)
        {
            versions[version] = (version == 0 ? null : folds[version].Status, newerToldAt);
            newerToldAt = toldAt[version] < newerToldAt ? toldAt[version] : newerToldAt;
        }

        return [.. versions];
    }

    private static string Say(
        CacheLook look, ImmutableArray<(Account.Types.Status? Status, TimeSpan OverAt)> versions, TimeSpan bound)
    {
        var status = look.Status?.ToString() ?? "not registered";
        var said = $"{look.Cache}, asked at {look.AskedAt.TotalSeconds:0.000} s, said {status}; ";
        if (!versions.Any(v => v.Status == look.Status))
        {
            return said + "it never was";
        }

        var overAt = versions.Where(v => v.Status == look.Status).Max(static v => v.OverAt);
        return said + $"that was over {(look.AskedAt - overAt).TotalSeconds:0.000} s before, at "
            + $"{overAt.TotalSeconds:0.000} s, and the bound is {bound.TotalSeconds:0.#} s";
    }
}
