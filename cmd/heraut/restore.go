package main

import (
	"archive/tar"
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"heraut/fault"
	"heraut/internal/config"
	"heraut/internal/config/datadir"
	"heraut/store"
)

func newRestore() *cobra.Command {
	resume, asJSON := false, false
	cmd := &cobra.Command{
		Use:   "restore [FILE]",
		Short: "Restore a backup, with every send paused, and list what was open",
		Long: "Unpacks a backup into a new data folder. Every send is paused then, for what left after the backup is not known, " +
			"and the invitations that were open are listed. Look at them, start `heraut serve`, and let those sends go on with `heraut restore --resume`. " +
			"Bulk actions that were under way, licenses and ends of accounts at Apple wait for that too. " +
			"With FILE and --resume nothing is held back.\n\n" +
			"On PostgreSQL, restore the dumps with pg_restore first; `heraut restore --database-url URL` then pauses and lists.",
		Example: "  heraut restore heraut-backup.tar --data heraut-data\n" +
			"  heraut restore --resume",
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			c, err := load(cmd)
			if err != nil {
				return err
			}
			switch {
			case len(args) == 0 && resume:
				return resumeRestored(cmd, &c)
			case len(args) == 0 && c.DatabaseURL == "":
				return usagef("name the backup's file, or --resume")
			case len(args) > 0 && c.DatabaseURL != "":
				return usagef("a backup's file holds a data folder: restore PostgreSQL with `pg_restore --clean --if-exists --dbname=\"$HERAUT_DATABASE_URL\" heraut.dump`, then run this without the file")
			}
			return restore(cmd, &c, args, resume, asJSON)
		},
	}
	cmd.Flags().BoolVar(&resume, "resume", false, "let the sends go on that a restore has paused; needs a running heraut serve")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	config.Bind(cmd, "restore")
	return cmd
}

func restore(cmd *cobra.Command, c *config.Config, args []string, resume, asJSON bool) (err error) {
	ctx := cmd.Context()
	o := store.Options{URL: c.DatabaseURL}
	if len(args) > 0 {
		folder, problem := unpack(args[0], c.Data)
		if problem != nil {
			return fmt.Errorf("restoring %s: %w", args[0], problem)
		}
		defer func() { err = errors.Join(err, folder.Close()) }()
		o.Path = c.StorePath()
	}
	s, err := store.Open(ctx, o)
	if err != nil {
		return fmt.Errorf("opening the restored database: %w", err)
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	if len(args) > 0 {
		err = s.Migrate(ctx) // the backup may be an older Heraut's
	} else {
		err = s.CheckSchema(ctx)
	}
	if err != nil {
		return err
	}
	return afterRestore(cmd, s, resume, asJSON)
}

// afterRestore ends sign-ins, pauses, notes what it paused, and lists what was
// open.
func afterRestore(cmd *cobra.Command, s *store.Store, resume, asJSON bool) error {
	if err := s.EndSignIns(cmd.Context()); err != nil {
		return err
	}
	report, err := newRestoreReport(cmd.Context(), s)
	if err != nil {
		return err
	}
	if resume {
		report.Paused, report.Held = []string{}, false
		err = s.KeepRestored(cmd.Context(), restorer, store.Restored{Paused: []string{}})
	} else {
		err = pauseSends(cmd.Context(), s, report.Paused)
	}
	if err != nil {
		return err
	}
	if asJSON {
		return printJSON(cmd.OutOrStdout(), report)
	}
	return report.print(cmd.OutOrStdout())
}

// unpack makes a data folder of a backup. A folder that holds anything, or is
// in use, is refused; one that could not be filled is left empty.
func unpack(path, data string) (folder *datadir.Folder, err error) {
	in, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer func() { _ = in.Close() }() // only read from
	archive := tar.NewReader(in)
	m, err := readManifest(archive)
	if err != nil {
		return nil, err
	}
	folder, err = takeEmpty(data)
	if err != nil {
		return nil, err
	}
	var written []string
	err = extract(archive, m, func(name string) (string, error) {
		if !slices.Contains(restorable, name) {
			return "", fmt.Errorf("the backup holds %q, which does not belong in a data folder", name)
		}
		written = append(written, folder.File(name))
		return folder.File(name), nil
	})
	if err == nil {
		return folder, nil
	}
	for _, name := range written {
		_ = os.Remove(name) // the first fault is told
	}
	return nil, errors.Join(err, folder.Close())
}

// restorable are the files that a backup may hold.
var restorable = []string{engineFile, config.StoreFile, config.SecretsFile, config.KeyFile, demoFile}

// takeEmpty takes a folder that holds nothing yet; one that is refused stays
// as it was.
func takeEmpty(path string) (*datadir.Folder, error) {
	empty, err := datadir.Empty(path)
	if err != nil {
		return nil, err
	}
	if !empty {
		return nil, fmt.Errorf("the folder %s holds something already: name an empty or new one with --data", path)
	}
	return datadir.Open(path, false)
}

// pauseSends notes the sends for --resume, and pauses them: a restore that is
// cut short and run again knows all that it has paused. The same note holds bulk
// actions and licenses back. A send that is over meanwhile needs no pause.
func pauseSends(ctx context.Context, s *store.Store, ids []string) error {
	if err := s.KeepRestored(ctx, restorer, store.Restored{Paused: ids, HeldSince: time.Now().UTC()}); err != nil {
		return err
	}
	for _, id := range ids {
		if _, err := s.PauseSend(ctx, restorer, id); err != nil && !fault.Is(err, fault.SendSettled) {
			return err
		}
	}
	return nil
}
