package main

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"heraut/internal/config"
)

func newConfig() *cobra.Command {
	cmd := group(&cobra.Command{Use: "config", Short: "Look at the settings"})
	cmd.AddCommand(newConfigCheck())
	return cmd
}

// checkable are the commands whose settings are worth a look.
var checkable = []string{"serve", "api", "worker", "migrate", "admin", "backup", "restore", "plan"}

func newConfigCheck() *cobra.Command {
	asJSON := false
	cmd := &cobra.Command{
		Use:   "check [COMMAND]",
		Short: "Show each setting of a command (default: serve) with its source, and what is wrong",
		Example: "  heraut config check\n" +
			"  heraut config check worker --config /etc/heraut/heraut.yaml",
		Args:      cobra.MatchAll(cobra.MaximumNArgs(1), cobra.OnlyValidArgs),
		ValidArgs: checkable,
		RunE: func(cmd *cobra.Command, args []string) error {
			command := strings.Join(args, "")
			if command == "" {
				command = "serve"
			}
			return checkConfig(cmd, command, &asJSON)
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	config.Bind(cmd, config.CheckCommand)
	return cmd
}

func checkConfig(cmd *cobra.Command, command string, asJSON *bool) error {
	c, err := config.LoadFor(cmd, command)
	sources := c.Sources()
	if len(sources) == 0 {
		return usageError{err}
	}
	if *asJSON {
		err = errors.Join(printJSON(cmd.OutOrStdout(), jsonSources(sources)), wrongSettings(err))
		return err
	}
	t := newTable(cmd.OutOrStdout(), "SETTING", "VALUE", "SOURCE")
	for _, s := range sources {
		t.row(s.Name, s.Value, s.From)
	}
	return errors.Join(t.flush(), wrongSettings(err))
}

func wrongSettings(err error) error {
	if err == nil {
		return nil
	}
	return usageError{err}
}

// jsonSource is a setting for scripts.
type jsonSource struct {
	Name   string `json:"name"`
	Value  string `json:"value"`
	Source string `json:"source"`
}

func jsonSources(sources []config.Source) []jsonSource {
	items := make([]jsonSource, 0, len(sources))
	for _, s := range sources {
		items = append(items, jsonSource{Name: s.Name, Value: s.Value, Source: s.From})
	}
	return slices.Clip(items)
}

// plural writes "1 invitation", "2 invitations".
func plural(n int, one string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %ss", n, one)
}
