package main

import (
	"archive/tar"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"heraut/internal/config"
	"heraut/internal/config/datadir"
)

// engineFile is the engine's file in the data folder, as the engine calls it.
const engineFile = "temporal.db"

// demoFile is the demo's mark on a data folder.
const demoFile = "demo"

func newBackup() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "backup [FILE]",
		Short: "Back up the data folder to one tar file; `heraut serve` may go on meanwhile",
		Long: "Copies the database, the engine's file, the master keys and the admin key of the data folder into one new tar file (0600). " +
			"It holds every secret: keep it as you keep the folder. PostgreSQL is backed up by its own tools, which the command then names.",
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			c, err := load(cmd)
			if err != nil {
				return err
			}
			if c.DatabaseURL != "" {
				return errors.New("PostgreSQL is backed up by its own tools: run `pg_dump --format=custom --file=heraut.dump --dbname=\"$HERAUT_DATABASE_URL\"`, " +
					"the same for Temporal's databases just before it, and keep a copy of the secrets file")
			}
			path := "heraut-backup-" + time.Now().UTC().Format("20060102-150405") + ".tar"
			if len(args) > 0 {
				path = args[0]
			}
			return backup(cmd, &c, path)
		},
	}
	config.Bind(cmd, "backup")
	return cmd
}

func backup(cmd *cobra.Command, c *config.Config, path string) error {
	if _, err := os.Stat(c.StorePath()); err != nil {
		return fmt.Errorf("there is nothing to back up in %s: name the data folder with --data", c.Data)
	}
	if _, err := os.Lstat(path); err == nil {
		return fmt.Errorf("%s is there already: name another file", path)
	}
	scratch, err := os.MkdirTemp(filepath.Dir(path), ".heraut-backup-*") // made with mode 0700
	if err != nil {
		return fmt.Errorf("making room for the backup: %w", err)
	}
	defer func() { _ = os.RemoveAll(scratch) }() // holds copies only
	files, err := collect(cmd.Context(), c, scratch)
	if err != nil {
		return err
	}
	archive := filepath.Join(scratch, "archive")
	if err := writeArchive(cmd.Context(), archive, files); err != nil {
		return fmt.Errorf("writing the backup: %w", err)
	}
	// A link, unlike a rename, never replaces what another process made.
	if err := os.Link(archive, path); err != nil {
		return fmt.Errorf("putting the backup in its place: %w", err)
	}
	info, err := os.Stat(path)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(cmd.OutOrStdout(), "%s holds %s, %.1f MB.\n", path, plural(len(files), "file"), float64(info.Size())/1e6)
	return err
}

// archived is a file of the backup: its name there and where it is read.
type archived struct{ name, path string }

// collect copies the databases, each at one instant, and finds what else
// belongs to the folder. The engine goes first: what the store knows and the
// engine not is started again, while a mail that the engine remembers and the
// store not would go out twice.
func collect(ctx context.Context, c *config.Config, scratch string) ([]archived, error) {
	var files []archived
	for _, name := range []string{engineFile, config.StoreFile} {
		from, to := filepath.Join(c.Data, name), filepath.Join(scratch, name)
		if _, err := os.Stat(from); name == engineFile && errors.Is(err, fs.ErrNotExist) {
			continue // migrated, and never served
		}
		if err := copySQLite(ctx, from, to); err != nil {
			return nil, fmt.Errorf("copying %s: %w", name, err)
		}
		files = append(files, archived{name, to})
	}
	if _, err := os.Stat(c.SecretsPath()); err != nil {
		return nil, fmt.Errorf("looking for the master keys, without which a backup is of no use: %w", err)
	}
	files = append(files, archived{config.SecretsFile, c.SecretsPath()})
	if _, err := os.Stat(c.AdminKeyPath()); err == nil {
		files = append(files, archived{config.KeyFile, c.AdminKeyPath()})
	}
	if datadir.Demo(c.Data) {
		files = append(files, archived{demoFile, filepath.Join(c.Data, demoFile)})
	}
	return files, nil
}

// writeArchive writes the manifest and the files, on disk.
func writeArchive(ctx context.Context, path string, files []archived) (err error) {
	out, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, out.Close()) }()
	archive := tar.NewWriter(out)
	if err := addManifest(archive, files); err != nil {
		return err
	}
	for _, file := range files {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := addFile(archive, file); err != nil {
			return fmt.Errorf("adding %s: %w", file.name, err)
		}
	}
	return errors.Join(archive.Close(), out.Sync())
}
