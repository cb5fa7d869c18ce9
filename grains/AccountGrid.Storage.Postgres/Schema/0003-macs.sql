-- A MAC beside every entry, under a key that the database never holds: 8 bytes of the key's id, 16 of the code.
-- Entries of older programs have none.
ALTER TABLE journal ADD COLUMN mac bytea;

-- From which position on every entry has one; signed, and also kept outside the database.
CREATE TABLE mac_boundary (
    position bigint PRIMARY KEY CHECK (position >= 0),
    at bigint NOT NULL,
    key_id text COLLATE "C" NOT NULL,
    signature bytea NOT NULL
);
CREATE TRIGGER mac_boundary_is_never_changed
    BEFORE UPDATE OR DELETE OR TRUNCATE ON mac_boundary FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
ALTER TABLE mac_boundary ENABLE ALWAYS TRIGGER mac_boundary_is_never_changed;

-- Adds a boundary, unless an entry behind it has no MAC. Under the lock of appends: no program that writes none comes
-- between.
CREATE FUNCTION mac_boundary_add(of_position bigint, of_at bigint, of_key_id text,
    of_signature bytea) RETURNS boolean LANGUAGE plpgsql AS
$$
DECLARE
    done boolean;
    added bigint;
BEGIN
    done := pg_advisory_xact_lock((x'41634772'::bigint << 32) | 'journal'::regclass::oid::bigint) IS NOT NULL;
    INSERT INTO mac_boundary (position, at, key_id, signature)
    SELECT of_position, of_at, of_key_id, of_signature
    WHERE NOT EXISTS (SELECT 1 FROM journal j WHERE j.position > of_position AND j.mac IS NULL)
    ON CONFLICT DO NOTHING;
    GET DIAGNOSTICS added = ROW_COUNT;
    RETURN added > 0;
END
$$;

-- As before, with the MACs.
CREATE FUNCTION journal_append(
    streams text[], expected bigint[],
    entry_append integer[], entry_sequence bigint[], entry_at bigint[], entry_actor_kind smallint[],
    entry_actor text[], entry_type text[],
    entry_type_version integer[], entry_payload bytea[], entry_trace_id bytea[], entry_request_id bytea[],
    entry_request_digest bytea[], entry_hash bytea[],
    entry_harm_by text[], entry_harm_approved_by text[], entry_harm_reach bigint[], entry_mac bytea[],
    account_append integer[], account_id bigint[], account_version bigint[], account_handle text[],
    account_status smallint[], account_designated boolean[],
    account_proposal bigint[], account_proposed_by text[], account_due_at bigint[],
    operator_append integer[], operator_id text[], operator_version bigint[], operator_freeze_pending boolean[],
    OUT fits boolean[], OUT head bigint)
LANGUAGE plpgsql
AS $$
DECLARE
    done boolean;
    written bigint;
BEGIN
    -- What serializes the assignment of positions: one lock per journal, held until the transaction is visible to
    -- everybody. "AcGr", and the table's own number.
    -- (An assignment, here and below, is evaluated directly, where PERFORM would run a query.)
    done := pg_advisory_xact_lock((x'41634772'::bigint << 32) | 'journal'::regclass::oid::bigint) IS NOT NULL;

    -- A statement of its own, so that it sees what was committed before the lock was granted. Arrays that are
    -- parameters here give any element at once, so
    -- counting through them costs less than unnesting fifteen side by side.
    SELECT (SELECT coalesce(max(j.position), 0) FROM journal j),
        array_agg(expected[n]
            = coalesce((SELECT j.sequence FROM journal j
                WHERE j.stream = streams[n] ORDER BY j.sequence DESC LIMIT 1), 0) ORDER BY n)
    INTO head, fits
    FROM generate_series(1, cardinality(streams)) n;

    INSERT INTO journal (
        position, stream, sequence, at, actor_kind, actor, type, type_version, payload, trace_id, request_id,
        request_digest, hash,
        harm_by, harm_approved_by, harm_reach, mac)
    SELECT head + row_number() OVER (), streams[entry_append[n]], entry_sequence[n], entry_at[n], entry_actor_kind[n],
        entry_actor[n], entry_type[n],
        entry_type_version[n], entry_payload[n], entry_trace_id[n], entry_request_id[n], entry_request_digest[n],
        entry_hash[n],
        entry_harm_by[n], entry_harm_approved_by[n], entry_harm_reach[n], entry_mac[n]
    FROM generate_series(1, cardinality(entry_append)) n
    WHERE fits[entry_append[n]];
    GET DIAGNOSTICS written = ROW_COUNT;
    IF written = 0 THEN
        RETURN;
    END IF;

    head := head + written;
    IF cardinality(account_append) > 0 THEN
        INSERT INTO account_index (account, version, handle, status, designated, proposal, proposed_by, due_at)
        SELECT account_id[n], account_version[n], account_handle[n], account_status[n], account_designated[n],
            account_proposal[n], account_proposed_by[n], account_due_at[n]
        FROM generate_series(1, cardinality(account_append)) n
        WHERE fits[account_append[n]]
        ON CONFLICT (account) DO UPDATE SET version = excluded.version, handle = excluded.handle,
            status = excluded.status, designated = excluded.designated,
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

-- What silos of the version before call, while they run beside newer ones. Refused from the moment on at which every
-- entry needs a MAC.
CREATE OR REPLACE FUNCTION journal_append(
    streams text[], expected bigint[],
    entry_append integer[], entry_sequence bigint[], entry_at bigint[], entry_actor_kind smallint[],
    entry_actor text[], entry_type text[],
    entry_type_version integer[], entry_payload bytea[], entry_trace_id bytea[], entry_request_id bytea[],
    entry_request_digest bytea[], entry_hash bytea[],
    entry_harm_by text[], entry_harm_approved_by text[], entry_harm_reach bigint[],
    account_append integer[], account_id bigint[], account_version bigint[], account_handle text[],
    account_status smallint[], account_designated boolean[],
    account_proposal bigint[], account_proposed_by text[], account_due_at bigint[],
    operator_append integer[], operator_id text[], operator_version bigint[], operator_freeze_pending boolean[],
    OUT fits boolean[], OUT head bigint)
LANGUAGE plpgsql
AS $$
DECLARE
    done boolean;
BEGIN
    -- Under the lock of appends, which the other function takes again: no boundary is made in between.
    done := pg_advisory_xact_lock((x'41634772'::bigint << 32) | 'journal'::regclass::oid::bigint) IS NOT NULL;
    IF EXISTS (SELECT 1 FROM mac_boundary) THEN
        RAISE EXCEPTION 'every entry carries a MAC by now, and this program writes none: start a newer one'
            USING ERRCODE = 'restrict_violation';
    END IF;

    SELECT appended.fits, appended.head INTO fits, head
    FROM journal_append(
        streams, expected,
        entry_append, entry_sequence, entry_at, entry_actor_kind, entry_actor, entry_type, entry_type_version,
        entry_payload, entry_trace_id, entry_request_id, entry_request_digest, entry_hash,
        entry_harm_by, entry_harm_approved_by, entry_harm_reach, NULL::bytea[],
        account_append, account_id, account_version, account_handle, account_status, account_designated,
        account_proposal, account_proposed_by, account_due_at,
        operator_append, operator_id, operator_version, operator_freeze_pending) appended;
END
$$;
