-- +goose Up
-- Whether people are told apart by another stable id than their links were
-- made by: until everything was read once, they are found by their DNs.
ALTER TABLE directories ADD COLUMN relink INTEGER NOT NULL DEFAULT 0 CHECK (relink IN (0, 1));

-- +goose Down
ALTER TABLE directories DROP COLUMN relink;
