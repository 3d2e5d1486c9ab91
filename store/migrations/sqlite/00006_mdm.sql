-- +goose Up

-- The channels that devices (and, below parent_id, their users) have to the
-- MDM service. token is empty until the first TokenUpdate; push_magic is
-- sealed. tally counts TokenUpdates since the enrollment.
CREATE TABLE mdm_enrollments (
    id           TEXT PRIMARY KEY,
    parent_id    TEXT REFERENCES mdm_enrollments (id) ON DELETE CASCADE,
    type         TEXT NOT NULL,
    topic        TEXT NOT NULL DEFAULT '',
    token        TEXT NOT NULL DEFAULT '',
    push_magic   TEXT NOT NULL DEFAULT '',
    enabled      INTEGER NOT NULL DEFAULT FALSE,
    tally        INTEGER NOT NULL DEFAULT 0,
    created_at   TEXT NOT NULL,
    last_seen_at TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX mdm_enrollments_by_parent ON mdm_enrollments (parent_id) WHERE parent_id IS NOT NULL;
CREATE INDEX mdm_enrollments_gone ON mdm_enrollments (id) WHERE NOT enabled;

-- The latest message of each kind, as it was sent, and the tokens kept for the
-- device. All of it is sealed.
CREATE TABLE mdm_messages (
    enrollment_id TEXT NOT NULL REFERENCES mdm_enrollments (id) ON DELETE CASCADE,
    kind          TEXT NOT NULL CHECK (kind IN ('authenticate', 'authenticate_user', 'authenticate_user_digest', 'token_update', 'unlock_token', 'bootstrap_token')),
    sealed        TEXT NOT NULL,
    at            TEXT NOT NULL,
    PRIMARY KEY (enrollment_id, kind)
) STRICT, WITHOUT ROWID;

-- Which certificate is whose, for ever: a certificate serves one device. The
-- row is older than the enrollment.
CREATE TABLE mdm_certificates (
    sha256        TEXT PRIMARY KEY,
    enrollment_id TEXT NOT NULL,
    at            TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX mdm_certificates_by_enrollment ON mdm_certificates (enrollment_id);

-- Commands in the order of queueing. body is sealed, and empty once the command
-- has ended: it may hold an invite code. status is the device's last word, or
-- Cleared; result is what it sent, byte by byte. There is no reference to the
-- enrollment: rows are made by selecting from there.
CREATE TABLE mdm_commands (
    seq           INTEGER PRIMARY KEY,
    enrollment_id TEXT NOT NULL,
    uuid          TEXT NOT NULL,
    request_type  TEXT NOT NULL,
    body          TEXT NOT NULL,
    status        TEXT NOT NULL DEFAULT '',
    not_nows      INTEGER NOT NULL DEFAULT 0,
    result        BLOB,
    queued_at     TEXT NOT NULL,
    ended_at      TEXT,
    UNIQUE (enrollment_id, uuid)
) STRICT;
CREATE INDEX mdm_commands_waiting ON mdm_commands (enrollment_id, seq) WHERE ended_at IS NULL;
CREATE INDEX mdm_commands_ended ON mdm_commands (ended_at) WHERE ended_at IS NOT NULL;

-- +goose Down
DROP TABLE mdm_commands;
DROP TABLE mdm_certificates;
DROP TABLE mdm_messages;
DROP TABLE mdm_enrollments;
