package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"github.com/spf13/cobra"

	"heraut/internal/config"
	"heraut/internal/config/datadir"
	"heraut/people"
	"heraut/store"
)

func newMigrate() *cobra.Command {
	status := false
	cmd := &cobra.Command{
		Use:   "migrate",
		Short: "Bring the database to this version, and make the secrets file where it is missing",
		Long: "Brings the database to this version. For `heraut api` and `heraut worker` it also makes --secrets-file where that is missing; " +
			"`heraut serve` migrates by itself.",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			c, err := load(cmd)
			if err != nil {
				return err
			}
			if status {
				return showSchema(cmd, &c)
			}
			return migrate(cmd, &c)
		},
	}
	cmd.Flags().BoolVar(&status, "status", false, "say which version the database has; exit code 1 if it is not this one's")
	config.Bind(cmd, "migrate")
	return cmd
}

func migrate(cmd *cobra.Command, c *config.Config) (err error) {
	ctx := cmd.Context()
	o := store.Options{URL: c.DatabaseURL}
	if o.URL == "" {
		folder, fault := datadir.Open(c.Data, datadir.Demo(c.Data))
		if fault != nil {
			return fault
		}
		defer func() { err = errors.Join(err, folder.Close()) }()
		o.Path = c.StorePath()
		if err := refuseLostKeys(c); err != nil {
			return err
		}
		if _, err := loadOrCreateKeys(c.SecretsPath()); err != nil {
			return err
		}
	}
	s, err := store.Open(ctx, o)
	if err != nil {
		return fmt.Errorf("opening the database: %w", err)
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	if err := s.Migrate(ctx); err != nil {
		return err
	}
	if o.URL != "" && c.SecretsFile != "" {
		if err := makeKeys(ctx, c, s); err != nil {
			return err
		}
	}
	version, _, err := s.Version(ctx)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(cmd.OutOrStdout(), "The database has schema version %d.\n", version)
	return err
}

// makeKeys makes the secrets file where it is missing, unless the database is
// in use already: then its keys are on another machine.
func makeKeys(ctx context.Context, c *config.Config, s *store.Store) error {
	if _, err := os.Stat(c.SecretsPath()); errors.Is(err, fs.ErrNotExist) {
		page, err := s.ListKeys(ctx, people.Cursor{}, 1)
		if err != nil {
			return err
		}
		if len(page.Items) > 0 {
			return fmt.Errorf("this database is in use, and there are no master keys at %s: copy the file from where Heraut runs", c.SecretsPath())
		}
	}
	_, err := loadOrCreateKeys(c.SecretsPath())
	return err
}

func showSchema(cmd *cobra.Command, c *config.Config) (err error) {
	s, err := openDatabase(cmd.Context(), c)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	current, wanted, err := s.Version(cmd.Context())
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(cmd.OutOrStdout(), "The database has schema version %d; this Heraut needs %d.\n", current, wanted)
	if err == nil && current != wanted {
		return errSaid
	}
	return err
}
