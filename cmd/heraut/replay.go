package main

import (
	"context"
	"errors"
	"fmt"
	"os"

	"github.com/spf13/cobra"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/sdk/log"
	"go.temporal.io/sdk/temporal"
	sdkworker "go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"

	"heraut/internal/codec"
	"heraut/internal/config"
	"heraut/internal/secrets"
	"heraut/internal/telemetry"
	"heraut/worker"
)

func newReplay() *cobra.Command {
	runID := ""
	cmd := &cobra.Command{
		Use:   "replay WORKFLOW-ID|FILE",
		Short: "Say whether this binary replays a workflow's history; exit code 1 if not",
		Long: "Reads the history of a workflow from Temporal, or from a file in JSON as the Temporal UI and CLI write it, and replays it " +
			"with this binary's workflows. Run it before an upgrade: a history that does not replay would stand still after it.",
		Example: "  heraut replay invite-user-6f1c2f0e-58f4-4c7a-9d2c-0b6f3d1f6a55\n" +
			"  heraut replay history.json",
		Args: oneArgument("a workflow by its id, or a file"),
		RunE: func(cmd *cobra.Command, args []string) error {
			c, err := load(cmd)
			if err != nil {
				return err
			}
			return replay(cmd, &c, args[0], runID)
		},
	}
	cmd.Flags().StringVar(&runID, "run", "", "`ID` of one run; the last unless told")
	config.Bind(cmd, "replay")
	return cmd
}

func replay(cmd *cobra.Command, c *config.Config, what, runID string) error {
	logger, err := telemetry.NewLogger(cmd.ErrOrStderr(), "error", telemetry.FormatAuto)
	if err != nil {
		return err
	}
	keys, err := secrets.Load(c.SecretsPath())
	if err != nil {
		return fmt.Errorf("%w: name the file with --secrets-file, or the folder with --data", err)
	}
	replayer, err := newReplayer(keys)
	if err != nil {
		return err
	}
	if info, err := os.Stat(what); err == nil && !info.IsDir() {
		err = replayer.ReplayWorkflowHistoryFromJSONFile(log.NewStructuredLogger(logger), what)
		return verdict(cmd, what, err)
	}
	conn, err := dialTemporal(cmd.Context(), *c, keys, logger, nil, nil)
	if err != nil {
		return err
	}
	defer conn.Close()
	execution := workflow.Execution{ID: what, RunID: runID}
	err = replayer.ReplayWorkflowExecution(cmd.Context(), conn.WorkflowService(), log.NewStructuredLogger(logger), c.TemporalNamespace, execution)
	return verdict(cmd, what, err)
}

// newReplayer knows every workflow of this binary.
func newReplayer(keys *secrets.Keyring) (sdkworker.WorkflowReplayer, error) {
	data, _, err := codec.New(keys)
	if err != nil {
		return nil, fmt.Errorf("making the codec: %w", err)
	}
	// It decodes failures and encodes none: what goes wrong here is for people.
	failures := temporal.NewDefaultFailureConverter(temporal.DefaultFailureConverterOptions{DataConverter: data})
	replayer, err := sdkworker.NewWorkflowReplayerWithOptions(sdkworker.WorkflowReplayerOptions{DataConverter: data, FailureConverter: failures})
	if err != nil {
		return nil, fmt.Errorf("preparing the replay: %w", err)
	}
	worker.RegisterWorkflows(replayer)
	return replayer, nil
}

// longestVerdict is how much of the SDK's words is shown, in letters.
const longestVerdict = 1000

func verdict(cmd *cobra.Command, what string, err error) error {
	if err != nil {
		if errors.Is(err, context.Canceled) {
			return err
		}
		if _, missing := errors.AsType[*serviceerror.NotFound](err); missing {
			return fmt.Errorf("the engine knows no workflow %s: %w", what, err)
		}
		// The SDK adds whole events to its words.
		return fmt.Errorf("this Heraut (%s) does not replay %s: %s", versionName(), what, shorten(clean(err.Error()), longestVerdict))
	}
	_, err = fmt.Fprintf(cmd.OutOrStdout(), "This Heraut (%s) replays %s.\n", versionName(), what)
	return err
}
