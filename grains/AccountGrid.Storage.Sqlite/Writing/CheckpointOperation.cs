using AccountGrid.Application;
using AccountGrid.Domain;

namespace AccountGrid.Storage.Sqlite;

/// <summary>Adds a checkpoint behind the last one, and replaces the right edge of the Merkle tree.</summary>
internal sealed class CheckpointOperation(StoredCheckpoint stored) : DatabaseWrite<AppendResult>
{
    private const string Last = "SELECT max(number) FROM checkpoint";
    private const string Insert =
        "INSERT INTO checkpoint (number, position, root, previous, at, key_id, signature) VALUES (?, ?, ?, ?, ?, ?, ?)";
    private const string Frontier =
        "INSERT OR REPLACE INTO checkpoint_frontier (id, number, frontier) VALUES (1, ?, ?)";

    public override int Rows => 2;

    public override string What => "Writing a checkpoint";

    public override void Execute(WriteSession session)
    {
        var database = session.Database;
        var checkpoint = stored.Checkpoint;
        if (LastNumber(database) != checkpoint.Number - 1)
        {
            Result = AppendResult.Conflict;
            return;
        }

        Write(database, checkpoint);
        database.Use(Frontier).With(checkpoint.Number).With(stored.Frontier.Span).Run();
        Result = AppendResult.Appended;
    }

    /// <summary>Writes the row of a checkpoint.</summary>
    public static void Write(Database database, Checkpoint checkpoint) =>
        database.Use(Insert).With(checkpoint.Number).With(checkpoint.Position).With(checkpoint.Root.Span)
            .With(checkpoint.Previous.Span)
            .With(Microseconds.Of(checkpoint.At)).With(checkpoint.KeyId).With(checkpoint.Signature.Span).Run();

    private static long LastNumber(Database database)
    {
        using var row = database.Use(Last);
        return row.Step() ? row.Int64(0) : 0;
    }
}
