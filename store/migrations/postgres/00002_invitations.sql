-- +goose Up

CREATE TABLE plans (
    id         TEXT COLLATE "C" PRIMARY KEY,
    user_id    TEXT COLLATE "C" REFERENCES users (id),
    group_id   TEXT COLLATE "C" REFERENCES groups (id),
    device_ids TEXT NOT NULL,
    audience   TEXT NOT NULL,
    policy     TEXT NOT NULL,
    digest     TEXT NOT NULL,
    totals     TEXT NOT NULL,
    skipped    TEXT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    expires_at TIMESTAMPTZ NOT NULL,
    send_id    TEXT COLLATE "C"
);
CREATE INDEX plans_unsent ON plans (expires_at) WHERE send_id IS NULL;

-- A plan's frozen targets. invitation_id is given when the plan is made, so
-- that writing a page twice writes the same; where an open invitation is
-- joined, the page puts that one's id here.
CREATE TABLE plan_targets (
    plan_id       TEXT COLLATE "C" NOT NULL REFERENCES plans (id) ON DELETE CASCADE,
    seq           INTEGER NOT NULL,
    invitation_id TEXT COLLATE "C" NOT NULL,
    user_id       TEXT COLLATE "C" NOT NULL,
    device_id     TEXT COLLATE "C",
    channel       TEXT NOT NULL,
    PRIMARY KEY (plan_id, seq)
);

-- open counts invitations that are not settled, those not written yet included.
-- counts is by state, kept when the last invitation is settled: nothing changes
-- after that.
CREATE TABLE sends (
    id          TEXT COLLATE "C" PRIMARY KEY,
    plan_id     TEXT COLLATE "C" NOT NULL UNIQUE REFERENCES plans (id),
    user_id     TEXT COLLATE "C",
    group_id    TEXT COLLATE "C",
    policy      TEXT NOT NULL,
    schedule    TEXT NOT NULL,
    state       TEXT NOT NULL CHECK (state IN ('running', 'paused', 'settled', 'cancelled')),
    total       INTEGER NOT NULL,
    written     INTEGER NOT NULL DEFAULT 0,
    open        INTEGER NOT NULL,
    workflow_id TEXT COLLATE "C" NOT NULL,
    created_at  TIMESTAMPTZ NOT NULL,
    settled_at  TIMESTAMPTZ,
    counts      TEXT
);
CREATE INDEX sends_live ON sends (id) WHERE state IN ('running', 'paused');

-- send_id is the send that the open attempt belongs to; occasion is what the
-- deliveries' keys are made of: that send, or one resend.
-- pending is the number of the delivery that leaves at due_at: 0 the first,
-- n reminder n.
CREATE TABLE invitations (
    id                TEXT COLLATE "C" PRIMARY KEY,
    user_id           TEXT COLLATE "C" NOT NULL REFERENCES users (id),
    device_id         TEXT COLLATE "C" REFERENCES devices (id),
    channel           TEXT NOT NULL CHECK (channel IN ('mdm', 'alert', 'mail')),
    state             TEXT NOT NULL CHECK (state IN ('queued', 'sent', 'shown', 'accepted', 'declined', 'expired', 'cancelled', 'failed')),
    send_id           TEXT COLLATE "C" NOT NULL REFERENCES sends (id),
    occasion          TEXT COLLATE "C" NOT NULL,
    link_hash         BYTEA NOT NULL,
    attempts          INTEGER NOT NULL DEFAULT 0,
    pending           INTEGER,
    due_at            TIMESTAMPTZ,
    retries           INTEGER NOT NULL DEFAULT 0,
    waiting_for       TEXT NOT NULL DEFAULT '',
    last_answer       TEXT NOT NULL DEFAULT '',
    taken_at          TIMESTAMPTZ,
    sent_at           TIMESTAMPTZ,
    expires_at        TIMESTAMPTZ NOT NULL,
    created_at        TIMESTAMPTZ NOT NULL,
    settled_at        TIMESTAMPTZ,
    answered_at       TIMESTAMPTZ,
    recorded_at       TIMESTAMPTZ,
    source            TEXT NOT NULL DEFAULT '',
    actor             TEXT,
    reminders_stopped BOOLEAN NOT NULL DEFAULT FALSE,
    new_link_asked    BOOLEAN NOT NULL DEFAULT FALSE
);
CREATE UNIQUE INDEX invitations_link ON invitations (link_hash);
CREATE UNIQUE INDEX invitations_open ON invitations (user_id, COALESCE(device_id, '')) WHERE settled_at IS NULL;
CREATE INDEX invitations_active ON invitations (id) WHERE settled_at IS NULL;
CREATE INDEX invitations_completed ON invitations (settled_at, id) WHERE settled_at IS NOT NULL;
CREATE INDEX invitations_by_user ON invitations (user_id, id);
CREATE INDEX invitations_by_device ON invitations (device_id, id) WHERE device_id IS NOT NULL;
CREATE INDEX invitations_by_state ON invitations (state, id);
CREATE INDEX invitations_unrecorded ON invitations (answered_at) WHERE answered_at IS NOT NULL AND recorded_at IS NULL;

CREATE TABLE send_invitations (
    send_id       TEXT COLLATE "C" NOT NULL REFERENCES sends (id),
    invitation_id TEXT COLLATE "C" NOT NULL REFERENCES invitations (id),
    PRIMARY KEY (send_id, invitation_id)
);
CREATE INDEX send_invitations_by_invitation ON send_invitations (invitation_id, send_id);

CREATE TABLE deliveries (
    id              TEXT COLLATE "C" PRIMARY KEY,
    send_key        TEXT NOT NULL UNIQUE,
    user_id         TEXT COLLATE "C" NOT NULL,
    send_id         TEXT COLLATE "C" NOT NULL,
    occasion        TEXT COLLATE "C" NOT NULL,
    channel         TEXT NOT NULL,
    number          INTEGER NOT NULL,
    state           TEXT NOT NULL CHECK (state IN ('claimed', 'transmitting', 'accepted', 'refused', 'unknown', 'withdrawn')),
    unknowns        INTEGER NOT NULL DEFAULT 0,
    code            INTEGER NOT NULL DEFAULT 0,
    answer          TEXT NOT NULL DEFAULT '',
    claimed_at      TIMESTAMPTZ NOT NULL,
    transmitting_at TIMESTAMPTZ,
    answered_at     TIMESTAMPTZ
);

CREATE TABLE delivery_invitations (
    invitation_id TEXT COLLATE "C" NOT NULL REFERENCES invitations (id),
    delivery_id   TEXT COLLATE "C" NOT NULL REFERENCES deliveries (id),
    PRIMARY KEY (invitation_id, delivery_id)
);
CREATE INDEX delivery_invitations_by_delivery ON delivery_invitations (delivery_id, invitation_id);

-- What happened to an invitation, beside its deliveries.
CREATE TABLE invitation_events (
    id            TEXT COLLATE "C" PRIMARY KEY,
    invitation_id TEXT COLLATE "C" NOT NULL REFERENCES invitations (id),
    at            TIMESTAMPTZ NOT NULL,
    what          TEXT NOT NULL,
    channel       TEXT NOT NULL DEFAULT '',
    answer        TEXT NOT NULL DEFAULT '',
    actor         TEXT NOT NULL DEFAULT ''
);
CREATE INDEX invitation_events_by_invitation ON invitation_events (invitation_id, at);

CREATE TABLE enrollments (
    user_id       TEXT COLLATE "C" PRIMARY KEY REFERENCES users (id),
    invitation_id TEXT COLLATE "C",
    enrolled_at   TIMESTAMPTZ NOT NULL,
    source        TEXT NOT NULL
);
CREATE INDEX enrollments_by_time ON enrollments (enrolled_at, user_id);

-- What all workers know of a way out: down_since while it is down, and who
-- may try it next.
CREATE TABLE routes (
    name       TEXT PRIMARY KEY,
    down_since TIMESTAMPTZ,
    reason     TEXT NOT NULL DEFAULT '',
    failures   INTEGER NOT NULL DEFAULT 0,
    probe_at   TIMESTAMPTZ,
    minute     TIMESTAMPTZ,
    used       INTEGER NOT NULL DEFAULT 0,
    -- full_minute: the limit of this minute is used up.
    full_minute BOOLEAN NOT NULL DEFAULT FALSE
);
INSERT INTO routes (name) VALUES ('mail'), ('push_mdm'), ('push_alert');

-- One action on every open invitation that a filter matches, step by step.
CREATE TABLE bulks (
    id          TEXT COLLATE "C" PRIMARY KEY,
    action      TEXT NOT NULL,
    filter      TEXT NOT NULL,
    actor       TEXT NOT NULL,
    matched     INTEGER NOT NULL,
    done        INTEGER NOT NULL DEFAULT 0,
    skipped     INTEGER NOT NULL DEFAULT 0,
    after_id    TEXT COLLATE "C" NOT NULL DEFAULT '',
    created_at  TIMESTAMPTZ NOT NULL,
    finished_at TIMESTAMPTZ
);
CREATE INDEX bulks_unfinished ON bulks (id) WHERE finished_at IS NULL;

-- +goose Down
DROP TABLE bulks;
DROP TABLE routes;
DROP TABLE enrollments;
DROP TABLE invitation_events;
DROP TABLE delivery_invitations;
DROP TABLE deliveries;
DROP TABLE send_invitations;
DROP TABLE invitations;
DROP TABLE sends;
DROP TABLE plan_targets;
DROP TABLE plans;
