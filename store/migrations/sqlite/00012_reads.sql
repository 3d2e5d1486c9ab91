-- +goose Up

-- What the console's lists, searches and counts go by. An index that has the
-- column of its own condition too answers a count by itself.
CREATE INDEX users_by_change ON users (updated_at, id, deleted_at) WHERE deleted_at IS NULL;
CREATE INDEX users_search ON users (search, state, deleted_at) WHERE deleted_at IS NULL;

-- search is what a device is found by itself; its owner is looked up.
ALTER TABLE devices ADD COLUMN search TEXT NOT NULL
    GENERATED ALWAYS AS (sort_name || char(10) || lower(COALESCE(serial_number, '')) || char(10) || lower(COALESCE(udid, ''))) VIRTUAL;
CREATE INDEX devices_search ON devices (sort_name, id, search, user_id, deleted_at) WHERE deleted_at IS NULL;
CREATE INDEX devices_by_platform ON devices (platform, sort_name, id, search, user_id) WHERE deleted_at IS NULL;

CREATE INDEX invitations_next ON invitations ((CASE WHEN due_at < expires_at THEN due_at ELSE expires_at END), id, settled_at) WHERE settled_at IS NULL;
CREATE INDEX invitations_waiting ON invitations (waiting_for, id) WHERE settled_at IS NULL;
CREATE INDEX invitations_marked ON invitations (id) WHERE new_link_asked;
CREATE INDEX invitations_channel ON invitations (channel, id) WHERE settled_at IS NULL;
CREATE INDEX invitations_outcome ON invitations (state, settled_at, id) WHERE settled_at IS NOT NULL;

CREATE INDEX audit_by_actor ON audit (actor_id, seq);
CREATE INDEX audit_by_action ON audit (action, seq);
CREATE INDEX audit_by_time ON audit (at, seq);

-- Who and what a plan leaves out, in the order of planning.
CREATE TABLE plan_skips (
    plan_id   TEXT NOT NULL REFERENCES plans (id) ON DELETE CASCADE,
    seq       INTEGER NOT NULL,
    user_id   TEXT NOT NULL,
    device_id TEXT,
    reason    TEXT NOT NULL,
    PRIMARY KEY (plan_id, seq)
) STRICT, WITHOUT ROWID;

-- +goose Down
DROP TABLE plan_skips;
DROP INDEX audit_by_time;
DROP INDEX audit_by_action;
DROP INDEX audit_by_actor;
DROP INDEX invitations_outcome;
DROP INDEX invitations_channel;
DROP INDEX invitations_marked;
DROP INDEX invitations_waiting;
DROP INDEX invitations_next;
DROP INDEX devices_by_platform;
DROP INDEX devices_search;
ALTER TABLE devices DROP COLUMN search;
DROP INDEX users_search;
DROP INDEX users_by_change;
