using System.Globalization;

namespace AccountGrid.Storage.Sqlite;

/// <summary>
/// The schema's steps in order; the version is the database's <c>user_version</c>. Instants are microseconds since 1970
/// (UTC); hashes and digests are 32-byte, trace ids 16-byte blobs.
/// </summary>
internal static class Migrations
{
    /// <summary>Marks the file as AccountGrid's: "AcGr".</summary>
    public const int ApplicationId = 0x41634772;

    public static MigrationSteps Steps { get; } =
        new(
            new Migration(1, "journal, index, followers, checkpoints", First),
            new Migration(2, "MACs of entries", Macs));

    /// <summary>Brings a database that was checked before up to the newest version, in one transaction.</summary>
    public static IReadOnlyList<Migration> Apply(Database database)
    {
        var steps = Steps.After(database.Scalar("PRAGMA user_version"));
        if (steps.Count == 0)
        {
            return steps;
        }

        database.Execute("BEGIN IMMEDIATE");
        try
        {
            foreach (var step in steps)
            {
                database.Execute(step.Sql);
            }

            database.Execute(
                string.Create(CultureInfo.InvariantCulture,
                    $"PRAGMA application_id = {ApplicationId}; PRAGMA user_version = {steps[^1].Version}"));
            database.Execute("COMMIT");
        }
        catch
        {
            if (database.InTransaction)
            {
                database.Execute("ROLLBACK");
            }

            throw;
        }

        return steps;
    }

    // The journal is keyed by position, not by (stream, sequence): entries then stand in commit order without gaps in
    // their pages, which measured a sixth smaller and faster than the other way round. The unique constraint is the
    // fence. Columns of type ANY hold a blob where the text has its usual form (hex, UUID), and the text itself where
    // it has not.
    private const string First =
        """
        CREATE TABLE journal (
            position INTEGER PRIMARY KEY,
            stream TEXT NOT NULL,
            sequence INTEGER NOT NULL,
            at INTEGER NOT NULL,
            actor_kind INTEGER NOT NULL,
            actor TEXT NOT NULL,
            type TEXT NOT NULL,
            type_version INTEGER NOT NULL,
            payload BLOB NOT NULL,
            trace_id ANY,
            request_id ANY,
            request_digest ANY,
            hash BLOB NOT NULL,
            harm_by TEXT,
            harm_approved_by TEXT,
            harm_reach INTEGER,
            UNIQUE (stream, sequence)
        ) STRICT;
        CREATE INDEX journal_actor ON journal (actor);
        CREATE INDEX journal_harm_by ON journal (harm_by, at) WHERE harm_by IS NOT NULL;
        CREATE INDEX journal_harm_approved_by ON journal (harm_approved_by, at) WHERE harm_approved_by IS NOT NULL;
        CREATE TRIGGER journal_is_never_changed BEFORE UPDATE ON journal BEGIN SELECT RAISE(ABORT, 'a journal entry is never changed'); END;
        CREATE TRIGGER journal_is_never_cut BEFORE DELETE ON journal BEGIN SELECT RAISE(ABORT, 'a journal entry is never deleted'); END;

        CREATE TABLE account_index (
            account INTEGER PRIMARY KEY,
            version INTEGER NOT NULL,
            handle TEXT NOT NULL,
            status INTEGER NOT NULL,
            designated INTEGER NOT NULL,
            proposal INTEGER,
            proposed_by TEXT,
            due_at INTEGER
        ) STRICT;
        CREATE INDEX account_index_handle ON account_index (handle COLLATE NOCASE);
        CREATE INDEX account_index_down ON account_index (status) WHERE status <> 1;
        CREATE INDEX account_index_designated ON account_index (designated) WHERE designated = 1;
        CREATE INDEX account_index_proposal ON account_index (account) WHERE proposal IS NOT NULL;
        CREATE INDEX account_index_due ON account_index (due_at) WHERE due_at IS NOT NULL;

        CREATE TABLE operator_index (
            operator TEXT PRIMARY KEY,
            version INTEGER NOT NULL,
            freeze_pending INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX operator_index_freeze ON operator_index (freeze_pending) WHERE freeze_pending = 1;

        CREATE TABLE follower (
            account INTEGER NOT NULL,
            follower INTEGER NOT NULL,
            PRIMARY KEY (account, follower)
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE follower_count (
            account INTEGER PRIMARY KEY,
            count INTEGER NOT NULL,
            version INTEGER NOT NULL,
            at INTEGER NOT NULL
        ) STRICT;
        CREATE INDEX follower_count_large ON follower_count (count) WHERE count >= 100000;

        CREATE TABLE checkpoint (
            number INTEGER PRIMARY KEY,
            position INTEGER NOT NULL,
            root BLOB NOT NULL,
            previous BLOB NOT NULL,
            at INTEGER NOT NULL,
            key_id TEXT NOT NULL,
            signature BLOB NOT NULL
        ) STRICT;
        CREATE TABLE checkpoint_frontier (
            id INTEGER PRIMARY KEY CHECK (id = 1),
            number INTEGER NOT NULL,
            frontier BLOB NOT NULL
        ) STRICT;
        CREATE TRIGGER checkpoint_is_never_changed BEFORE UPDATE ON checkpoint BEGIN SELECT RAISE(ABORT, 'a checkpoint is never changed'); END;
        CREATE TRIGGER checkpoint_is_never_cut BEFORE DELETE ON checkpoint BEGIN SELECT RAISE(ABORT, 'a checkpoint is never deleted'); END;
        """;

    private const string Macs =
        """
        ALTER TABLE journal ADD COLUMN mac BLOB;
        CREATE TABLE mac_boundary (
            position INTEGER PRIMARY KEY,
            at INTEGER NOT NULL,
            key_id TEXT NOT NULL,
            signature BLOB NOT NULL
        ) STRICT;
        CREATE TRIGGER mac_boundary_is_never_changed BEFORE UPDATE ON mac_boundary
            BEGIN SELECT RAISE(ABORT, 'a boundary of MACs is never changed'); END;
        CREATE TRIGGER mac_boundary_is_never_cut BEFORE DELETE ON mac_boundary
            BEGIN SELECT RAISE(ABORT, 'a boundary of MACs is never deleted'); END;
        """;
}
