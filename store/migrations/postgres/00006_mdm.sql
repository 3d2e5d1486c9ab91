-- +goose Up

-- The channels that devices (and, below parent_id, their users) have to the
-- MDM service. token is empty until the first TokenUpdate; push_magic is
-- sealed. tally counts TokenUpdates since the enrollment.
CREATE TABLE mdm_enrollments (
    id           TEXT COLLATE "C" PRIMARY KEY,
    parent_id    TEXT COLLATE "C" REFERENCES mdm_enrollments (id) ON DELETE CASCADE,
    type         TEXT NOT NULL,
    topic        TEXT NOT NULL DEFAULT '',
    token        TEXT NOT NULL DEFAULT '',
    push_magic   TEXT NOT NULL DEFAULT '',
    enabled      BOOLEAN NOT NULL DEFAULT FALSE,
    tally        INTEGER NOT NULL DEFAULT 0,
    created_at   TIMESTAMPTZ NOT NULL,
    last_seen_at TIMESTAMPTZ NOT NULL
);
CREATE INDEX mdm_enrollments_by_parent ON mdm_enrollments (parent_id) WHERE parent_id IS NOT NULL;
CREATE INDEX mdm_enrollments_gone ON mdm_enrollments (id) WHERE NOT enabled;

-- The latest message of each kind, as it was sent, and the tokens kept for the
-- device. All of it is sealed.
CREATE TABLE mdm_messages (
    enrollment_id TEXT COLLATE "C" NOT NULL REFERENCES mdm_enrollments (id) ON DELETE CASCADE,
    kind          TEXT NOT NULL CHECK (kind IN ('authenticate', 'authenticate_user', 'authenticate_user_digest', 'token_update', 'unlock_token', 'bootstrap_token')),
    sealed        TEXT NOT NULL,
    at            TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (enrollment_id, kind)
);

-- Which certificate is whose, for ever: a certificate serves one device. The
-- row is older than the enrollment.
CREATE TABLE mdm_certificates (
    sha256        TEXT COLLATE "C" PRIMARY KEY,
    enrollment_id TEXT COLLATE "C" NOT NULL,
    at            TIMESTAMPTZ NOT NULL
);
CREATE INDEX mdm_certificates_by_enrollment ON mdm_certificates (enrollment_id);

-- Commands in the order of queueing. body is sealed, and empty once the command
-- has ended: it may hold an invite code. status is the device's last word, or
-- Cleared; result is what it sent, byte by byte. There is no reference to the
-- enrollment: rows are made by selecting from there.
CREATE TABLE mdm_commands (
    seq           BIGINT GENERATED ALWAYS AS IDENTITY,
    enrollment_id TEXT COLLATE "C" NOT NULL,
    uuid          TEXT COLLATE "C" NOT NULL,
    request_type  TEXT NOT NULL,
    body          TEXT NOT NULL,
    status        TEXT NOT NULL DEFAULT '',
    not_nows      INTEGER NOT NULL DEFAULT 0,
    result        BYTEA,
    queued_at     TIMESTAMPTZ NOT NULL,
    ended_at      TIMESTAMPTZ,
    PRIMARY KEY (enrollment_id, uuid)
);
CREATE INDEX mdm_commands_waiting ON mdm_commands (enrollment_id, seq) WHERE ended_at IS NULL;
CREATE INDEX mdm_commands_ended ON mdm_commands (ended_at) WHERE ended_at IS NOT NULL;

-- +goose Down
DROP TABLE mdm_commands;
DROP TABLE mdm_certificates;
DROP TABLE mdm_messages;
DROP TABLE mdm_enrollments;
