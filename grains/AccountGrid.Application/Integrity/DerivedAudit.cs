using System.Globalization;
using AccountGrid.Domain;

namespace AccountGrid.Application;

/// <summary>
/// What the verification of everything asks beside the journals: budget marks and index rows are computed again, and
/// follower counts compared with their edges. Thread-safe; each run reads the store anew.
/// </summary>
/// <param name="source">Marks and index rows.</param>
/// <param name="followers">Counts and edges.</param>
public sealed class DerivedAudit(IDerivedSource source, IFollowerAudit followers)
{
    private const int Accounts = 500;
    private const int SliceEdges = 250_000;

    /// <summary>Compares everything, and adds what differs.</summary>
    internal async Task RunAsync(AuditFindings findings, CancellationToken cancellationToken)
    {
        await CompareRowsAsync(findings, cancellationToken).ConfigureAwait(false);
        await CompareCountsAsync(findings, cancellationToken).ConfigureAwait(false);
    }

    private async Task CompareRowsAsync(AuditFindings findings, CancellationToken cancellationToken)
    {
        var walk = new DerivedWalk(source);
        try
        {
            for (var isLast = false; !isLast;)
            {
                (var problems, isLast) = await walk.StepAsync(cancellationToken).ConfigureAwait(false);
                foreach (var problem in problems)
                {
                    findings.Add(problem.Position > 0 ? problem.Position : long.MaxValue, problem);
                }
            }
        }
        catch (JournalDamagedException e)
        {
            findings.EntryUnreadable(e);
        }
    }

    private async Task CompareCountsAsync(AuditFindings findings, CancellationToken cancellationToken)
    {
        for (var (after, more) = (0L, true); more;)
        {
            var page = await followers.ListAsync(after, Accounts, cancellationToken).ConfigureAwait(false);
            foreach (var account in page)
            {
                if (await DriftAsync(account, cancellationToken).ConfigureAwait(false) is { } problem)
                {
                    findings.Add(problem);
                }
            }

            more = page.Length == Accounts;
            after = more ? page[^1].Value : after;
        }
    }

    /// <summary>
    /// A count that differs. One that moved while the edges of a large account were counted in parts is left to the
    /// reconciler, which follows the changes.
    /// </summary>
    private async Task<AuditProblem?> DriftAsync(AccountId account, CancellationToken cancellationToken)
    {
        var (edges, from) = (0L, long.MinValue);
        long? version = null;
        while (true)
        {
            var slice = await followers.CountAsync(account, from, SliceEdges, cancellationToken).ConfigureAwait(false);
            edges += slice.Edges;
            if (version is { } known && known != slice.Version)
            {
                return null;
            }

            version = slice.Version;
            if (slice.Last is { } last)
            {
                from = last;
                continue;
            }

            return slice.Count == edges
                ? null
                : new(
                    AuditProblemKind.FollowerCountWrong,
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"Account {account} shows {slice.Count} followers and has {edges} edges."),
                    StreamId.Of(account).Value);
        }
    }
}
