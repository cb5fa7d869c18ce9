using AccountGrid.Chaos.Histories;
using AccountGrid.Chaos.Running;

namespace AccountGrid.Chaos.Checkers;

/// <summary>
/// Every acknowledged follow and unfollow is on disk, and nothing else: for each edge, the state on disk and every
/// answer on the way is explained by some order of what was acknowledged and what may have happened. Exact, because one
/// client alone touches an edge and does one thing at a time. And the count is the number of edges.
/// </summary>
internal static class EdgeChecker
{
    public const string Lost = "acknowledged-follow-is-there";
    public const string Phantom = "every-edge-was-asked-for";
    public const string WrongChange = "change-is-explained";
    public const string WrongCount = "count-is-the-number-of-edges";

    public static IEnumerable<Violation> Check(HistorySnapshot history, RecoveredState recovered, CheckRules rules)
    {
        var edges = new Dictionary<(long Account, long Follower), EdgeModel>();
        foreach (var operation in history.Operations.Where(o => !o.Intent.Edges.IsEmpty))
        {
            foreach (var attempt in operation.Attempts)
            {
                if (Apply(edges, history, operation, attempt, rules) is { } violation)
                {
                    yield return violation;
                }
            }
        }

        foreach (var violation in recovered.Disk is { } disk
            ? CheckDisk(edges, disk, recovered)
            : CheckServed(edges, recovered))
        {
            yield return violation;
        }
    }

    private static IEnumerable<Violation> CheckDisk(
        Dictionary<(long Account, long Follower), EdgeModel> edges, DiskState disk, RecoveredState recovered)
    {
        foreach (var ((account, follower), model) in edges)
        {
            var there = disk.Of(account).Contains(follower);
            if (!(there ? model.MayBeThere : model.MayBeAbsent))
            {
                yield return new(
                    Lost, account, $"follower {follower} is {(there ? "there" : "absent")} on disk; last {model.Last}");
            }
        }

        var phantoms = disk.Followers.SelectMany(
            a => a.Value.Where(f => !edges.ContainsKey((a.Key, f))).Select(f => (Account: a.Key, Follower: f)));
        foreach (var (account, follower) in phantoms)
        {
            yield return new(Phantom, account, $"follower {follower}");
        }

        foreach (var violation in recovered.Accounts.Values.SelectMany(a => CheckCount(a, disk)))
        {
            yield return violation;
        }
    }

    /// <summary>Without the edges themselves the count still has to be one that the answers allow.</summary>
    private static IEnumerable<Violation> CheckServed(
        Dictionary<(long Account, long Follower), EdgeModel> edges, RecoveredState recovered)
    {
        var byAccount = edges.ToLookup(e => e.Key.Account, e => e.Value);
        foreach (var account in recovered.Accounts.Values.Where(a => a.Served.Version > 0))
        {
            var (least, most) =
                (byAccount[account.Id].Count(m => !m.MayBeAbsent), byAccount[account.Id].Count(m => m.MayBeThere));
            if (account.Served.Followers?.Count is not { } count || count < least || count > most)
            {
                yield return new(
                    WrongCount, account.Id,
                    $"served {account.Served.Followers?.Count}; the answers allow {least} to {most}");
            }
        }
    }

    private static IEnumerable<Violation> CheckCount(RecoveredAccount account, DiskState disk)
    {
        var edges = disk.Of(account.Id).Count;
        if (disk.Counts.GetValueOrDefault(account.Id) != edges)
        {
            yield return new(WrongCount, account.Id,
                $"{edges} edges on disk, and beside them the count {disk.Counts.GetValueOrDefault(account.Id)}");
        }

        if (account.Served is { Version: > 0 } served && served.Followers?.Count != edges)
        {
            yield return new(WrongCount, account.Id, $"{edges} edges on disk; served {served.Followers?.Count}");
        }
    }

    private static Violation? Apply(
        Dictionary<(long Account, long Follower), EdgeModel> edges, HistorySnapshot history, Operation operation,
        Attempt attempt, CheckRules rules)
    {
        if (attempt.Answer is { Verdict: Verdict.Refused })
        {
            return null;
        }

        // How many changes the order of things so far allows.
        var (least, most) = (0L, 0L);
        foreach (var (index, change) in operation.Intent.Edges.Index())
        {
            if (attempt.Answer?.RefusedEdges.Contains(index) == true)
            {
                continue;
            }

            var key = (change.Account, change.Follower);
            if (!edges.TryGetValue(key, out var model))
            {
                edges[key] = model = new EdgeModel();
            }

            model.Begin(attempt.StartedAt);
            least += model.MustChange(change.Follows) ? 1 : 0;
            most += model.MayChange(change.Follows) ? 1 : 0;
            if (attempt.Answer is null)
            {
                model.Perhaps(change.Follows, history.EffectEnds(attempt), operation);
            }
            else
            {
                model.Certainly(change.Follows, operation);
            }
        }

        // What a gateway had to send to another silo may be found to be there already: then less is said to have
        // changed than did.
        least = rules.IsDisturbed(attempt.StartedAt, attempt.EndedAt ?? TimeSpan.MaxValue) ? 0 : least;
        return attempt.Answer?.Changed is { } changed && (changed < least || changed > most)
            ? new(WrongChange, operation.Intent.Account,
                $"{operation} says that {changed} of {operation.Intent.Edges.Length} changed; {least} to {most} could")
            : null;
    }
}
