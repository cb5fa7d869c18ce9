using AccountGrid.Application;
using AccountGrid.Domain;

namespace AccountGrid.Storage.Sqlite;

/// <summary>How a stream's index row is written.</summary>
internal static class IndexRows
{
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

    public static void Write(Database database, StreamIndexRow row)
    {
        switch (row)
        {
            case StreamIndexRow.Account a:
                database.Use(Account).With(a.Id.Value).With(a.Version).With(a.Handle).With((long)a.Status)
                    .With(a.Designated ? 1L : 0L)
                    .With(a.ProposalSequence).With(a.ProposedBy?.Value).With(
                        a.DueAt is { } due ? Microseconds.Of(due) : null).Run();
                break;
            case StreamIndexRow.Operator o:
                database.Use(Operator).With(o.Id.Value).With(o.Version).With(o.FreezePending ? 1L : 0L).Run();
                break;
            case StreamIndexRow.None:
                break;
            default:
                throw new InvalidOperationException($"Unknown index row {row.GetType().Name}.");
        }
    }
}
