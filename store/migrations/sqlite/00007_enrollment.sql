-- +goose Up

-- A link or code by which one device of a user is enrolled. Only hashes are
-- kept; used_at is set when a device has got its certificate by the link.
CREATE TABLE enrollment_links (
    id         TEXT PRIMARY KEY,
    user_id    TEXT NOT NULL REFERENCES users (id),
    hash       BLOB NOT NULL,
    code_hash  BLOB NOT NULL,
    created_at TEXT NOT NULL,
    expires_at TEXT NOT NULL,
    used_at    TEXT
) STRICT;
CREATE UNIQUE INDEX enrollment_links_hash ON enrollment_links (hash);
CREATE UNIQUE INDEX enrollment_links_code ON enrollment_links (code_hash);
CREATE INDEX enrollment_links_by_user ON enrollment_links (user_id, expires_at);
CREATE INDEX enrollment_links_over ON enrollment_links (expires_at);

-- The one-time words of SCEP, by hash: each is bound to a user, and to the
-- link whose profile carries it.
CREATE TABLE enrollment_challenges (
    hash       BLOB PRIMARY KEY,
    user_id    TEXT NOT NULL REFERENCES users (id),
    link_id    TEXT REFERENCES enrollment_links (id) ON DELETE CASCADE,
    expires_at TEXT NOT NULL,
    used_at    TEXT
) STRICT;
CREATE INDEX enrollment_challenges_by_user ON enrollment_challenges (user_id, expires_at);
CREATE INDEX enrollment_challenges_by_link ON enrollment_challenges (link_id);
CREATE INDEX enrollment_challenges_over ON enrollment_challenges (expires_at);

-- Whose device a certificate was issued to, by the SHA-256 of the certificate.
CREATE TABLE device_certificates (
    fingerprint TEXT PRIMARY KEY,
    user_id     TEXT NOT NULL REFERENCES users (id),
    issued_at   TEXT NOT NULL
) STRICT;

-- +goose Down
DROP TABLE device_certificates;
DROP TABLE enrollment_challenges;
DROP TABLE enrollment_links;
