-- +goose Up
-- Whether people are told apart by another stable id than their links were
-- made by: until everything was read once, they are found by their DNs.
ALTER TABLE directories ADD COLUMN relink BOOLEAN NOT NULL DEFAULT FALSE;

-- +goose Down
ALTER TABLE directories DROP COLUMN relink;
