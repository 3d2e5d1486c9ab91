-- +goose Up
-- When a paused send was last resumed: Reconcile wakes what was not told.
ALTER TABLE sends ADD COLUMN resumed_at TEXT;

-- +goose Down
ALTER TABLE sends DROP COLUMN resumed_at;
