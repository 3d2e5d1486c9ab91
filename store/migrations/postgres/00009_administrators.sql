-- +goose Up

-- Who signs in to the console. login_key is the login with its case folded;
-- epoch ends every session from before it. passphrase is an argon2id hash with
-- its parameters, empty while the person has none.
CREATE TABLE administrators (
    id           TEXT COLLATE "C" PRIMARY KEY,
    name         TEXT NOT NULL,
    login        TEXT NOT NULL,
    login_key    TEXT COLLATE "C" NOT NULL,
    role         TEXT NOT NULL CHECK (role IN ('viewer', 'operator', 'admin')),
    passphrase   TEXT NOT NULL DEFAULT '',
    issuer       TEXT COLLATE "C",
    subject      TEXT COLLATE "C",
    epoch        BIGINT NOT NULL DEFAULT 1,
    language     TEXT NOT NULL DEFAULT '',
    theme        TEXT NOT NULL DEFAULT '',
    created_at   TIMESTAMPTZ NOT NULL,
    updated_at   TIMESTAMPTZ NOT NULL,
    last_seen_at TIMESTAMPTZ,
    version      BIGINT NOT NULL DEFAULT 1,
    CHECK ((issuer IS NULL) = (subject IS NULL))
);
CREATE UNIQUE INDEX administrators_login ON administrators (login_key);
CREATE UNIQUE INDEX administrators_subject ON administrators (issuer, subject);

-- What browsers carry the token of, by its hash. Without an administrator it
-- is a sign-in under way. over_at is the end that does not move; expires_at is
-- the earlier of it and the end of what may pass without a request.
CREATE TABLE sessions (
    hash             TEXT COLLATE "C" PRIMARY KEY,
    administrator_id TEXT COLLATE "C" REFERENCES administrators (id) ON DELETE CASCADE,
    epoch            BIGINT NOT NULL DEFAULT 0,
    data             TEXT NOT NULL,
    seen_at          TIMESTAMPTZ NOT NULL,
    over_at          TIMESTAMPTZ NOT NULL,
    expires_at       TIMESTAMPTZ NOT NULL
);
CREATE INDEX sessions_by_administrator ON sessions (administrator_id);
CREATE INDEX sessions_over ON sessions (expires_at);

-- One-time links that set a passphrase, by the hash of their token. Without
-- an administrator the link makes the first one.
CREATE TABLE sign_in_links (
    hash             BYTEA PRIMARY KEY,
    administrator_id TEXT COLLATE "C" REFERENCES administrators (id) ON DELETE CASCADE,
    created_at       TIMESTAMPTZ NOT NULL,
    expires_at       TIMESTAMPTZ NOT NULL,
    used_at          TIMESTAMPTZ
);
CREATE INDEX sign_in_links_by_administrator ON sign_in_links (administrator_id);
CREATE INDEX sign_in_links_over ON sign_in_links (expires_at);

-- +goose Down
DROP TABLE sign_in_links;
DROP TABLE sessions;
DROP TABLE administrators;
