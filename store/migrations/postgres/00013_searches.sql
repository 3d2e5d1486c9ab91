-- +goose Up

-- A search walks one index in the order of names, and looks at no row that it
-- does not show. An index row has room for 2,704 bytes.
UPDATE users SET search = left(search, 500) WHERE octet_length(search) > 2000;
DROP INDEX users_by_name;
CREATE INDEX users_by_name ON users (sort_name, id) INCLUDE (search, state) WHERE deleted_at IS NULL;

-- The program writes it from now on, as it does that of users.
ALTER TABLE devices ALTER COLUMN search DROP EXPRESSION;
UPDATE devices SET search = left(search, 500) WHERE octet_length(search) > 2000;
DROP INDEX devices_by_name;
CREATE INDEX devices_by_name ON devices (sort_name, id) INCLUDE (search, user_id) WHERE deleted_at IS NULL;
DROP FUNCTION instr(TEXT, TEXT);

CREATE INDEX licenses_of_asset ON licenses (location, adam_id, pricing, state, user_id);

-- +goose Down
DROP INDEX licenses_of_asset;
CREATE FUNCTION instr(haystack TEXT, needle TEXT) RETURNS INTEGER
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS 'SELECT strpos($1, $2)';
DROP INDEX devices_by_name;
ALTER TABLE devices DROP COLUMN search;
ALTER TABLE devices ADD COLUMN search TEXT NOT NULL
    GENERATED ALWAYS AS (sort_name || chr(10) || lower(COALESCE(serial_number, '')) || chr(10) || lower(COALESCE(udid, ''))) STORED;
CREATE INDEX devices_by_name ON devices (sort_name, id) WHERE deleted_at IS NULL;
DROP INDEX users_by_name;
CREATE INDEX users_by_name ON users (sort_name, id) WHERE deleted_at IS NULL;
