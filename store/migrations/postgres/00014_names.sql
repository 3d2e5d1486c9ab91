-- +goose Up

-- When the store was last asked what an app or a book is called; NULL: never.
ALTER TABLE assets ADD COLUMN name_asked_at TIMESTAMPTZ;

-- A search that finds little reads whole tables without these. Where pg_trgm
-- can not be installed, searches work all the same.
-- +goose StatementBegin
DO $$
DECLARE
    place TEXT;
BEGIN
    BEGIN
        CREATE EXTENSION IF NOT EXISTS pg_trgm;
    EXCEPTION WHEN OTHERS THEN
        RAISE NOTICE 'searches stay slower without pg_trgm: %', SQLERRM;
    END;
    SELECT n.nspname INTO place FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace WHERE e.extname = 'pg_trgm';
    IF place IS NOT NULL THEN
        EXECUTE format('CREATE INDEX users_by_text ON users USING gin (search %I.gin_trgm_ops) WHERE deleted_at IS NULL', place);
        EXECUTE format('CREATE INDEX devices_by_text ON devices USING gin (search %I.gin_trgm_ops) WHERE deleted_at IS NULL', place);
    END IF;
END $$;
-- +goose StatementEnd

-- +goose Down
DROP INDEX IF EXISTS devices_by_text;
DROP INDEX IF EXISTS users_by_text;
ALTER TABLE assets DROP COLUMN name_asked_at;
