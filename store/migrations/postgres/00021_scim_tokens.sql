-- +goose Up

-- Tokens that another has replaced, until they end.
CREATE TABLE scim_old_tokens (
    client_id   TEXT COLLATE "C" NOT NULL REFERENCES scim_clients (id),
    hash        TEXT COLLATE "C" NOT NULL,
    valid_until TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (client_id, hash)
);

-- An id of a client's own means one user, and one group. Of those that have the
-- same, the oldest keeps it.
UPDATE scim_users SET external_id = NULL WHERE EXISTS (SELECT 1 FROM scim_users o
    WHERE o.client_id = scim_users.client_id AND o.external_id = scim_users.external_id AND o.user_id < scim_users.user_id);
UPDATE scim_groups SET external_id = NULL WHERE EXISTS (SELECT 1 FROM scim_groups o
    WHERE o.client_id = scim_groups.client_id AND o.external_id = scim_groups.external_id AND o.group_id < scim_groups.group_id);
DROP INDEX scim_users_by_external_id;
DROP INDEX scim_groups_by_external_id;
CREATE UNIQUE INDEX scim_users_external_id ON scim_users (client_id, external_id);
CREATE UNIQUE INDEX scim_groups_external_id ON scim_groups (client_id, external_id);

-- All addresses that a client has given a user, in lower case. Invitations go to
-- one of them alone, but the client finds the user by any.
CREATE TABLE scim_addresses (
    address TEXT COLLATE "C" NOT NULL,
    user_id TEXT COLLATE "C" NOT NULL REFERENCES users (id),
    PRIMARY KEY (address, user_id)
);
CREATE INDEX scim_addresses_by_user ON scim_addresses (user_id);
INSERT INTO scim_addresses (address, user_id)
    SELECT lower(e ->> 'value'), s.user_id FROM scim_users s CROSS JOIN LATERAL jsonb_array_elements(s.profile::jsonb -> 'emails') e
    WHERE e ->> 'value' <> '' ON CONFLICT DO NOTHING;

-- +goose Down
DROP TABLE scim_addresses;
DROP INDEX scim_groups_external_id;
DROP INDEX scim_users_external_id;
CREATE INDEX scim_groups_by_external_id ON scim_groups (client_id, external_id, group_id);
CREATE INDEX scim_users_by_external_id ON scim_users (client_id, external_id, user_id);
-- Before, nothing was kept of what a removed client had brought.
DELETE FROM scim_users WHERE client_id IN (SELECT id FROM scim_clients WHERE revoked_at IS NOT NULL);
DELETE FROM scim_groups WHERE client_id IN (SELECT id FROM scim_clients WHERE revoked_at IS NOT NULL);
DROP TABLE scim_old_tokens;
