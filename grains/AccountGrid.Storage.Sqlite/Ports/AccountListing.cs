using System.Text;
using AccountGrid.Application;
using AccountGrid.Domain;

namespace AccountGrid.Storage.Sqlite;

/// <summary>
/// Builds the statement behind a listing of accounts: one text per combination of filters, so that each gets the index
/// that fits.
/// </summary>
internal static class AccountListing
{
    /// <summary>The reach from which counts stand in an index of their own; the same number as in the schema.</summary>
    private const long IndexedReach = 100_000;

    /// <summary>
    /// Up to how many accounts with the prefix are sorted rather than found by walking all accounts in order.
    /// </summary>
    private const int FewHandles = 20_000;

    public static Statement Of(Database database, AccountFilter filter, long after, int max)
    {
        var (from, to) = HandleRange(filter.HandlePrefix);
        var common = from.Length > 0 && IsCommon(database, from, to);
        return database.Use(SqlOf(filter, common)).With(after).With(max).With(filter.ProtectedReach).With(from)
            .With(to);
    }

    /// <summary>
    /// The text of a listing. Its parameters: ?1 after, ?2 max, ?3 reach, ?4 and ?5 the range of handles.
    /// </summary>
    public static string SqlOf(AccountFilter filter, bool prefixIsCommon)
    {
        var sql = new StringBuilder("SELECT a.account FROM account_index a WHERE a.account > ?1");
        if (filter.Status is { } status)
        {
            // The status itself, not a parameter: only then does SQLite see that the index of accounts that are down
            // applies.
            sql.Append(status == AccountStatus.Active ? "" : " AND a.status <> 1").Append(" AND a.status = ")
                .Append((int)status);
        }

        AddTier(sql, filter);
        if (!string.IsNullOrEmpty(filter.HandlePrefix))
        {
            // A unary plus hides the column from the index.
            var column = prefixIsCommon ? "+a.handle" : "a.handle";
            sql.Append(" AND ").Append(column).Append(" COLLATE NOCASE >= ?4 AND ").Append(column)
                .Append(" COLLATE NOCASE < ?5");
        }

        // Every parameter is mentioned in every text, so that binding needs no cases.
        return sql.Append(" AND ?3 IS NOT NULL AND ?4 IS NOT NULL AND ?5 IS NOT NULL ORDER BY a.account LIMIT ?2")
            .ToString();
    }

    private static void AddTier(StringBuilder sql, AccountFilter filter)
    {
        switch (filter.Tier)
        {
            case null:
                break;
            case Tier.Standard:
                sql.Append(
                    " AND a.designated = 0 AND NOT EXISTS (SELECT 1 FROM follower_count c WHERE c.account = a.account AND c.count >= ?3)");
                break;
            case Tier.Protected:
                sql.Append(" AND a.account IN (").Append(ProtectedOf(filter.ProtectedReach, "?3")).Append(')');
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(filter), filter.Tier, "Unknown tier.");
        }
    }

    /// <summary>The text that counts who is down, by status and tier. Its parameter: ?1 reach.</summary>
    public static string DownSqlOf(long protectedReach) =>
        $"SELECT a.status, count(*), sum(a.account IN ({ProtectedOf(protectedReach, "?1")})) FROM account_index a WHERE a.status <> 1 GROUP BY a.status";

    private static string ProtectedOf(long reach, string parameter)
    {
        var indexed = reach >= IndexedReach ? $"count >= {IndexedReach} AND " : "";
        return $"SELECT account FROM account_index WHERE designated = 1 UNION SELECT account FROM follower_count WHERE {indexed}count >= {parameter}";
    }

    /// <summary>
    /// The prefix and the first text behind everything that begins with it. Handles are ASCII letters, digits and
    /// underscores.
    /// </summary>
    private static (string From, string To) HandleRange(string? prefix) =>
        string.IsNullOrEmpty(prefix) ? ("", "") : (prefix, prefix + "\u007f");

    private static bool IsCommon(Database database, string from, string to)
    {
        using var row = database.Use(
            "SELECT count(*) FROM (SELECT 1 FROM account_index WHERE handle COLLATE NOCASE >= ? AND handle COLLATE NOCASE < ? LIMIT ?)").With(from).With(to).With(FewHandles);
        return row.Step() && row.Int64(0) == FewHandles;
    }
}
