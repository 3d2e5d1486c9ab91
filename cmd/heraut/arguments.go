package main

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"heraut/fault"
)

// noArgument refuses a word too many, and says what it may have been meant
// for.
func noArgument(hint string) cobra.PositionalArgs {
	return func(_ *cobra.Command, args []string) error {
		if len(args) == 0 {
			return nil
		}
		return fmt.Errorf("%q is one word too many: %s", args[0], hint)
	}
}

// oneArgument wants one word, and says which when it is not there.
func oneArgument(what string) cobra.PositionalArgs {
	return func(_ *cobra.Command, args []string) error {
		switch len(args) {
		case 0:
			return errors.New("name " + what)
		case 1:
			return nil
		}
		return fmt.Errorf("%q is one word too many: name %s alone", args[1], what)
	}
}

// complete lets a shell offer the words that a flag takes.
func complete[W ~string](cmd *cobra.Command, flag string, words ...W) {
	texts := make([]string, len(words))
	for i, word := range words {
		texts[i] = string(word)
	}
	_ = cmd.RegisterFlagCompletionFunc(flag, cobra.FixedCompletions(texts, cobra.ShellCompDirectiveNoFileComp)) // fails without such a flag alone
}

// wrongFlags says what a check found wrong with values that came by flags of
// the same names.
func wrongFlags(err error) error {
	f, ok := errors.AsType[*fault.Error](err)
	if !ok {
		return usageError{err}
	}
	var wrong []error
	for _, field := range f.Fields {
		wrong = append(wrong, fmt.Errorf("--%s: %s", field.Pointer[1:], field.Message))
	}
	return usageError{errors.Join(wrong...)}
}
