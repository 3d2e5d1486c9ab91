-- +goose Up

-- Who signs in to the console. login_key is the login with its case folded;
-- epoch ends every session from before it. passphrase is an argon2id hash with
-- its parameters, empty while the person has none.
CREATE TABLE administrators (
    id           TEXT PRIMARY KEY,
    name         TEXT NOT NULL,
    login        TEXT NOT NULL,
    login_key    TEXT NOT NULL,
    role         TEXT NOT NULL CHECK (role IN ('viewer', 'operator', 'admin')),
    passphrase   TEXT NOT NULL DEFAULT '',
    issuer       TEXT,
    subject      TEXT,
    epoch        INTEGER NOT NULL DEFAULT 1,
    language     TEXT NOT NULL DEFAULT '',
    theme        TEXT NOT NULL DEFAULT '',
    created_at   TEXT NOT NULL,
    updated_at   TEXT NOT NULL,
    last_seen_at TEXT,
    version      INTEGER NOT NULL DEFAULT 1,
    CHECK ((issuer IS NULL) = (subject IS NULL))
) STRICT;
CREATE UNIQUE INDEX administrators_login ON administrators (login_key);
CREATE UNIQUE INDEX administrators_subject ON administrators (issuer, subject);

-- What browsers carry the token of, by its hash. Without an administrator it
-- is a sign-in under way. over_at is the end that does not move; expires_at is
-- the earlier of it and the end of what may pass without a request.
CREATE TABLE sessions (
    hash             TEXT PRIMARY KEY,
    administrator_id TEXT REFERENCES administrators (id) ON DELETE CASCADE,
    epoch            INTEGER NOT NULL DEFAULT 0,
    data             TEXT NOT NULL,
    seen_at          TEXT NOT NULL,
    over_at          TEXT NOT NULL,
    expires_at       TEXT NOT NULL
) STRICT;
CREATE INDEX sessions_by_administrator ON sessions (administrator_id);
CREATE INDEX sessions_over ON sessions (expires_at);

-- One-time links that set a passphrase, by the hash of their token. Without
-- an administrator the link makes the first one.
CREATE TABLE sign_in_links (
    hash             BLOB PRIMARY KEY,
    administrator_id TEXT REFERENCES administrators (id) ON DELETE CASCADE,
    created_at       TEXT NOT NULL,
    expires_at       TEXT NOT NULL,
    used_at          TEXT
) STRICT;
CREATE INDEX sign_in_links_by_administrator ON sign_in_links (administrator_id);
CREATE INDEX sign_in_links_over ON sign_in_links (expires_at);

-- +goose Down
DROP TABLE sign_in_links;
DROP TABLE sessions;
DROP TABLE administrators;
