-- +goose Up

-- SQLite reads the whole row for a generated column, even where an index has
-- it; the program writes it from now on, as it does that of users.
DROP INDEX devices_by_platform;
DROP INDEX devices_search;
DROP INDEX devices_by_name;
ALTER TABLE devices DROP COLUMN search;
ALTER TABLE devices ADD COLUMN search TEXT NOT NULL DEFAULT '';
UPDATE devices SET search = sort_name || char(10) || lower(COALESCE(serial_number, '')) || char(10) || lower(COALESCE(udid, ''))
    WHERE deleted_at IS NULL;
CREATE INDEX devices_by_name ON devices (sort_name, id, search, user_id, deleted_at) WHERE deleted_at IS NULL;
CREATE INDEX devices_by_platform ON devices (platform, sort_name, id, search, user_id) WHERE deleted_at IS NULL;

DROP INDEX users_by_name;
CREATE INDEX users_by_name ON users (sort_name, id, search, deleted_at) WHERE deleted_at IS NULL;
DROP INDEX users_by_change;
CREATE INDEX users_by_change ON users (updated_at, id, search, deleted_at) WHERE deleted_at IS NULL;
DROP INDEX users_search;

CREATE INDEX licenses_of_asset ON licenses (location, adam_id, pricing, state, user_id);

-- +goose Down
DROP INDEX licenses_of_asset;
CREATE INDEX users_search ON users (search, state, deleted_at) WHERE deleted_at IS NULL;
DROP INDEX users_by_change;
CREATE INDEX users_by_change ON users (updated_at, id, deleted_at) WHERE deleted_at IS NULL;
DROP INDEX users_by_name;
CREATE INDEX users_by_name ON users (sort_name, id, search) WHERE deleted_at IS NULL;
DROP INDEX devices_by_platform;
DROP INDEX devices_by_name;
ALTER TABLE devices DROP COLUMN search;
ALTER TABLE devices ADD COLUMN search TEXT NOT NULL
    GENERATED ALWAYS AS (sort_name || char(10) || lower(COALESCE(serial_number, '')) || char(10) || lower(COALESCE(udid, ''))) VIRTUAL;
CREATE INDEX devices_by_name ON devices (sort_name, id) WHERE deleted_at IS NULL;
CREATE INDEX devices_search ON devices (sort_name, id, search, user_id, deleted_at) WHERE deleted_at IS NULL;
CREATE INDEX devices_by_platform ON devices (platform, sort_name, id, search, user_id) WHERE deleted_at IS NULL;
