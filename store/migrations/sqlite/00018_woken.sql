-- +goose Up
-- For which due moment a user's workflow, and for the end of which pause a
-- send's, was last told by Reconcile: it tells once, and misses none.
CREATE TABLE woken_users (
    user_id TEXT PRIMARY KEY REFERENCES users (id),
    due_at  TEXT NOT NULL
) STRICT;
ALTER TABLE sends ADD COLUMN woken_for TEXT;

-- +goose Down
ALTER TABLE sends DROP COLUMN woken_for;
DROP TABLE woken_users;
