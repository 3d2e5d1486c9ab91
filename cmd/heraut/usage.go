package main

import (
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"heraut/internal/config"
)

// usageError is a command line, or a setting, that can not be right: exit
// code 2.
type usageError struct{ error }

// Unwrap gives what is wrong.
func (e usageError) Unwrap() error { return e.error }

// errSaid ends a command with exit code 1 where its output has said why.
var errSaid = errors.New("the output says what is wrong")

// usagef makes a usageError.
func usagef(format string, args ...any) error {
	return usageError{fmt.Errorf(format, args...)}
}

// load reads the settings of a command.
func load(cmd *cobra.Command) (config.Config, error) {
	c, err := config.Load(cmd)
	if err != nil {
		return c, usageError{err}
	}
	return c, nil
}

// group makes a command that only holds others: called itself, it shows its
// help as wrong usage.
func group(cmd *cobra.Command) *cobra.Command {
	cmd.Args = func(cmd *cobra.Command, args []string) error {
		if len(args) == 0 {
			return nil
		}
		return fmt.Errorf("%q is no command of `%s`%s", args[0], cmd.CommandPath(), similar(cmd, args[0]))
	}
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		cmd.SetOut(cmd.ErrOrStderr())
		if err := cmd.Help(); err != nil {
			return err
		}
		return usagef("name one of its commands")
	}
	return cmd
}

// similar suggests what a mistyped command may have meant.
func similar(cmd *cobra.Command, typed string) string {
	cmd.SuggestionsMinimumDistance = 2
	names := cmd.SuggestionsFor(typed)
	if len(names) == 0 {
		return ""
	}
	return ": did you mean " + strings.Join(names, " or ") + "?"
}
