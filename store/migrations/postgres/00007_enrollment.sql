-- +goose Up

-- A link or code by which one device of a user is enrolled. Only hashes are
-- kept; used_at is set when a device has got its certificate by the link.
CREATE TABLE enrollment_links (
    id         TEXT COLLATE "C" PRIMARY KEY,
    user_id    TEXT COLLATE "C" NOT NULL REFERENCES users (id),
    hash       BYTEA NOT NULL,
    code_hash  BYTEA NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    expires_at TIMESTAMPTZ NOT NULL,
    used_at    TIMESTAMPTZ
);
CREATE UNIQUE INDEX enrollment_links_hash ON enrollment_links (hash);
CREATE UNIQUE INDEX enrollment_links_code ON enrollment_links (code_hash);
CREATE INDEX enrollment_links_by_user ON enrollment_links (user_id, expires_at);
CREATE INDEX enrollment_links_over ON enrollment_links (expires_at);

-- The one-time words of SCEP, by hash: each is bound to a user, and to the
-- link whose profile carries it.
CREATE TABLE enrollment_challenges (
    hash       BYTEA PRIMARY KEY,
    user_id    TEXT COLLATE "C" NOT NULL REFERENCES users (id),
    link_id    TEXT COLLATE "C" REFERENCES enrollment_links (id) ON DELETE CASCADE,
    expires_at TIMESTAMPTZ NOT NULL,
    used_at    TIMESTAMPTZ
);
CREATE INDEX enrollment_challenges_by_user ON enrollment_challenges (user_id, expires_at);
CREATE INDEX enrollment_challenges_by_link ON enrollment_challenges (link_id);
CREATE INDEX enrollment_challenges_over ON enrollment_challenges (expires_at);

-- Whose device a certificate was issued to, by the SHA-256 of the certificate.
CREATE TABLE device_certificates (
    fingerprint TEXT COLLATE "C" PRIMARY KEY,
    user_id     TEXT COLLATE "C" NOT NULL REFERENCES users (id),
    issued_at   TIMESTAMPTZ NOT NULL
);

-- +goose Down
DROP TABLE device_certificates;
DROP TABLE enrollment_challenges;
DROP TABLE enrollment_links;
