-- The two writes of many streams at once, each one statement of one round trip. They are functions so that a lock is taken only when all that is to be
-- written has arrived, however slow the network, and so that every statement inside sees what was committed before its lock was granted.
--
-- They expect a session of the store that writes: the schema first in the search path, and the plans pinned to lookups by key.

-- Appends to many streams. Of each append: the stream (each once, ascending) and its expected version. Of each entry: the append it belongs to (from 1), in the
-- order of the appends. Of each index row: the append it belongs to. Answers, by append, whether it fits; one that does not has written nothing.
-- The last column is the last position given out.
CREATE FUNCTION journal_append(
    streams text[], expected bigint[],
    entry_append integer[], entry_sequence bigint[], entry_at bigint[], entry_actor_kind smallint[], entry_actor text[], entry_type text[],
    entry_type_version integer[], entry_payload bytea[], entry_trace_id bytea[], entry_request_id bytea[], entry_request_digest bytea[], entry_hash bytea[],
    entry_harm_by text[], entry_harm_approved_by text[], entry_harm_reach bigint[],
    account_append integer[], account_id bigint[], account_version bigint[], account_handle text[], account_status smallint[], account_designated boolean[],
    account_proposal bigint[], account_proposed_by text[], account_due_at bigint[],
    operator_append integer[], operator_id text[], operator_version bigint[], operator_freeze_pending boolean[],
    OUT fits boolean[], OUT head bigint)
LANGUAGE plpgsql
AS $$
DECLARE
    done boolean;
    written bigint;
BEGIN
    -- What serializes the assignment of positions: one lock per journal, held until the transaction is visible to everybody. "AcGr", and the table's own number.
    -- (An assignment, here and below, is evaluated directly, where PERFORM would run a query.)
    done := pg_advisory_xact_lock((x'41634772'::bigint << 32) | 'journal'::regclass::oid::bigint) IS NOT NULL;

    -- A statement of its own, so that it sees what was committed before the lock was granted. Arrays that are parameters here give any element at once, so
    -- counting through them costs less than unnesting fifteen side by side.
    SELECT (SELECT coalesce(max(j.position), 0) FROM journal j),
        array_agg(expected[n] = coalesce((SELECT j.sequence FROM journal j WHERE j.stream = streams[n] ORDER BY j.sequence DESC LIMIT 1), 0) ORDER BY n)
    INTO head, fits
    FROM generate_series(1, cardinality(streams)) n;

    INSERT INTO journal (
        position, stream, sequence, at, actor_kind, actor, type, type_version, payload, trace_id, request_id, request_digest, hash,
        harm_by, harm_approved_by, harm_reach)
    SELECT head + row_number() OVER (), streams[entry_append[n]], entry_sequence[n], entry_at[n], entry_actor_kind[n], entry_actor[n], entry_type[n],
        entry_type_version[n], entry_payload[n], entry_trace_id[n], entry_request_id[n], entry_request_digest[n], entry_hash[n],
        entry_harm_by[n], entry_harm_approved_by[n], entry_harm_reach[n]
    FROM generate_series(1, cardinality(entry_append)) n
    WHERE fits[entry_append[n]];
    GET DIAGNOSTICS written = ROW_COUNT;
    IF written = 0 THEN
        RETURN;
    END IF;

    head := head + written;
    IF cardinality(account_append) > 0 THEN
        INSERT INTO account_index (account, version, handle, status, designated, proposal, proposed_by, due_at)
        SELECT account_id[n], account_version[n], account_handle[n], account_status[n], account_designated[n], account_proposal[n], account_proposed_by[n], account_due_at[n]
        FROM generate_series(1, cardinality(account_append)) n
        WHERE fits[account_append[n]]
        ON CONFLICT (account) DO UPDATE SET version = excluded.version, handle = excluded.handle, status = excluded.status, designated = excluded.designated,
            proposal = excluded.proposal, proposed_by = excluded.proposed_by, due_at = excluded.due_at;
    END IF;

    IF cardinality(operator_append) > 0 THEN
        INSERT INTO operator_index (operator, version, freeze_pending)
        SELECT operator_id[n], operator_version[n], operator_freeze_pending[n]
        FROM generate_series(1, cardinality(operator_append)) n
        WHERE fits[operator_append[n]]
        ON CONFLICT (operator) DO UPDATE SET version = excluded.version, freeze_pending = excluded.freeze_pending;
    END IF;

    done := pg_notify(current_schema() || '_journal', head::text) IS NOT NULL;
END
$$;

-- Applies follows and unfollows of many accounts. Of each account (each once, ascending): the instant to record, and whether the batch certainly changes
-- something because its own changes cancel each other. Of each edge to add or remove (each once, ascending): the account and the follower.
-- Answers the count of each account, and whether every edge really changed; only if not, which ones did.
CREATE FUNCTION followers_apply(
    accounts bigint[], instants bigint[], certain boolean[], add_account bigint[], add_follower bigint[], remove_account bigint[], remove_follower bigint[],
    OUT of_account bigint[], OUT counts bigint[], OUT versions bigint[], OUT changed_at bigint[],
    OUT all_moved boolean, OUT moved_account bigint[], OUT moved_follower bigint[])
LANGUAGE plpgsql
AS $$
BEGIN
    -- Locks every count first, ascending: two batches can then never wait for each other in a circle, and the edges of an account have one writer.
    -- A row that is there is locked though the condition keeps it as it is.
    INSERT INTO follower_count AS c (account, count, version, at)
    SELECT u.account, 0, 0, 0 FROM unnest(accounts) WITH ORDINALITY u (account, n) ORDER BY u.n
    ON CONFLICT (account) DO UPDATE SET count = c.count WHERE false;

    WITH added AS (
        INSERT INTO follower AS f (account, follower)
        SELECT a.account, a.follower FROM unnest(add_account, add_follower) a (account, follower)
        ON CONFLICT DO NOTHING
        RETURNING f.account, f.follower),
    removed AS (
        DELETE FROM follower f USING unnest(remove_account, remove_follower) r (account, follower)
        WHERE f.account = r.account AND f.follower = r.follower
        RETURNING f.account, f.follower),
    moved AS (SELECT a.account, a.follower, 1 AS delta FROM added a UNION ALL SELECT r.account, r.follower, -1 FROM removed r),
    changed AS (
        SELECT x.account, sum(x.delta)::bigint AS delta, max(x.at) AS at
        FROM (
            SELECT m.account, m.delta, 1 AS moves, NULL::bigint AS at FROM moved m
            UNION ALL SELECT u.account, 0, u.certain::integer, u.at FROM unnest(accounts, instants, certain) u (account, at, certain)) x
        GROUP BY x.account
        HAVING sum(x.moves) > 0),
    counted AS (
        UPDATE follower_count c SET count = c.count + h.delta, version = c.version + 1, at = h.at FROM changed h WHERE c.account = h.account
        RETURNING c.account, c.count, c.version, c.at),
    whole AS (SELECT count(*) = cardinality(add_account) + cardinality(remove_account) AS yes FROM moved)
    SELECT array_agg(c.account), array_agg(c.count), array_agg(c.version), array_agg(c.at), (SELECT w.yes FROM whole w),
        CASE WHEN (SELECT w.yes FROM whole w) THEN NULL ELSE (SELECT array_agg(m.account) FROM moved m) END,
        CASE WHEN (SELECT w.yes FROM whole w) THEN NULL ELSE (SELECT array_agg(m.follower) FROM moved m) END
    INTO of_account, counts, versions, changed_at, all_moved, moved_account, moved_follower
    FROM counted c;

    -- Some account may have stayed as it was, and its count is asked for as well.
    IF NOT all_moved THEN
        SELECT array_agg(c.account), array_agg(c.count), array_agg(c.version), array_agg(c.at)
        INTO of_account, counts, versions, changed_at
        FROM unnest(accounts) u (account) JOIN follower_count c ON c.account = u.account;
    END IF;
END
$$;
