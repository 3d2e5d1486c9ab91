//go:build lean

package main

import "github.com/spf13/cobra"

// engineCommands are none: this binary holds no Temporal server.
func engineCommands() []*cobra.Command { return nil }
