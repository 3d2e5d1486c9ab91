// Command heraut sends durable invitations for Apple managed distribution:
// `heraut serve` runs everything in one process, and the other commands are
// its parts and its tools.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"
)

// The exit codes that scripts may rely on.
const (
	exitDone   = 0
	exitFailed = 1
	exitUsage  = 2
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	// The first signal asks; from then on a second one kills.
	context.AfterFunc(ctx, stop)
	code := run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

// run executes one command line and returns its exit code.
func run(ctx context.Context, args []string, in io.Reader, out, errs io.Writer) int {
	root := newRoot()
	began := markBeginning(root)
	root.SetArgs(args)
	root.SetIn(in)
	root.SetOut(out)
	root.SetErr(errs)
	cmd, err := root.ExecuteContextC(ctx)
	_, usage := errors.AsType[usageError](err)
	switch {
	case err == nil:
		return exitDone
	case usage || !*began:
		_, _ = fmt.Fprintf(errs, "heraut: %s\nSee `%s --help`.\n", err, cmd.CommandPath()) // nowhere else to say it
		return exitUsage
	case errors.Is(err, errSaid):
		return exitFailed
	case ctx.Err() != nil:
		_, _ = fmt.Fprintln(errs, "heraut: interrupted") // nowhere else to say it
		return exitFailed
	}
	_, _ = fmt.Fprintf(errs, "heraut: %s\n", err) // nowhere else to say it
	return exitFailed
}

// newRoot makes the command tree.
func newRoot() *cobra.Command {
	root := &cobra.Command{
		Use:   "heraut",
		Short: "Invite people to Apple managed distribution, durably",
		Long: "Heraut invites the people behind assigned devices to enroll in Apple managed distribution, " +
			"by push and by mail, waits for weeks if need be, and records who enrolled.\n\n" +
			"Every setting has a flag (--mx-port), an environment variable (HERAUT_MX_PORT) and a key in the settings file (mx-port).",
		Version:       versionName(),
		SilenceErrors: true,
		SilenceUsage:  true,
	}
	root.AddCommand(commands()...)
	return group(root)
}

// markBeginning tells, after the execution, whether a command began its work:
// what fails before is wrong usage.
func markBeginning(root *cobra.Command) *bool {
	began := new(bool)
	var walk func(cmd *cobra.Command)
	walk = func(cmd *cobra.Command) {
		if work := cmd.RunE; work != nil {
			cmd.RunE = func(cmd *cobra.Command, args []string) error {
				*began = true
				return work(cmd, args)
			}
		}
		for _, child := range cmd.Commands() {
			walk(child)
		}
	}
	walk(root)
	return began
}
