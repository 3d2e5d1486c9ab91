-- +goose Up

-- Times are UTC text of fixed width; documents are JSON text; switches are 0 or 1.
-- Deleted rows stay for the history that names them, emptied of personal data.
CREATE TABLE users (
    id                    TEXT PRIMARY KEY,
    full_name             TEXT NOT NULL,
    email                 TEXT NOT NULL DEFAULT '',
    language              TEXT NOT NULL DEFAULT '',
    managed_apple_account TEXT NOT NULL DEFAULT '',
    external_id           TEXT,
    managed_distribution  INTEGER NOT NULL DEFAULT 0,
    state                 TEXT NOT NULL DEFAULT 'not_invited' CHECK (state IN ('not_invited', 'invited', 'enrolled')),
    invited_at            TEXT,
    enrolled_at           TEXT,
    sort_name             TEXT NOT NULL,
    search                TEXT NOT NULL,
    source                TEXT NOT NULL DEFAULT '',
    created_at            TEXT NOT NULL,
    updated_at            TEXT NOT NULL,
    deleted_at            TEXT,
    version               INTEGER NOT NULL DEFAULT 1
) STRICT;
CREATE UNIQUE INDEX users_external_id ON users (external_id);
CREATE INDEX users_by_name ON users (sort_name, id, search) WHERE deleted_at IS NULL;
CREATE INDEX users_by_state ON users (state, sort_name, id, search) WHERE deleted_at IS NULL;

CREATE TABLE groups (
    id                   TEXT PRIMARY KEY,
    name                 TEXT NOT NULL,
    external_id          TEXT,
    managed_distribution INTEGER NOT NULL DEFAULT 0,
    sort_name            TEXT NOT NULL,
    source               TEXT NOT NULL DEFAULT '',
    created_at           TEXT NOT NULL,
    updated_at           TEXT NOT NULL,
    deleted_at           TEXT,
    version              INTEGER NOT NULL DEFAULT 1
) STRICT;
CREATE UNIQUE INDEX groups_external_id ON groups (external_id);
CREATE INDEX groups_by_name ON groups (sort_name, id) WHERE deleted_at IS NULL;

CREATE TABLE group_users (
    group_id TEXT NOT NULL REFERENCES groups (id),
    user_id  TEXT NOT NULL REFERENCES users (id),
    PRIMARY KEY (group_id, user_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX group_users_by_user ON group_users (user_id, group_id);

CREATE TABLE group_groups (
    parent_id TEXT NOT NULL REFERENCES groups (id),
    child_id  TEXT NOT NULL REFERENCES groups (id),
    PRIMARY KEY (parent_id, child_id),
    CHECK (parent_id <> child_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX group_groups_by_child ON group_groups (child_id, parent_id);

CREATE TABLE devices (
    id            TEXT PRIMARY KEY,
    name          TEXT NOT NULL,
    platform      TEXT NOT NULL CHECK (platform IN ('ios', 'ipados', 'macos')),
    serial_number TEXT,
    udid          TEXT,
    user_id       TEXT REFERENCES users (id),
    sort_name     TEXT NOT NULL,
    source        TEXT NOT NULL DEFAULT '',
    created_at    TEXT NOT NULL,
    updated_at    TEXT NOT NULL,
    deleted_at    TEXT,
    version       INTEGER NOT NULL DEFAULT 1
) STRICT;
CREATE UNIQUE INDEX devices_serial_number ON devices (serial_number);
CREATE UNIQUE INDEX devices_udid ON devices (udid);
CREATE INDEX devices_by_name ON devices (sort_name, id) WHERE deleted_at IS NULL;
CREATE INDEX devices_by_user ON devices (user_id, sort_name, id);

CREATE TABLE push_channels (
    device_id  TEXT NOT NULL REFERENCES devices (id),
    kind       TEXT NOT NULL CHECK (kind IN ('mdm', 'alert')),
    topic      TEXT NOT NULL,
    token      TEXT NOT NULL,
    push_magic TEXT NOT NULL DEFAULT '',
    updated_at TEXT NOT NULL,
    dead_since TEXT,
    PRIMARY KEY (device_id, kind)
) STRICT, WITHOUT ROWID;

CREATE TABLE api_keys (
    id           TEXT PRIMARY KEY,
    name         TEXT NOT NULL,
    role         TEXT NOT NULL CHECK (role IN ('viewer', 'operator', 'admin')),
    hash         TEXT NOT NULL,
    created_at   TEXT NOT NULL,
    last_used_at TEXT,
    revoked_at   TEXT
) STRICT;

CREATE TABLE idempotency (
    key_id     TEXT NOT NULL,
    key        TEXT NOT NULL,
    body_hash  TEXT NOT NULL,
    claim      TEXT NOT NULL,
    claimed_at TEXT NOT NULL,
    expires_at TEXT NOT NULL,
    done       INTEGER NOT NULL DEFAULT 0,
    made_kind  TEXT NOT NULL DEFAULT '',
    made_id    TEXT NOT NULL DEFAULT '',
    status     INTEGER NOT NULL DEFAULT 0,
    headers    TEXT,
    body       TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (key_id, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX idempotency_by_expiry ON idempotency (expires_at);

CREATE TABLE settings (
    name       TEXT PRIMARY KEY,
    doc        TEXT NOT NULL,
    sealed     TEXT NOT NULL DEFAULT '',
    version    INTEGER NOT NULL,
    updated_at TEXT NOT NULL
) STRICT;

CREATE TABLE audit (
    seq         INTEGER PRIMARY KEY,
    at          TEXT NOT NULL,
    actor_kind  TEXT NOT NULL,
    actor_id    TEXT NOT NULL,
    actor_name  TEXT NOT NULL,
    action      TEXT NOT NULL,
    target_kind TEXT NOT NULL,
    target_id   TEXT NOT NULL,
    was         TEXT,
    became      TEXT,
    previous    TEXT NOT NULL,
    hash        TEXT NOT NULL
) STRICT;
CREATE INDEX audit_by_target ON audit (target_id, seq);

CREATE TABLE audit_head (
    one  INTEGER PRIMARY KEY CHECK (one = 1),
    seq  INTEGER NOT NULL,
    hash TEXT NOT NULL
) STRICT;
INSERT INTO audit_head (one, seq, hash) VALUES (1, 0, '');

CREATE TABLE imports (
    id          TEXT PRIMARY KEY,
    kind        TEXT NOT NULL,
    state       TEXT NOT NULL CHECK (state IN ('running', 'succeeded', 'failed')),
    dry_run     INTEGER NOT NULL DEFAULT 0,
    done        INTEGER NOT NULL DEFAULT 0,
    total       INTEGER NOT NULL DEFAULT 0,
    report      TEXT,
    problems    INTEGER NOT NULL DEFAULT 0,
    failure     TEXT NOT NULL DEFAULT '',
    created_at  TEXT NOT NULL,
    updated_at  TEXT NOT NULL,
    finished_at TEXT
) STRICT;

CREATE TABLE import_problems (
    import_id TEXT NOT NULL REFERENCES imports (id) ON DELETE CASCADE,
    n         INTEGER NOT NULL,
    severity  TEXT NOT NULL,
    file      TEXT NOT NULL,
    line      INTEGER NOT NULL,
    col       INTEGER NOT NULL,
    message   TEXT NOT NULL,
    PRIMARY KEY (import_id, n)
) STRICT, WITHOUT ROWID;

-- +goose Down
DROP TABLE import_problems;
DROP TABLE imports;
DROP TABLE audit_head;
DROP TABLE audit;
DROP TABLE settings;
DROP TABLE idempotency;
DROP TABLE api_keys;
DROP TABLE push_channels;
DROP TABLE devices;
DROP TABLE group_groups;
DROP TABLE group_users;
DROP TABLE groups;
DROP TABLE users;
