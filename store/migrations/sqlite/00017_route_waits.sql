-- +goose Up
-- Until when the other side of a route has asked everybody to wait.
ALTER TABLE routes ADD COLUMN held_until TEXT;

-- +goose Down
ALTER TABLE routes DROP COLUMN held_until;
