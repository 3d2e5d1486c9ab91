-- +goose Up

-- The location at Apple (its uId) that a user or a group's members belong to;
-- empty: what a group says, or else the first that has a content token.
ALTER TABLE users ADD COLUMN content_location TEXT NOT NULL DEFAULT '';
ALTER TABLE groups ADD COLUMN content_location TEXT NOT NULL DEFAULT '';
CREATE INDEX users_by_location ON users (content_location) WHERE content_location <> '';
CREATE INDEX groups_by_location ON groups (content_location) WHERE content_location <> '';

-- Where Apple recorded the acceptance; empty for one on Heraut's own page.
ALTER TABLE enrollments ADD COLUMN location TEXT NOT NULL DEFAULT '';
UPDATE enrollments SET location = COALESCE((SELECT r.location FROM registrations r
    WHERE r.user_id = enrollments.user_id AND r.state = 'associated' ORDER BY r.associated_at DESC LIMIT 1), '');

-- Each location is a route of its own, named apps_and_books/<location>, whose
-- row is made when it first goes down.
DELETE FROM routes WHERE name = 'apps_and_books';

-- The warnings that an administrator was given: of what ends at ends_at, that
-- the step (days before it, 0 the end itself, negative Apple's refusal) has
-- been reached.
CREATE TABLE expiry_warnings (
    setting TEXT NOT NULL,
    ends_at TEXT NOT NULL,
    step    INTEGER NOT NULL,
    at      TEXT NOT NULL,
    PRIMARY KEY (setting, ends_at, step)
) STRICT, WITHOUT ROWID;

-- When the device was last woken again for a command that it says nothing of.
ALTER TABLE invite_commands ADD COLUMN woken_at TEXT;

-- +goose Down
ALTER TABLE invite_commands DROP COLUMN woken_at;
DROP TABLE expiry_warnings;
DELETE FROM routes WHERE name LIKE 'apps_and_books/%';
INSERT INTO routes (name) VALUES ('apps_and_books');
ALTER TABLE enrollments DROP COLUMN location;
DROP INDEX groups_by_location;
DROP INDEX users_by_location;
ALTER TABLE groups DROP COLUMN content_location;
ALTER TABLE users DROP COLUMN content_location;
