using System.Collections.Immutable;
using AccountGrid.Application;
using AccountGrid.Domain;

namespace AccountGrid.Storage.Postgres;

internal sealed class PostgresHarmLog(PostgresStore store) : IHarmLog
{
    private static readonly Query<HarmCharge> Charges = new(
        "Reading harms",
        "SELECT at, coalesce(harm_reach, 0) FROM journal WHERE harm_by = $1 AND at > $2 ORDER BY at, position",
        static row => new HarmCharge(StoredValues.Instant(row.GetInt64(0)), row.GetInt64(1)));

    // The partial index has all harms that ever were, and the brake asks once per activation.
    private static readonly Query<HarmCharge> Alone = new(
        "Reading harms of the grid",
        """
        SELECT at, coalesce(harm_reach, 0) FROM journal
        WHERE harm_by IS NOT NULL AND at > $1 AND harm_approved_by IS NULL ORDER BY at, position
        """,
        static row => new HarmCharge(StoredValues.Instant(row.GetInt64(0)), row.GetInt64(1)));

    // Only accounts are harmed, so every stream found is "a/" and the number.
    private static readonly Query<AccountId> Harmed = new(
        "Listing harmed accounts",
        """
        SELECT DISTINCT substr(stream, 3)::bigint AS account FROM (
            SELECT stream FROM journal WHERE harm_by = $1 AND at >= $2
            UNION ALL
            SELECT stream FROM journal WHERE harm_approved_by = $1 AND at >= $2) h
        WHERE substr(stream, 3)::bigint > $3 ORDER BY account LIMIT $4
        """,
        static row => new AccountId(row.GetInt64(0)));

    public Task<ImmutableArray<HarmCharge>> ReadChargesAsync(
        Actor by, DateTimeOffset after, CancellationToken cancellationToken) =>
        store.Readers.ReadAsync(
            Charges, cancellationToken, Parameter.Of(BudgetMark.TextOf(by)), Parameter.Of(Microseconds.Of(after)));

    public Task<ImmutableArray<HarmCharge>> ReadAloneAsync(
        DateTimeOffset after, CancellationToken cancellationToken) =>
        store.Readers.ReadAsync(Alone, cancellationToken, Parameter.Of(Microseconds.Of(after)));

    public Task<ImmutableArray<AccountId>> ListHarmedAsync(
        Actor by, DateTimeOffset since, long afterAccount, int max, CancellationToken cancellationToken)
    {
        PortArguments.CheckMax(max);
        return store.Readers.ReadAsync(
            Harmed, cancellationToken, Parameter.Of(BudgetMark.TextOf(by)), Parameter.Of(Microseconds.Of(since)),
            Parameter.Of(Math.Max(0, afterAccount)), Parameter.Of(max));
    }
}
