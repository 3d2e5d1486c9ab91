-- +goose Up

-- When the store was last asked what an app or a book is called; NULL: never.
ALTER TABLE assets ADD COLUMN name_asked_at TEXT;

-- A search that finds little reads whole indexes without these: which rows
-- have three letters in a row. Their text stays in its table.
CREATE VIRTUAL TABLE users_text USING fts5(search, content = 'users', tokenize = 'trigram', detail = none);
INSERT INTO users_text (users_text) VALUES ('rebuild');
CREATE VIRTUAL TABLE devices_text USING fts5(search, content = 'devices', tokenize = 'trigram', detail = none);
INSERT INTO devices_text (devices_text) VALUES ('rebuild');

-- +goose StatementBegin
CREATE TRIGGER users_text_insert AFTER INSERT ON users BEGIN
    INSERT INTO users_text (rowid, search) VALUES (new.rowid, new.search);
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER users_text_update AFTER UPDATE OF search ON users WHEN old.search <> new.search BEGIN
    INSERT INTO users_text (users_text, rowid, search) VALUES ('delete', old.rowid, old.search);
    INSERT INTO users_text (rowid, search) VALUES (new.rowid, new.search);
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER users_text_delete AFTER DELETE ON users BEGIN
    INSERT INTO users_text (users_text, rowid, search) VALUES ('delete', old.rowid, old.search);
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER devices_text_insert AFTER INSERT ON devices BEGIN
    INSERT INTO devices_text (rowid, search) VALUES (new.rowid, new.search);
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER devices_text_update AFTER UPDATE OF search ON devices WHEN old.search <> new.search BEGIN
    INSERT INTO devices_text (devices_text, rowid, search) VALUES ('delete', old.rowid, old.search);
    INSERT INTO devices_text (rowid, search) VALUES (new.rowid, new.search);
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER devices_text_delete AFTER DELETE ON devices BEGIN
    INSERT INTO devices_text (devices_text, rowid, search) VALUES ('delete', old.rowid, old.search);
END;
-- +goose StatementEnd

-- SQLite looks for children of a row that is inserted where a trigger follows.
CREATE INDEX plans_by_user ON plans (user_id);
CREATE INDEX invite_commands_by_device ON invite_commands (device_id);
CREATE INDEX device_certificates_by_user ON device_certificates (user_id);

-- +goose Down
DROP INDEX device_certificates_by_user;
DROP INDEX invite_commands_by_device;
DROP INDEX plans_by_user;
DROP TRIGGER devices_text_delete;
DROP TRIGGER devices_text_update;
DROP TRIGGER devices_text_insert;
DROP TRIGGER users_text_delete;
DROP TRIGGER users_text_update;
DROP TRIGGER users_text_insert;
DROP TABLE devices_text;
DROP TABLE users_text;
ALTER TABLE assets DROP COLUMN name_asked_at;
