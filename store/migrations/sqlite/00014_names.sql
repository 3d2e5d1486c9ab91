-- +goose Up

-- When the store was last asked what an app or a book is called; NULL: never.
ALTER TABLE assets ADD COLUMN name_asked_at TEXT;

-- +goose Down
ALTER TABLE assets DROP COLUMN name_asked_at;
