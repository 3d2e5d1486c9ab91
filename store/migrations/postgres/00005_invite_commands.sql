-- +goose Up

-- What a device is to the MDM server: mdm_device_id is its device channel,
-- mdm_id the channel that invitations go to, and invitable whether its kind of
-- enrollment may be invited at all.
ALTER TABLE devices ADD COLUMN invitable BOOLEAN NOT NULL DEFAULT TRUE;
ALTER TABLE devices ADD COLUMN mdm_id TEXT COLLATE "C";
ALTER TABLE devices ADD COLUMN mdm_device_id TEXT COLLATE "C";
CREATE UNIQUE INDEX devices_mdm_id ON devices (mdm_id);
CREATE UNIQUE INDEX devices_mdm_device_id ON devices (mdm_device_id);

-- generation grows when a device may have lost what was queued for it: the
-- same delivery then has another key, and its command another CommandUUID.
ALTER TABLE invitations ADD COLUMN generation INTEGER NOT NULL DEFAULT 0;
ALTER TABLE deliveries ADD COLUMN generation INTEGER NOT NULL DEFAULT 0;

-- The InviteToProgram commands that were queued. A status of '' is one that
-- the device has not answered.
CREATE TABLE invite_commands (
    command_uuid  TEXT COLLATE "C" PRIMARY KEY,
    delivery_id   TEXT COLLATE "C" NOT NULL REFERENCES deliveries (id),
    invitation_id TEXT COLLATE "C" NOT NULL REFERENCES invitations (id),
    device_id     TEXT COLLATE "C" NOT NULL REFERENCES devices (id),
    enrollment_id TEXT COLLATE "C" NOT NULL,
    generation    INTEGER NOT NULL,
    queued_at     TIMESTAMPTZ NOT NULL,
    answered_at   TIMESTAMPTZ,
    status        TEXT NOT NULL DEFAULT '',
    result        TEXT NOT NULL DEFAULT '',
    words         TEXT NOT NULL DEFAULT ''
);
CREATE INDEX invite_commands_by_invitation ON invite_commands (invitation_id);
CREATE INDEX invite_commands_answered ON invite_commands (answered_at) WHERE answered_at IS NOT NULL;
CREATE INDEX invite_commands_silent ON invite_commands (queued_at) WHERE answered_at IS NULL;

-- +goose Down
DROP TABLE invite_commands;
ALTER TABLE deliveries DROP COLUMN generation;
ALTER TABLE invitations DROP COLUMN generation;
DROP INDEX devices_mdm_device_id;
DROP INDEX devices_mdm_id;
ALTER TABLE devices DROP COLUMN mdm_device_id;
ALTER TABLE devices DROP COLUMN mdm_id;
ALTER TABLE devices DROP COLUMN invitable;
