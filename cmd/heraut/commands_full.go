//go:build !lean

package main

import "github.com/spf13/cobra"

// engineCommands need the Temporal server in this binary.
func engineCommands() []*cobra.Command { return []*cobra.Command{newServe(), newBench()} }
