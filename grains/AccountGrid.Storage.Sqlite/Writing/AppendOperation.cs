using AccountGrid.Application;
using AccountGrid.Domain;

namespace AccountGrid.Storage.Sqlite;

/// <summary>An append to one journal, with the stream's index row.</summary>
internal sealed class AppendOperation(JournalAppend append) : WriteOperation<AppendResult>
{
    private const string Length = "SELECT max(sequence) FROM journal WHERE stream = ?";

    private const string Account =
        """
        INSERT INTO account_index (account, version, handle, status, designated, proposal, proposed_by, due_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT (account) DO UPDATE SET version = excluded.version, handle = excluded.handle, status = excluded.status,
            designated = excluded.designated, proposal = excluded.proposal, proposed_by = excluded.proposed_by, due_at = excluded.due_at
        """;

    private const string Operator =
        """
        INSERT INTO operator_index (operator, version, freeze_pending) VALUES (?, ?, ?)
        ON CONFLICT (operator) DO UPDATE SET version = excluded.version, freeze_pending = excluded.freeze_pending
        """;

    public override int Rows => append.Entries.Length + 1;

    public override string What => "Appending to a journal";

    public override void Execute(WriteSession session)
    {
        var database = session.Database;

        // Asked before anything is written, so that losing the race disturbs nobody else in the transaction. Within one transaction nobody
        // can come between; the unique key stands behind it all the same.
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

        WriteIndex(database, append.Index);
        Result = AppendResult.Appended;
    }

    private static long LengthOf(Database database, StreamId stream)
    {
        using var row = database.Use(Length).With(stream.Value);
        return row.Step() ? row.Int64(0) : 0;
    }

    private static void WriteIndex(Database database, StreamIndexRow row)
    {
        switch (row)
        {
            case StreamIndexRow.Account a:
                database.Use(Account).With(a.Id.Value).With(a.Version).With(a.Handle).With((long)a.Status).With(a.Designated ? 1L : 0L)
                    .With(a.ProposalSequence).With(a.ProposedBy?.Value).With(a.DueAt is { } due ? Microseconds.Of(due) : null).Run();
                break;
            case StreamIndexRow.Operator o:
                database.Use(Operator).With(o.Id.Value).With(o.Version).With(o.FreezePending ? 1L : 0L).Run();
                break;
            default:
                throw new InvalidOperationException($"Unknown index row {row.GetType().Name}.");
        }
    }
}
