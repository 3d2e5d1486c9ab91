package main

import (
	"fmt"
	"os"

	"github.com/google/uuid"
	"github.com/spf13/cobra"

	"heraut/internal/config"
	"heraut/people"
	"heraut/store"
)

// operator is who the audit log names for what these commands do.
var operator = people.System("heraut admin")

func newAdmin() *cobra.Command {
	cmd := group(&cobra.Command{
		Use:   "admin",
		Short: "Look after API keys, administrators and master keys, on the machine of the database",
	})
	cmd.AddCommand(newCreateKey(), newListKeys(), newRevokeKey(), newCreateUser(), newRotateKeys())
	return cmd
}

func newCreateKey() *cobra.Command {
	name, role, file, asJSON := "", "", "", false
	cmd := &cobra.Command{
		Use:   "create-key",
		Short: "Make an API key and print it, this once",
		Example: "  heraut admin create-key --name 'roster script' --role operator\n" +
			"  heraut admin create-key --name console --role admin --file console.key",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			c, err := load(cmd)
			if err != nil {
				return err
			}
			key := people.APIKey{Name: name, Role: people.Role(role)}
			if err := key.Check(); err != nil {
				return wrongFlags(err)
			}
			return withDatabase(cmd.Context(), &c, func(s *store.Store) error {
				return createKey(cmd, s, key, file, asJSON)
			})
		},
	}
	cmd.Flags().StringVar(&name, "name", "", "what the key is for, a `NAME`")
	cmd.Flags().StringVar(&role, "role", string(people.Operator), "what the key may do, a `WORD`: viewer, operator or admin")
	complete(cmd, "role", people.Viewer, people.Operator, people.Admin)
	cmd.Flags().StringVar(&file, "file", "", "write the key to this new `FILE` (0600) in place of printing it")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	config.Bind(cmd, "admin")
	return cmd
}

// newKey is an API key for scripts. Key is shown this once.
type newKey struct {
	ID   string      `json:"id"`
	Name string      `json:"name"`
	Role people.Role `json:"role"`
	Key  string      `json:"key,omitempty"`
	File string      `json:"file,omitempty"`
}

func createKey(cmd *cobra.Command, s *store.Store, k people.APIKey, file string, asJSON bool) error {
	out, err := keyFile(file)
	if err != nil {
		return err
	}
	k, secret, err := s.CreateKey(cmd.Context(), operator, k)
	if err != nil {
		dropKeyFile(out)
		return err
	}
	made := newKey{ID: k.ID, Name: k.Name, Role: k.Role, Key: secret}
	if out != nil {
		if err := writeKey(out, secret); err != nil {
			return fmt.Errorf("writing key %s, which exists now: %w", k.ID, err)
		}
		made.Key, made.File = "", file
	}
	if asJSON {
		return printJSON(cmd.OutOrStdout(), made)
	}
	if file != "" {
		_, err = fmt.Fprintf(cmd.OutOrStdout(), "Key %s (%s) is in %s.\n", k.ID, k.Role, file)
		return err
	}
	_, err = fmt.Fprintln(cmd.OutOrStdout(), secret)
	return err
}

// keyFile makes the file before the key, which can be shown only once.
func keyFile(path string) (*os.File, error) {
	if path == "" {
		return nil, nil
	}
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return nil, fmt.Errorf("making the key's file: %w", err)
	}
	return file, nil
}

// dropKeyFile takes away the file of a key that was not made.
func dropKeyFile(file *os.File) {
	if file != nil {
		_ = file.Close()           // the first fault is told
		_ = os.Remove(file.Name()) // it is empty
	}
}

func newListKeys() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "list-keys",
		Short: "List API keys, without their secrets",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			c, err := load(cmd)
			if err != nil {
				return err
			}
			return withDatabase(cmd.Context(), &c, func(s *store.Store) error { return listKeys(cmd, s) })
		},
	}
	config.Bind(cmd, "admin")
	return cmd
}

func listKeys(cmd *cobra.Command, s *store.Store) error {
	t := newTable(cmd.OutOrStdout(), "KEY", "NAME", "ROLE", "MADE", "LAST USED")
	for k, err := range all(cmd.Context(), s.ListKeys) {
		if err != nil {
			return err
		}
		t.row(k.ID, k.Name, k.Role, when(k.CreatedAt), when(k.LastUsedAt))
	}
	return t.flush()
}

func newRevokeKey() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "revoke-key KEY-ID",
		Short: "End an API key at once",
		Args:  oneArgument("a key by its id"),
		RunE: func(cmd *cobra.Command, args []string) error {
			c, err := load(cmd)
			if err != nil {
				return err
			}
			if uuid.Validate(args[0]) != nil {
				return usagef("%q is no id of a key: `heraut admin list-keys` shows them", args[0])
			}
			return withDatabase(cmd.Context(), &c, func(s *store.Store) error {
				if err := s.RevokeKey(cmd.Context(), operator, args[0]); err != nil {
					return err
				}
				_, err := fmt.Fprintf(cmd.OutOrStdout(), "Key %s is revoked.\n", args[0])
				return err
			})
		},
	}
	config.Bind(cmd, "admin")
	return cmd
}
