-- +goose Up

-- Places elsewhere where people and groups are kept. sealed is the password;
-- cookie is how far changes were read, in the server's own words.
CREATE TABLE directories (
    id         TEXT COLLATE "C" PRIMARY KEY,
    name       TEXT NOT NULL,
    protocol   TEXT NOT NULL,
    doc        TEXT NOT NULL,
    sealed     TEXT NOT NULL DEFAULT '',
    cookie     TEXT NOT NULL DEFAULT '',
    sort_name  TEXT COLLATE "C" NOT NULL,
    synced_at  TIMESTAMPTZ,
    full_at    TIMESTAMPTZ,
    created_at TIMESTAMPTZ NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL,
    version    BIGINT NOT NULL DEFAULT 1
);
CREATE UNIQUE INDEX directories_name ON directories (sort_name);

-- Who comes from where. The stable id is the directory's own and is never
-- given to somebody else; dn_key and login_key are what groups name members by.
CREATE TABLE directory_users (
    directory_id TEXT COLLATE "C" NOT NULL REFERENCES directories (id),
    stable_id    TEXT COLLATE "C" NOT NULL,
    user_id      TEXT COLLATE "C" NOT NULL REFERENCES users (id),
    dn_key       TEXT COLLATE "C" NOT NULL,
    login_key    TEXT COLLATE "C" NOT NULL DEFAULT '',
    PRIMARY KEY (directory_id, stable_id)
);
CREATE UNIQUE INDEX directory_users_user ON directory_users (user_id);
CREATE INDEX directory_users_dn ON directory_users (directory_id, dn_key);
CREATE INDEX directory_users_login ON directory_users (directory_id, login_key);

CREATE TABLE directory_groups (
    directory_id TEXT COLLATE "C" NOT NULL REFERENCES directories (id),
    stable_id    TEXT COLLATE "C" NOT NULL,
    group_id     TEXT COLLATE "C" NOT NULL REFERENCES groups (id),
    dn_key       TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (directory_id, stable_id)
);
CREATE UNIQUE INDEX directory_groups_group ON directory_groups (group_id);
CREATE INDEX directory_groups_dn ON directory_groups (directory_id, dn_key);

-- Looks at directories, and what was wrong with entries.
CREATE TABLE directory_runs (
    id           TEXT COLLATE "C" PRIMARY KEY,
    directory_id TEXT COLLATE "C" NOT NULL REFERENCES directories (id) ON DELETE CASCADE,
    state        TEXT NOT NULL CHECK (state IN ('running', 'held', 'succeeded', 'failed', 'superseded')),
    mode         TEXT NOT NULL CHECK (mode IN ('full', 'incremental')),
    report       TEXT NOT NULL,
    failure      TEXT NOT NULL DEFAULT '',
    asked_by     TEXT NOT NULL,
    created_at   TIMESTAMPTZ NOT NULL,
    updated_at   TIMESTAMPTZ NOT NULL,
    finished_at  TIMESTAMPTZ
);
CREATE INDEX directory_runs_newest ON directory_runs (directory_id, id);
CREATE UNIQUE INDEX directory_runs_one ON directory_runs (directory_id) WHERE state = 'running';
CREATE INDEX directory_runs_over ON directory_runs (finished_at);

CREATE TABLE directory_problems (
    run_id   TEXT COLLATE "C" NOT NULL REFERENCES directory_runs (id) ON DELETE CASCADE,
    n        INTEGER NOT NULL,
    severity TEXT NOT NULL,
    entry    TEXT NOT NULL,
    message  TEXT NOT NULL,
    PRIMARY KEY (run_id, n)
);

-- Who is disabled has no services, whatever the switches say.
ALTER TABLE users ADD COLUMN disabled_at TIMESTAMPTZ;

-- +goose Down
ALTER TABLE users DROP COLUMN disabled_at;
DROP TABLE directory_problems;
DROP TABLE directory_runs;
DROP TABLE directory_groups;
DROP TABLE directory_users;
DROP TABLE directories;
