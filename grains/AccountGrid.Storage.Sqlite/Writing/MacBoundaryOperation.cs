using AccountGrid.Application;
using AccountGrid.Domain;

namespace AccountGrid.Storage.Sqlite;

/// <summary>Adds a boundary of MACs, unless an entry behind it has none or there is one at its position.</summary>
internal sealed class MacBoundaryOperation(MacBoundary boundary) : DatabaseWrite<bool>
{
    private const string Insert =
        """
        INSERT OR IGNORE INTO mac_boundary (position, at, key_id, signature)
        SELECT ?1, ?2, ?3, ?4 WHERE NOT EXISTS (SELECT 1 FROM journal WHERE position > ?1 AND mac IS NULL)
        """;

    public override int Rows => 1;

    public override string What => "Writing a boundary of MACs";

    public override void Execute(WriteSession session) =>
        Result = session.Database.Use(Insert).With(boundary.Position).With(Microseconds.Of(boundary.At))
            .With(boundary.KeyId).With(boundary.Signature.Span).Run() != 0;
}
