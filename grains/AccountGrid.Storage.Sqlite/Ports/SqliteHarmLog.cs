using System.Collections.Immutable;
using AccountGrid.Application;
using AccountGrid.Domain;

namespace AccountGrid.Storage.Sqlite;

internal sealed class SqliteHarmLog(SqliteStore store) : IHarmLog
{
    private const string Charges =
        "SELECT at, harm_reach FROM journal WHERE harm_by = ? AND at > ? ORDER BY at, position";

    // The index has all harms that ever were, and the brake asks once per activation.
    private const string Alone =
        """
        SELECT at, harm_reach FROM journal INDEXED BY journal_harm_by
        WHERE harm_by IS NOT NULL AND at > ? AND harm_approved_by IS NULL ORDER BY at, position
        """;

    // Only accounts are harmed, so every stream found is "a/" and the number.
    private const string Harmed =
        """
        SELECT DISTINCT CAST(substr(stream, 3) AS INTEGER) AS account FROM (
            SELECT stream FROM journal WHERE harm_by = ?1 AND at >= ?2
            UNION ALL
            SELECT stream FROM journal WHERE harm_approved_by = ?1 AND at >= ?2)
        WHERE account > ?3 ORDER BY account LIMIT ?4
        """;

    public Task<ImmutableArray<HarmCharge>> ReadChargesAsync(
        Actor by, DateTimeOffset after, CancellationToken cancellationToken) =>
        store.Readers.ReadAsync(
            "Reading harms",
            database => Rows.Read(
                database.Use(Charges).With(BudgetMark.TextOf(by)).With(Microseconds.Of(after)),
                static row => new HarmCharge(StoredValues.Instant(row.Int64(0)), row.Int64(1))),
            cancellationToken);

    public Task<ImmutableArray<HarmCharge>> ReadAloneAsync(
        DateTimeOffset after, CancellationToken cancellationToken) => store.Readers.ReadAsync(
        "Reading harms of the grid",
        database => Rows.Read(
            database.Use(Alone).With(Microseconds.Of(after)),
            static row => new HarmCharge(StoredValues.Instant(row.Int64(0)), row.Int64(1))),
        cancellationToken);

    public Task<ImmutableArray<AccountId>> ListHarmedAsync(
        Actor by, DateTimeOffset since, long afterAccount, int max, CancellationToken cancellationToken)
    {
        PortArguments.CheckMax(max);
        return store.Readers.ReadAsync(
            "Listing harmed accounts",
            database => Rows.Read(
                database.Use(Harmed).With(BudgetMark.TextOf(by)).With(Microseconds.Of(since))
                    .With(Math.Max(0, afterAccount)).With(max), static row => new AccountId(row.Int64(0))),
            cancellationToken);
    }
}
