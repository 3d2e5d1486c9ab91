-- +goose Up

-- Identity providers that bring people by SCIM. hash is of the token.
CREATE TABLE scim_clients (
    id           TEXT PRIMARY KEY,
    name         TEXT NOT NULL,
    hash         TEXT NOT NULL,
    created_at   TEXT NOT NULL,
    last_used_at TEXT,
    revoked_at   TEXT
);

-- Who comes from which client. name_key is user_name folded; profile is what
-- the client said, so that it reads back what it wrote.
CREATE TABLE scim_users (
    user_id     TEXT PRIMARY KEY REFERENCES users (id),
    client_id   TEXT NOT NULL REFERENCES scim_clients (id),
    user_name   TEXT NOT NULL,
    name_key    TEXT NOT NULL,
    external_id TEXT,
    profile     TEXT NOT NULL
);
CREATE UNIQUE INDEX scim_users_name ON scim_users (client_id, name_key);
CREATE INDEX scim_users_by_client ON scim_users (client_id, user_id);
CREATE INDEX scim_users_by_external_id ON scim_users (client_id, external_id, user_id);

CREATE TABLE scim_groups (
    group_id    TEXT PRIMARY KEY REFERENCES groups (id),
    client_id   TEXT NOT NULL REFERENCES scim_clients (id),
    external_id TEXT
);
CREATE INDEX scim_groups_by_client ON scim_groups (client_id, group_id);
CREATE INDEX scim_groups_by_external_id ON scim_groups (client_id, external_id, group_id);

-- Who has an address, in any case.
CREATE INDEX users_by_address ON users (lower(email), id) WHERE deleted_at IS NULL AND email <> '';

-- +goose Down
DROP INDEX users_by_address;
DROP TABLE scim_groups;
DROP TABLE scim_users;
DROP TABLE scim_clients;
