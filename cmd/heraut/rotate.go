package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"

	"github.com/spf13/cobra"

	"heraut/internal/config"
	"heraut/internal/secrets"
)

func newRotateKeys() *cobra.Command {
	retire := ""
	cmd := &cobra.Command{
		Use:   "rotate-keys",
		Short: "Add a fresh master key to the secrets file",
		Long: "Adds a fresh master key, with which new things are sealed, signed and encrypted; what older keys made stays readable. " +
			"Processes use it from their next start: where several share the file, copy it to all of them before one starts again. " +
			"--retire takes an old key out: links that it signed stop working, and what it sealed or encrypted can no longer be read.",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			c, err := load(cmd)
			if err != nil {
				return err
			}
			return rotateKeys(cmd, c.SecretsPath(), retire)
		},
	}
	cmd.Flags().StringVar(&retire, "retire", "", "take the key of this `ID` out in place of adding one")
	config.Bind(cmd, "admin")
	return cmd
}

func rotateKeys(cmd *cobra.Command, path, retire string) error {
	var keys *secrets.Keyring
	var err error
	if retire == "" {
		keys, err = secrets.Rotate(path)
	} else {
		keys, err = secrets.Retire(path, retire)
	}
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("there is no secrets file at %s: name it with --secrets-file, or the folder with --data", path)
	}
	if err != nil {
		return err
	}
	t := newTable(cmd.OutOrStdout(), "MASTER KEY", "")
	for _, id := range keys.IDs() {
		note := ""
		if id == keys.CurrentID() {
			note = "current"
		}
		t.row(id, note)
	}
	return t.flush()
}

// writeKey writes an API key to its file, on disk.
func writeKey(file *os.File, secret string) error {
	_, err := file.WriteString(secret + "\n")
	return errors.Join(err, file.Sync(), file.Close())
}
