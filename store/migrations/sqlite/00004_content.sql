-- +goose Up

-- The apps and books of a location, as Apple told last. One that has gone from
-- the library stays, with counts of zero. others are the licenses that
-- devices have, or users who are not ours.
CREATE TABLE assets (
    location   TEXT NOT NULL,
    adam_id    TEXT NOT NULL,
    pricing    TEXT NOT NULL,
    type       TEXT NOT NULL CHECK (type IN ('app', 'book')),
    name       TEXT NOT NULL DEFAULT '',
    revocable  INTEGER NOT NULL,
    total      INTEGER NOT NULL,
    assigned   INTEGER NOT NULL,
    available  INTEGER NOT NULL,
    others     INTEGER NOT NULL DEFAULT 0,
    updated_at TEXT NOT NULL,
    PRIMARY KEY (location, adam_id, pricing)
) STRICT, WITHOUT ROWID;

-- What a group's members, through nesting, or one user are promised.
CREATE TABLE content_assignments (
    location   TEXT NOT NULL,
    adam_id    TEXT NOT NULL,
    pricing    TEXT NOT NULL,
    group_id   TEXT REFERENCES groups (id),
    user_id    TEXT REFERENCES users (id),
    created_at TEXT NOT NULL,
    CHECK ((group_id IS NULL) <> (user_id IS NULL)),
    FOREIGN KEY (location, adam_id, pricing) REFERENCES assets (location, adam_id, pricing)
) STRICT;
CREATE UNIQUE INDEX content_assignments_group ON content_assignments (group_id, location, adam_id, pricing) WHERE group_id IS NOT NULL;
CREATE UNIQUE INDEX content_assignments_user ON content_assignments (user_id, location, adam_id, pricing) WHERE user_id IS NOT NULL;

-- A request to give or to take one asset. The row is there before Apple is
-- asked; event_id is empty until Apple has taken the request.
CREATE TABLE license_batches (
    id           TEXT PRIMARY KEY,
    location     TEXT NOT NULL,
    adam_id      TEXT NOT NULL,
    pricing      TEXT NOT NULL,
    kind         TEXT NOT NULL CHECK (kind IN ('associate', 'disassociate')),
    event_id     TEXT NOT NULL DEFAULT '',
    submitted_at TEXT,
    created_at   TEXT NOT NULL,
    ended_at     TEXT
) STRICT;
CREATE UNIQUE INDEX license_batches_open ON license_batches (location, adam_id, pricing) WHERE ended_at IS NULL;
CREATE INDEX license_batches_ended ON license_batches (ended_at) WHERE ended_at IS NOT NULL;

-- An asset that a user gets, has or had: one row, with a new id when the user
-- waits anew. accepted_order is the registration's: licenses go in its order.
-- kept are books that nobody promises any more; they can not be taken back.
CREATE TABLE licenses (
    id             TEXT PRIMARY KEY,
    location       TEXT NOT NULL,
    user_id        TEXT NOT NULL REFERENCES users (id),
    adam_id        TEXT NOT NULL,
    pricing        TEXT NOT NULL,
    state          TEXT NOT NULL CHECK (state IN ('waiting', 'claimed', 'taken', 'kept', 'releasing', 'released', 'refused', 'withdrawn')),
    accepted_order INTEGER NOT NULL,
    batch_id       TEXT REFERENCES license_batches (id),
    last_answer    TEXT NOT NULL DEFAULT '',
    created_at     TEXT NOT NULL,
    settled_at     TEXT,
    FOREIGN KEY (location, adam_id, pricing) REFERENCES assets (location, adam_id, pricing)
) STRICT;
CREATE UNIQUE INDEX licenses_user ON licenses (user_id, location, adam_id, pricing);
CREATE INDEX licenses_queue ON licenses (location, adam_id, pricing, state, accepted_order) WHERE settled_at IS NULL;
CREATE INDEX licenses_active ON licenses (id) WHERE settled_at IS NULL;
CREATE INDEX licenses_completed ON licenses (settled_at, id) WHERE settled_at IS NOT NULL;
CREATE INDEX licenses_batch ON licenses (batch_id) WHERE batch_id IS NOT NULL;

-- +goose Down
DROP TABLE licenses;
DROP TABLE license_batches;
DROP TABLE content_assignments;
DROP TABLE assets;
