using AccountGrid.Application;
using AccountGrid.Domain;

namespace AccountGrid.Storage.Sqlite;

/// <summary>An append to one journal, with the stream's index row.</summary>
internal sealed class AppendOperation(JournalAppend append) : DatabaseWrite<AppendResult>
{
    private const string Length = "SELECT max(sequence) FROM journal WHERE stream = ?";

    public override int Rows => append.Entries.Length + 1;

    public override string What => "Appending to a journal";

    public override void Execute(WriteSession session)
    {
        var database = session.Database;

        // Asked before anything is written, so that a conflict leaves the other operations of the transaction alone. No
        // other write comes between the two within one transaction; the unique key would refuse it all the same.
        if (LengthOf(database, append.Stream) != append.ExpectedVersion)
        {
            Result = AppendResult.Conflict;
            return;
        }

        foreach (var entry in append.Entries)
        {
            var insert = database.Use(JournalRow.Insert);
            JournalRow.Bind(insert, session.NextPosition(), entry);
            insert.Run();
        }

        IndexRows.Write(database, append.Index);
        Result = AppendResult.Appended;
    }

    private static long LengthOf(Database database, StreamId stream)
    {
        using var row = database.Use(Length).With(stream.Value);
        return row.Step() ? row.Int64(0) : 0;
    }
}
