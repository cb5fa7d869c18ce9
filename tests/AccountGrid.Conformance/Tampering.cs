using AccountGrid.Application;

namespace AccountGrid.Conformance;

/// <summary>One change of the database behind the silos, and what becomes of it.</summary>
/// <param name="Where">The column, as <c>table.column</c>, or <c>table: what is done to rows</c>.</param>
/// <param name="Sql">The change, in words that every kind of store understands.</param>
/// <param name="Names">Whether a problem names the row.</param>
/// <param name="Harmless">Why it does no harm; <c>null</c> = it is found.</param>
internal sealed record Tampering(string Where, string Sql, Func<AuditProblem, bool> Names, string? Harmless = null)
{
    private const string Account = "a/25073877";
    private const string Protected = "a/7";
    private const string Person = "op/kim";

    // The entry that takes an account down: it has a request id, a digest and a budget mark.
    private const string Entry = "stream = 'a/25073877' AND sequence = 2";

    private const string Lines =
        "position, stream, sequence, at, actor_kind, actor, type, type_version, payload, trace_id, request_id, "
        + "request_digest, hash, mac";

    private const string Frontier =
        "The maker computes the edge of the tree from the entries where the kept one does not give the signed root.";

    private const string Edge =
        "Which account an edge is from is in no answer and no rule; the count is, and it is the same.";

    /// <summary>Everything that is tried.</summary>
    public static IReadOnlyList<Tampering> All { get; } =
    [
        Journal("position", "position = 1000") with { Names = static p => p.Position > 0 },
        Journal("stream", "stream = 'a/26'"),
        Journal("sequence", "sequence = 9"), Journal("at", "at = at + 1"),
        Journal("actor_kind", "actor_kind = actor_kind + 1"), Journal("actor", "actor = 'ann'"),
        Journal("type", "type = 'hold-lifted'"), Journal("type_version", "type_version = type_version + 1"),
        Journal("payload", "payload = hash"), Journal("trace_id", "trace_id = hash"),
        Journal("request_id", "request_id = hash"), Journal("request_digest", "request_digest = NULL"),
        Journal("hash", "hash = (SELECT hash FROM journal WHERE position = 1)"),
        Journal("harm_by", "harm_by = NULL"), Journal("harm_approved_by", "harm_approved_by = 'lee'"),
        Journal("harm_reach", "harm_reach = 0"), Journal("mac", "mac = NULL"),
        new("journal: a row less", $"DELETE FROM journal WHERE {Entry}", Of(Account)),
        new("journal: a row more",
            $"""
            INSERT INTO journal ({Lines})
            SELECT 1000, stream, 3, at, actor_kind, actor, type, type_version, payload, trace_id, request_id,
                request_digest, hash, mac
            FROM journal WHERE {Entry}
            """,
            Of(Account)),
        new("journal: rows exchanged",
            """
            UPDATE journal SET payload = (
                SELECT j.payload FROM journal j WHERE j.stream = 'a/7' AND j.sequence = 3 - journal.sequence)
            WHERE stream = 'a/7' AND sequence <= 2
            """,
            Of(Protected)),
        Index("version", "version = version + 1"), Index("account", "account = 26"),
        Index("handle", "handle = 'other'"),
        Index("status", "status = 1"), Index("designated", "designated = NOT designated"),
        new("account_index.proposal", "UPDATE account_index SET proposal = NULL WHERE account = 7", Of(Protected)),
        new("account_index.proposed_by",
            "UPDATE account_index SET proposed_by = 'ann' WHERE account = 7", Of(Protected)),
        new("account_index.due_at", "UPDATE account_index SET due_at = NULL WHERE account = 7", Of(Protected)),
        new("account_index: a row less", "DELETE FROM account_index WHERE account = 25073877", Of(Account)),
        new("account_index: a row more",
            """
            INSERT INTO account_index
            SELECT 26, version, handle, status, designated, proposal, proposed_by, due_at
            FROM account_index WHERE account = 25073877
            """,
            Of("a/26")),
        new("account_index: rows exchanged",
            """
            UPDATE account_index SET status = (
                SELECT a.status FROM account_index a WHERE a.account <> account_index.account)
            """,
            Of(Protected)),
        new("operator_index.operator", "UPDATE operator_index SET operator = 'ann' WHERE operator = 'kim'", Of(Person)),
        new("operator_index.version", "UPDATE operator_index SET version = 9 WHERE operator = 'kim'", Of(Person)),
        new("operator_index.freeze_pending",
            "UPDATE operator_index SET freeze_pending = NOT freeze_pending WHERE operator = 'kim'", Of(Person)),
        new("operator_index: a row less", "DELETE FROM operator_index WHERE operator = 'kim'", Of(Person)),
        new("operator_index: a row more",
            """
            INSERT INTO operator_index
            SELECT 'ann', version, freeze_pending FROM operator_index WHERE operator = 'kim'
            """,
            Of("op/ann")),
        new("operator_index: rows exchanged",
            "UPDATE operator_index SET freeze_pending = NOT freeze_pending WHERE operator IN ('kim', 'lee')",
            Of(Person)),
        new("follower.account",
            "UPDATE follower SET account = 7 WHERE account = 25073877 AND follower = 8", Of(Account)),
        new("follower.follower",
            "UPDATE follower SET follower = 99 WHERE account = 25073877 AND follower = 8", Any, Edge),
        new("follower: a row less", "DELETE FROM follower WHERE account = 25073877 AND follower = 8", Of(Account)),
        new("follower: a row more", "INSERT INTO follower (account, follower) VALUES (25073877, 99)", Of(Account)),
        new("follower: rows exchanged",
            """
            UPDATE follower SET follower = 8 WHERE account = 7;
            UPDATE follower SET follower = 99 WHERE account = 25073877 AND follower = 8
            """,
            Any, Edge),
        new("follower_count.account", "UPDATE follower_count SET account = 26 WHERE account = 25073877", Of(Account)),
        new("follower_count.count", "UPDATE follower_count SET count = 1 WHERE account = 25073877", Of(Account)),
        new("follower_count.version", "UPDATE follower_count SET version = version + 1 WHERE account = 25073877", Any,
            "It says which of two readings is later. A lower one than a silo has sealed is found at the next load."),
        new("follower_count.at", "UPDATE follower_count SET at = 0 WHERE account = 25073877", Any,
            "It is the time that is shown beside the count; no rule asks for it."),
        new("follower_count.large", "UPDATE follower_count SET at = at", Any,
            "The database computes it from the count."),
        new("follower_count: a row less", "DELETE FROM follower_count WHERE account = 25073877", Of(Account)),
        new("follower_count: a row more",
            "INSERT INTO follower_count (account, count, version, at) VALUES (26, 5, 1, 0)",
            Of("a/26")),
        new("follower_count: rows exchanged", "UPDATE follower_count SET count = 3 - count", Of(Account)),
        Checkpoint("number", "number = 9"), Checkpoint("position", "position = position + 1"),
        Checkpoint("root", "root = (SELECT hash FROM journal WHERE position = 1)"),
        Checkpoint("previous", "previous = root"), Checkpoint("at", "at = at + 1"),
        Checkpoint("key_id", "key_id = '0123456789abcdef'"), Checkpoint("signature", "signature = root"),
        new("checkpoint: a row less", "DELETE FROM checkpoint WHERE number = 1", OfCheckpoint),
        new("checkpoint: a row more",
            """
            INSERT INTO checkpoint
            SELECT 3, position, root, previous, at, key_id, signature FROM checkpoint WHERE number = 2
            """,
            static p => p.Checkpoint == 3),
        new("checkpoint: rows exchanged",
            "UPDATE checkpoint SET root = (SELECT c.root FROM checkpoint c WHERE c.number = 3 - checkpoint.number)",
            OfCheckpoint),
        new("checkpoint_frontier.id", "UPDATE checkpoint_frontier SET id = 1", Any, Frontier),
        new("checkpoint_frontier.number", "UPDATE checkpoint_frontier SET number = 9", Any, Frontier),
        new("checkpoint_frontier.frontier",
            "UPDATE checkpoint_frontier SET frontier = (SELECT hash FROM journal WHERE position = 1)", Any, Frontier),
        new("checkpoint_frontier: a row less", "DELETE FROM checkpoint_frontier", Any, Frontier),
        new("checkpoint_frontier: a row more", "UPDATE checkpoint_frontier SET number = number", Any,
            "There is one row, and only the one of the last checkpoint is used."),
        new("checkpoint_frontier: rows exchanged", "UPDATE checkpoint_frontier SET number = number", Any,
            "There is one row."),
        Boundary("position", "position = position + 5"), Boundary("at", "at = at + 1"),
        Boundary("key_id", "key_id = '0123456789abcdef'"),
        Boundary("signature", "signature = (SELECT hash FROM journal WHERE position = 1)"),
        new("mac_boundary: a row less", "DELETE FROM mac_boundary", OfBoundary),
        new("mac_boundary: a row more",
            "INSERT INTO mac_boundary SELECT position + 1000, at, key_id, signature FROM mac_boundary", OfBoundary),
        new("mac_boundary: rows exchanged", "UPDATE mac_boundary SET position = position + 1", OfBoundary),
        Steps("version", "UPDATE schema_version SET version = 99 WHERE version = 1"),
        Steps("name", "UPDATE schema_version SET name = 'other'"),
        Steps("applied_at", "UPDATE schema_version SET applied_at = now()"),
        Steps(null, "DELETE FROM schema_version WHERE version = 1", "a row less"),
        Steps(null, "INSERT INTO schema_version (version, name) VALUES (98, 'of tomorrow')", "a row more"),
        Steps(null, "UPDATE schema_version SET name = name", "rows exchanged"),
    ];

    /// <summary>The table that it changes.</summary>
    public string Table => Where[..Where.IndexOfAny(['.', ':'])];

    private static Tampering Journal(string column, string change) =>
        new($"journal.{column}", $"UPDATE journal SET {change} WHERE {Entry}", Of(Account));

    private static Tampering Index(string column, string change) =>
        new($"account_index.{column}", $"UPDATE account_index SET {change} WHERE account = 25073877", Of(Account));

    private static Tampering Checkpoint(string column, string change) =>
        new($"checkpoint.{column}", $"UPDATE checkpoint SET {change} WHERE number = 1", OfCheckpoint);

    private static Tampering Boundary(string column, string change) =>
        new($"mac_boundary.{column}", $"UPDATE mac_boundary SET {change}", OfBoundary);

    private static Tampering Steps(string? column, string sql, string what = "") => new(
        column is null ? $"schema_version: {what}" : $"schema_version.{column}", sql, Any,
        "It decides whether a program starts on the schema, and nothing that it serves.");

    private static Func<AuditProblem, bool> Of(string stream) => p =>
        string.Equals(p.Stream, stream, StringComparison.Ordinal)
        || p.Message.Contains(stream, StringComparison.Ordinal);

    private static bool OfCheckpoint(AuditProblem problem) => problem.Checkpoint is 1 or 2;

    private static bool OfBoundary(AuditProblem problem) => problem.Kind == AuditProblemKind.MacBoundaryBroken;

    private static bool Any(AuditProblem problem) => true;
}
