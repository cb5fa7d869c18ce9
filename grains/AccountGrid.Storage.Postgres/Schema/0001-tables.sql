-- Runs as the owner, in one transaction, with the schema first in the search path.
-- Instants are microseconds since 1970, UTC. Texts compare by bytes ("C"), as streams do in every store. Texts that may hold anything escape a backslash
-- as \\ and a zero character as \0. trace_id, request_id and request_digest are packed: first byte 0 = UTF-8 text, 1 = lower-case hex, 2 = a UUID.

CREATE TABLE schema_version (
    version integer PRIMARY KEY,
    name text NOT NULL,
    applied_at timestamptz NOT NULL DEFAULT now()
);

-- The fence is the primary key: the name of an entry. The position is unique beside it, because readers and checkpoints count by it.
CREATE TABLE journal (
    -- Fixed widths first, widest first: no padding between them.
    position bigint NOT NULL,
    sequence bigint NOT NULL,
    at bigint NOT NULL,
    harm_reach bigint,
    type_version integer NOT NULL,
    actor_kind smallint NOT NULL,
    stream text COLLATE "C" NOT NULL,
    actor text COLLATE "C" NOT NULL,
    type text COLLATE "C" NOT NULL,
    payload bytea NOT NULL,
    trace_id bytea,
    request_id bytea,
    request_digest bytea,
    hash bytea NOT NULL,
    harm_by text COLLATE "C",
    harm_approved_by text COLLATE "C",
    CONSTRAINT journal_fence PRIMARY KEY (stream, sequence),
    CONSTRAINT journal_position UNIQUE (position),
    CONSTRAINT journal_numbers_begin_at_one CHECK (position > 0 AND sequence > 0),
    CONSTRAINT journal_hash_is_whole CHECK (octet_length(hash) = 32),
    -- Directories fold case, so Kim approving what kim asked for is one person.
    CONSTRAINT journal_approver_is_another CHECK (lower(harm_approved_by) <> lower(harm_by))
);
-- Without the position: equal keys then share their place in the index, some 8 bytes an entry instead of 50. For an actor with so many
-- entries that a sort would cost, the plan walks the positions down.
CREATE INDEX journal_actor ON journal (actor);
CREATE INDEX journal_harm_by ON journal (harm_by, at) WHERE harm_by IS NOT NULL;
CREATE INDEX journal_harm_approved_by ON journal (harm_approved_by, at) WHERE harm_approved_by IS NOT NULL;

CREATE TABLE account_index (
    account bigint PRIMARY KEY,
    version bigint NOT NULL,
    handle text COLLATE "C" NOT NULL,
    status smallint NOT NULL,
    designated boolean NOT NULL,
    proposal bigint,
    proposed_by text COLLATE "C",
    due_at bigint
) WITH (fillfactor = 85);
CREATE INDEX account_index_handle ON account_index (lower(handle));
CREATE INDEX account_index_down ON account_index (status, account) WHERE status <> 1;
CREATE INDEX account_index_designated ON account_index (account) WHERE designated;
CREATE INDEX account_index_proposal ON account_index (account) WHERE proposal IS NOT NULL;
CREATE INDEX account_index_due ON account_index (due_at, account) WHERE due_at IS NOT NULL;

CREATE TABLE operator_index (
    operator text COLLATE "C" PRIMARY KEY,
    version bigint NOT NULL,
    freeze_pending boolean NOT NULL
);
CREATE INDEX operator_index_freeze ON operator_index (operator) WHERE freeze_pending;

CREATE TABLE follower (
    account bigint NOT NULL,
    follower bigint NOT NULL,
    PRIMARY KEY (account, follower)
);

-- The count itself is in no index, so that a change of it touches no index at all; whether it is large changes seldom. Room in the pages for that.
CREATE TABLE follower_count (
    account bigint PRIMARY KEY,
    count bigint NOT NULL,
    version bigint NOT NULL,
    at bigint NOT NULL,
    large boolean NOT NULL GENERATED ALWAYS AS (count >= 100000) STORED,
    CONSTRAINT follower_count_is_no_debt CHECK (count >= 0)
) WITH (fillfactor = 60);
CREATE INDEX follower_count_large ON follower_count (account) WHERE large;

CREATE TABLE checkpoint (
    number bigint PRIMARY KEY,
    position bigint NOT NULL,
    root bytea NOT NULL,
    previous bytea NOT NULL,
    at bigint NOT NULL,
    key_id text COLLATE "C" NOT NULL,
    signature bytea NOT NULL
);
CREATE TABLE checkpoint_frontier (
    id smallint PRIMARY KEY CHECK (id = 1),
    number bigint NOT NULL,
    frontier bytea NOT NULL
);

CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS
$$
BEGIN
    RAISE EXCEPTION 'a row of % is never changed or removed', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END
$$;
CREATE TRIGGER journal_is_never_changed BEFORE UPDATE OR DELETE OR TRUNCATE ON journal FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER checkpoint_is_never_changed BEFORE UPDATE OR DELETE OR TRUNCATE ON checkpoint FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- Also for a session that claims to be a replica.
ALTER TABLE journal ENABLE ALWAYS TRIGGER journal_is_never_changed;
ALTER TABLE checkpoint ENABLE ALWAYS TRIGGER checkpoint_is_never_changed;
