-- +goose Up

-- Tokens that another has replaced, until they end.
CREATE TABLE scim_old_tokens (
    client_id   TEXT COLLATE "C" NOT NULL REFERENCES scim_clients (id),
    hash        TEXT COLLATE "C" NOT NULL,
    valid_until TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (client_id, hash)
);

-- +goose Down
-- Before, nothing was kept of what a removed client had brought.
DELETE FROM scim_users WHERE client_id IN (SELECT id FROM scim_clients WHERE revoked_at IS NOT NULL);
DELETE FROM scim_groups WHERE client_id IN (SELECT id FROM scim_clients WHERE revoked_at IS NOT NULL);
DROP TABLE scim_old_tokens;
