-- +goose Up
-- When the latest enrollment of a device was told, by its MDM server's clock:
-- the news of it can come twice, and late.
ALTER TABLE devices ADD COLUMN mdm_told_at TEXT;

-- +goose Down
ALTER TABLE devices DROP COLUMN mdm_told_at;
