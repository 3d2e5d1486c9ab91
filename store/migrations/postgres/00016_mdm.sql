-- +goose Up
-- When the latest enrollment of a device was told, by its MDM server's clock:
-- the news of it can come twice, and late.
ALTER TABLE devices ADD COLUMN mdm_told_at TIMESTAMPTZ;

-- What a challenge was used for, so that a device whose answer was lost gets
-- the same again: the SHA-256 of its public key, and its certificate.
ALTER TABLE enrollment_challenges ADD COLUMN key_hash BYTEA;
ALTER TABLE enrollment_challenges ADD COLUMN certificate BYTEA;

-- +goose Down
ALTER TABLE enrollment_challenges DROP COLUMN certificate;
ALTER TABLE enrollment_challenges DROP COLUMN key_hash;
ALTER TABLE devices DROP COLUMN mdm_told_at;
