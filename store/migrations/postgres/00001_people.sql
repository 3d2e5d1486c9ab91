-- +goose Up

-- Ids and names sort by byte, as in SQLite and in Go: COLLATE "C".
-- Deleted rows stay for the history that names them, emptied of personal data.
CREATE TABLE users (
    id                    TEXT COLLATE "C" PRIMARY KEY,
    full_name             TEXT NOT NULL,
    email                 TEXT NOT NULL DEFAULT '',
    language              TEXT NOT NULL DEFAULT '',
    managed_apple_account TEXT NOT NULL DEFAULT '',
    external_id           TEXT COLLATE "C",
    managed_distribution  BOOLEAN NOT NULL DEFAULT FALSE,
    state                 TEXT NOT NULL DEFAULT 'not_invited' CHECK (state IN ('not_invited', 'invited', 'enrolled')),
    invited_at            TIMESTAMPTZ,
    enrolled_at           TIMESTAMPTZ,
    sort_name             TEXT COLLATE "C" NOT NULL,
    search                TEXT NOT NULL,
    source                TEXT NOT NULL DEFAULT '',
    created_at            TIMESTAMPTZ NOT NULL,
    updated_at            TIMESTAMPTZ NOT NULL,
    deleted_at            TIMESTAMPTZ,
    version               BIGINT NOT NULL DEFAULT 1
);
CREATE UNIQUE INDEX users_external_id ON users (external_id);
CREATE INDEX users_by_name ON users (sort_name, id) WHERE deleted_at IS NULL;
CREATE INDEX users_by_state ON users (state, sort_name, id) WHERE deleted_at IS NULL;

CREATE TABLE groups (
    id                   TEXT COLLATE "C" PRIMARY KEY,
    name                 TEXT COLLATE "C" NOT NULL,
    external_id          TEXT COLLATE "C",
    managed_distribution BOOLEAN NOT NULL DEFAULT FALSE,
    sort_name            TEXT COLLATE "C" NOT NULL,
    source               TEXT NOT NULL DEFAULT '',
    created_at           TIMESTAMPTZ NOT NULL,
    updated_at           TIMESTAMPTZ NOT NULL,
    deleted_at           TIMESTAMPTZ,
    version              BIGINT NOT NULL DEFAULT 1
);
CREATE UNIQUE INDEX groups_external_id ON groups (external_id);
CREATE INDEX groups_by_name ON groups (sort_name, id) WHERE deleted_at IS NULL;

CREATE TABLE group_users (
    group_id TEXT COLLATE "C" NOT NULL REFERENCES groups (id),
    user_id  TEXT COLLATE "C" NOT NULL REFERENCES users (id),
    PRIMARY KEY (group_id, user_id)
);
CREATE INDEX group_users_by_user ON group_users (user_id, group_id);

CREATE TABLE group_groups (
    parent_id TEXT COLLATE "C" NOT NULL REFERENCES groups (id),
    child_id  TEXT COLLATE "C" NOT NULL REFERENCES groups (id),
    PRIMARY KEY (parent_id, child_id),
    CHECK (parent_id <> child_id)
);
CREATE INDEX group_groups_by_child ON group_groups (child_id, parent_id);

CREATE TABLE devices (
    id            TEXT COLLATE "C" PRIMARY KEY,
    name          TEXT COLLATE "C" NOT NULL,
    platform      TEXT NOT NULL CHECK (platform IN ('ios', 'ipados', 'macos')),
    serial_number TEXT,
    udid          TEXT COLLATE "C",
    user_id       TEXT COLLATE "C" REFERENCES users (id),
    sort_name     TEXT COLLATE "C" NOT NULL,
    source        TEXT NOT NULL DEFAULT '',
    created_at    TIMESTAMPTZ NOT NULL,
    updated_at    TIMESTAMPTZ NOT NULL,
    deleted_at    TIMESTAMPTZ,
    version       BIGINT NOT NULL DEFAULT 1
);
CREATE UNIQUE INDEX devices_serial_number ON devices (serial_number);
CREATE UNIQUE INDEX devices_udid ON devices (udid);
CREATE INDEX devices_by_name ON devices (sort_name, id) WHERE deleted_at IS NULL;
CREATE INDEX devices_by_user ON devices (user_id, sort_name, id);

CREATE TABLE push_channels (
    device_id  TEXT COLLATE "C" NOT NULL REFERENCES devices (id),
    kind       TEXT NOT NULL CHECK (kind IN ('mdm', 'alert')),
    topic      TEXT NOT NULL,
    token      TEXT NOT NULL,
    push_magic TEXT NOT NULL DEFAULT '',
    updated_at TIMESTAMPTZ NOT NULL,
    dead_since TIMESTAMPTZ,
    PRIMARY KEY (device_id, kind)
);

CREATE TABLE api_keys (
    id           TEXT COLLATE "C" PRIMARY KEY,
    name         TEXT COLLATE "C" NOT NULL,
    role         TEXT NOT NULL CHECK (role IN ('viewer', 'operator', 'admin')),
    hash         TEXT NOT NULL,
    created_at   TIMESTAMPTZ NOT NULL,
    last_used_at TIMESTAMPTZ,
    revoked_at   TIMESTAMPTZ
);

CREATE TABLE idempotency (
    key_id     TEXT COLLATE "C" NOT NULL,
    key        TEXT COLLATE "C" NOT NULL,
    body_hash  TEXT NOT NULL,
    claim      TEXT NOT NULL,
    claimed_at TIMESTAMPTZ NOT NULL,
    expires_at TIMESTAMPTZ NOT NULL,
    done       BOOLEAN NOT NULL DEFAULT FALSE,
    made_kind  TEXT NOT NULL DEFAULT '',
    made_id    TEXT COLLATE "C" NOT NULL DEFAULT '',
    status     BIGINT NOT NULL DEFAULT 0,
    headers    TEXT,
    body       TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (key_id, key)
);
CREATE INDEX idempotency_by_expiry ON idempotency (expires_at);

CREATE TABLE settings (
    name       TEXT COLLATE "C" PRIMARY KEY,
    doc        JSONB NOT NULL,
    sealed     TEXT NOT NULL DEFAULT '',
    version    BIGINT NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL
);

CREATE TABLE audit (
    seq         BIGINT PRIMARY KEY,
    at          TIMESTAMPTZ NOT NULL,
    actor_kind  TEXT NOT NULL,
    actor_id    TEXT COLLATE "C" NOT NULL,
    actor_name  TEXT NOT NULL,
    action      TEXT NOT NULL,
    target_kind TEXT NOT NULL,
    target_id   TEXT COLLATE "C" NOT NULL,
    was         TEXT,
    became      TEXT,
    previous    TEXT NOT NULL,
    hash        TEXT NOT NULL
);
CREATE INDEX audit_by_target ON audit (target_id, seq);

CREATE TABLE audit_head (
    one  BIGINT PRIMARY KEY CHECK (one = 1),
    seq  BIGINT NOT NULL,
    hash TEXT NOT NULL
);
INSERT INTO audit_head (one, seq, hash) VALUES (1, 0, '');

CREATE TABLE imports (
    id          TEXT COLLATE "C" PRIMARY KEY,
    kind        TEXT NOT NULL,
    state       TEXT NOT NULL CHECK (state IN ('running', 'succeeded', 'failed')),
    dry_run     BOOLEAN NOT NULL DEFAULT FALSE,
    done        BIGINT NOT NULL DEFAULT 0,
    total       BIGINT NOT NULL DEFAULT 0,
    report      JSONB,
    problems    BIGINT NOT NULL DEFAULT 0,
    failure     TEXT NOT NULL DEFAULT '',
    created_at  TIMESTAMPTZ NOT NULL,
    updated_at  TIMESTAMPTZ NOT NULL,
    finished_at TIMESTAMPTZ
);

CREATE TABLE import_problems (
    import_id TEXT COLLATE "C" NOT NULL REFERENCES imports (id) ON DELETE CASCADE,
    n         BIGINT NOT NULL,
    severity  TEXT NOT NULL,
    file      TEXT NOT NULL,
    line      BIGINT NOT NULL,
    col       BIGINT NOT NULL,
    message   TEXT NOT NULL,
    PRIMARY KEY (import_id, n)
);

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
