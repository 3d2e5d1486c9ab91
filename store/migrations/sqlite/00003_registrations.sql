-- +goose Up

-- What is known of a location at Apple (its uId). users_version is how far its
-- users have been read; accepted counts acceptances; turn_at is the turn of the
-- next request, over all processes.
CREATE TABLE locations (
    location      TEXT PRIMARY KEY,
    users_version TEXT NOT NULL DEFAULT '',
    read_at       TEXT,
    full_read_at  TEXT,
    accepted      INTEGER NOT NULL DEFAULT 0,
    turn_at       TEXT
) STRICT, WITHOUT ROWID;

-- Who is registered at Apple. The row is there before Apple is asked, so that
-- a process that dies in between looks before it asks again. invite_code is
-- sealed. refused_account is the Managed Apple Account that Apple did not take.
-- accepted_order is the order in which this database first recorded
-- acceptances.
CREATE TABLE registrations (
    location              TEXT NOT NULL,
    user_id               TEXT NOT NULL REFERENCES users (id),
    client_user_id        TEXT NOT NULL,
    state                 TEXT NOT NULL CHECK (state IN ('wanted', 'submitted', 'registered', 'associated', 'retiring', 'retired', 'refused')),
    managed_apple_account TEXT NOT NULL DEFAULT '',
    refused_account       TEXT NOT NULL DEFAULT '',
    invite_code           TEXT NOT NULL DEFAULT '',
    id_hash               TEXT NOT NULL DEFAULT '',
    event_id              TEXT NOT NULL DEFAULT '',
    submitted_at          TEXT,
    last_answer           TEXT NOT NULL DEFAULT '',
    accepted_order        INTEGER,
    associated_at         TEXT,
    created_at            TEXT NOT NULL,
    updated_at            TEXT NOT NULL,
    PRIMARY KEY (location, user_id)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX registrations_client ON registrations (location, client_user_id);
CREATE UNIQUE INDEX registrations_accepted ON registrations (location, accepted_order) WHERE accepted_order IS NOT NULL;
CREATE INDEX registrations_todo ON registrations (location, state, user_id) WHERE state IN ('wanted', 'submitted', 'retiring');
CREATE INDEX registrations_by_user ON registrations (user_id);

-- The users of a plan who are enrolled without an invitation.
CREATE TABLE plan_silent (
    plan_id TEXT NOT NULL REFERENCES plans (id) ON DELETE CASCADE,
    user_id TEXT NOT NULL,
    PRIMARY KEY (plan_id, user_id)
) STRICT, WITHOUT ROWID;

-- Apple's notifications that were seen, to tell repetitions.
CREATE TABLE apple_notifications (
    id TEXT PRIMARY KEY,
    at TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX apple_notifications_at ON apple_notifications (at);

INSERT INTO routes (name) VALUES ('apps_and_books');

-- +goose Down
DELETE FROM routes WHERE name = 'apps_and_books';
DROP TABLE apple_notifications;
DROP TABLE plan_silent;
DROP TABLE registrations;
DROP TABLE locations;
