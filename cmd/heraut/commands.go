package main

import "github.com/spf13/cobra"

// commands lists every command, in the order of the help.
func commands() []*cobra.Command {
	return append(engineCommands(), []*cobra.Command{
		newAPI(),
		newWorker(),
		newMigrate(),
		newAdmin(),
		newBackup(),
		newRestore(),
		newImport(),
		newDirectory(),
		newServices(),
		newPlan(),
		newSend(),
		newTasks(),
		newSends(),
		newSCIM(),
		newPreflight(),
		newReplay(),
		newSimulate(),
		newConfig(),
		newHealthcheck(),
	}...)
}
