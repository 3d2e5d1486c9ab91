-- +goose Up

-- Who is disabled has no services, whatever the switches say.
ALTER TABLE users ADD COLUMN disabled_at TEXT;

-- +goose Down
ALTER TABLE users DROP COLUMN disabled_at;
