package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"heraut/internal/config"
	"heraut/internal/secrets"
	"heraut/store"
)

// pageLink is the number of an invitation's link: it has one, which stays the
// same over reminders and repeated sends.
const pageLink = 1

// openStore opens the database that the settings name.
func openStore(ctx context.Context, c config.Config, keys *secrets.Keyring) (*store.Store, error) {
	o := store.Options{
		Sealer: keys,
		LinkHash: func(invitationID string) []byte {
			return secrets.LinkHash(keys.Link(secrets.LinkPage, invitationID, pageLink))
		},
		ClientUserID: keys.ClientUserID,
		MaxConns:     c.DatabaseConnections,
	}
	if o.URL = c.DatabaseURL; o.URL == "" {
		o.Path = c.StorePath()
	}
	s, err := store.Open(ctx, o)
	if err != nil {
		return nil, fmt.Errorf("opening the database: %w", err)
	}
	return s, nil
}

// refuseLostKeys refuses a data folder whose database is there without the
// keys that it was filled with: with others, neither settings nor workflows
// could be read, and every link that went out would be dead.
func refuseLostKeys(c *config.Config) error {
	_, keys := os.Stat(c.SecretsPath())
	_, database := os.Stat(c.StorePath())
	if database == nil && errors.Is(keys, fs.ErrNotExist) {
		return fmt.Errorf("there is a database in %s, and its master keys are gone: put %s back from the copy or a backup", c.Data, c.SecretsPath())
	}
	return nil
}

// loadOrCreateKeys reads the secrets file, and makes it where it is missing.
func loadOrCreateKeys(path string) (*secrets.Keyring, error) {
	keys, err := secrets.Load(path)
	if errors.Is(err, fs.ErrNotExist) {
		keys, err = secrets.Create(path)
	}
	if err != nil {
		return nil, fmt.Errorf("reading the secrets: %w", err)
	}
	return keys, nil
}
