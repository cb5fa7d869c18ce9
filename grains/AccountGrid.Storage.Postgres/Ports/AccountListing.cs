using System.Globalization;
using System.Text;
using AccountGrid.Application;
using AccountGrid.Domain;
using Npgsql;

namespace AccountGrid.Storage.Postgres;

/// <summary>
/// Builds the statement behind a listing of accounts: one text per combination of filters, planned for the values
/// given.
/// </summary>
internal static class AccountListing
{
    /// <summary>The reach from which counts stand in an index of their own; the same number as in the schema.</summary>
    private const long IndexedReach = 100_000;

    /// <summary>
    /// The text of a listing whose first two parameters are "after" and "max"; adds those that it needs.
    /// </summary>
    public static string SqlOf(AccountFilter filter, List<NpgsqlParameter> parameters)
    {
        var sql = new StringBuilder("SELECT a.account FROM account_index a WHERE a.account > $1");
        if (filter.Status is { } status)
        {
            // The status itself, not a parameter: the index of accounts that are down then applies whatever becomes of
            // the plan.
            sql.Append(status == AccountStatus.Active ? "" : " AND a.status <> 1").Append(" AND a.status = ")
                .Append((int)status);
        }

        AddTier(sql, filter, parameters);
        if (!string.IsNullOrEmpty(filter.HandlePrefix))
        {
            // From the prefix to the first text behind everything that begins with it. Handles are ASCII letters,
            // digits and underscores.
            var prefix = StoredText.Escape(
                string.Concat(
                    filter.HandlePrefix.Select(static c => char.IsAsciiLetterUpper(c) ? char.ToLowerInvariant(c) : c)));
            sql.Append(" AND lower(a.handle) >= ").Append(Add(parameters, Parameter.Of(prefix)))
                .Append(" AND lower(a.handle) < ").Append(Add(parameters, Parameter.Of(prefix + "\u007f")));
        }

        return sql.Append(" ORDER BY a.account LIMIT $2").ToString();
    }

    private static void AddTier(StringBuilder sql, AccountFilter filter, List<NpgsqlParameter> parameters)
    {
        if (filter.Tier is null)
        {
            return;
        }

        var reach = Add(parameters, Parameter.Of(filter.ProtectedReach));
        switch (filter.Tier)
        {
            case Tier.Standard:
                sql.Append(
                    " AND NOT a.designated AND NOT EXISTS (SELECT 1 FROM follower_count c WHERE c.account = a.account AND c.count >= ").Append(reach).Append(')');
                break;
            case Tier.Protected:
                sql.Append(" AND a.account IN (").Append(ProtectedOf(filter.ProtectedReach, reach)).Append(')');
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(filter), filter.Tier, "Unknown tier.");
        }
    }

    /// <summary>The text that counts who is down, by status and tier. Its parameter: $1 reach.</summary>
    public static string DownSqlOf(long protectedReach) =>
        $"SELECT a.status, count(*), count(*) FILTER (WHERE a.account IN ({ProtectedOf(protectedReach, "$1")})) FROM account_index a WHERE a.status <> 1 GROUP BY a.status";

    private static string ProtectedOf(long protectedReach, string parameter) =>
        $"SELECT account FROM account_index WHERE designated UNION SELECT account FROM follower_count WHERE {(protectedReach >= IndexedReach ? "large AND " : "")}count >= {parameter}";

    private static string Add(List<NpgsqlParameter> parameters, NpgsqlParameter parameter)
    {
        parameters.Add(parameter);
        return string.Create(CultureInfo.InvariantCulture, $"${parameters.Count}");
    }
}
