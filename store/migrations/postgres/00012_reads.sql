-- +goose Up

-- SQLite's name for it: searches look for a text as it is, so that nothing in
-- it is a wildcard.
CREATE FUNCTION instr(haystack TEXT, needle TEXT) RETURNS INTEGER
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS 'SELECT strpos($1, $2)';

-- What the console's lists, searches and counts go by.
CREATE INDEX users_by_change ON users (updated_at, id) WHERE deleted_at IS NULL;

-- search is what a device is found by itself; its owner is looked up.
ALTER TABLE devices ADD COLUMN search TEXT NOT NULL
    GENERATED ALWAYS AS (sort_name || chr(10) || lower(COALESCE(serial_number, '')) || chr(10) || lower(COALESCE(udid, ''))) STORED;
CREATE INDEX devices_by_platform ON devices (platform, sort_name, id) WHERE deleted_at IS NULL;

CREATE INDEX invitations_next ON invitations ((CASE WHEN due_at < expires_at THEN due_at ELSE expires_at END), id) WHERE settled_at IS NULL;
CREATE INDEX invitations_waiting ON invitations (waiting_for, id) WHERE settled_at IS NULL;
CREATE INDEX invitations_marked ON invitations (id) WHERE new_link_asked;
CREATE INDEX invitations_channel ON invitations (channel, id) WHERE settled_at IS NULL;
CREATE INDEX invitations_outcome ON invitations (state, settled_at, id) WHERE settled_at IS NOT NULL;

ALTER TABLE audit ALTER COLUMN action TYPE TEXT COLLATE "C";
CREATE INDEX audit_by_actor ON audit (actor_id, seq);
CREATE INDEX audit_by_action ON audit (action, seq);
CREATE INDEX audit_by_time ON audit (at, seq);

-- Who and what a plan leaves out, in the order of planning.
CREATE TABLE plan_skips (
    plan_id   TEXT COLLATE "C" NOT NULL REFERENCES plans (id) ON DELETE CASCADE,
    seq       INTEGER NOT NULL,
    user_id   TEXT COLLATE "C" NOT NULL,
    device_id TEXT COLLATE "C",
    reason    TEXT NOT NULL,
    PRIMARY KEY (plan_id, seq)
);

-- +goose Down
DROP TABLE plan_skips;
DROP INDEX audit_by_time;
DROP INDEX audit_by_action;
DROP INDEX audit_by_actor;
ALTER TABLE audit ALTER COLUMN action TYPE TEXT;
DROP INDEX invitations_outcome;
DROP INDEX invitations_channel;
DROP INDEX invitations_marked;
DROP INDEX invitations_waiting;
DROP INDEX invitations_next;
DROP INDEX devices_by_platform;
ALTER TABLE devices DROP COLUMN search;
DROP INDEX users_by_change;
DROP FUNCTION instr(TEXT, TEXT);
