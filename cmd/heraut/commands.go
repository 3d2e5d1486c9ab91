package main

import "github.com/spf13/cobra"

// commands lists every command, in the order of the help.
func commands() []*cobra.Command {
	return []*cobra.Command{
		newConfig(),
		newHealthcheck(),
	}
}
