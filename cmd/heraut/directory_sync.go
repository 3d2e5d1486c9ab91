package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"

	"github.com/google/uuid"
	"github.com/spf13/cobra"

	"heraut/api/client"
)

func newDirectorySync() *cobra.Command {
	full := false
	cmd := newDirectoryDeed("sync", "Read a directory now, and wait for the end", func(cmd *cobra.Command, api *server, d candidate, asJSON bool) error {
		first, err := api.neverRead(cmd.Context(), d.id)
		if err != nil {
			return err
		}
		params := client.SyncDirectoryParams{IdempotencyKey: new(uuid.NewString())}
		got, err := ask(api, http.StatusAccepted, func() (*client.SyncDirectoryResponse, error) {
			return api.SyncDirectoryWithResponse(cmd.Context(), d.id, &params, client.DirectorySync{Full: &full})
		})
		if err != nil {
			return err
		}
		return finishRun(cmd, api, d, directoryRun{*got.JSON202, got.Body}, asJSON, first)
	})
	cmd.Long = "Reads a directory now, and waits for the end. One that was never read is paused: when the run succeeds, it is read by itself from then on."
	cmd.Flags().BoolVar(&full, "full", false, "read everything, where the server would tell changes")
	return cmd
}

// directoryRun is a run and the API's own words.
type directoryRun struct {
	client.DirectoryRun

	body []byte
}

// finishRun follows a run to its end; the first that succeeds lets the directory
// be read by itself.
func finishRun(cmd *cobra.Command, api *server, d candidate, run directoryRun, asJSON, first bool) error {
	if err := followRun(cmd, api, d, run, asJSON); err != nil || !first {
		return err
	}
	return readFromNowOn(cmd, api, d, asJSON)
}

// followRun waits for the end of a run and prints what it came to.
func followRun(cmd *cobra.Command, api *server, d candidate, run directoryRun, asJSON bool) error {
	screen := io.Discard
	if terminal(cmd.ErrOrStderr()) {
		screen = cmd.ErrOrStderr()
	}
	run, err := awaitRun(cmd.Context(), api, run, screen)
	if err != nil {
		return err
	}
	if asJSON {
		err = printRaw(cmd.OutOrStdout(), run.body)
	} else {
		err = printRun(cmd, api, d, run)
	}
	if err == nil && run.State != client.RunSucceeded {
		return errSaid
	}
	return err
}

func awaitRun(ctx context.Context, api *server, run directoryRun, screen io.Writer) (directoryRun, error) {
	var p patience
	for run.State == client.RunRunning {
		_, _ = fmt.Fprintf(screen, "\rreading: %d people, %d groups", run.People.Read, run.Groups.Read) // a line that fails is no reason to stop
		if err := pause(ctx, followPause); err != nil {
			return run, err
		}
		got, err := ask(api, http.StatusOK, func() (*client.GetDirectoryRunResponse, error) {
			return api.GetDirectoryRunWithResponse(ctx, run.DirectoryID, run.ID)
		})
		switch {
		case err == nil:
			p = patience{}
			run = directoryRun{*got.JSON200, got.Body}
		case !p.allows(err):
			return run, fmt.Errorf("following run %s, which may go on: %w", run.ID, err)
		}
	}
	_, _ = fmt.Fprintln(screen) // as above
	return run, nil
}

func printRun(cmd *cobra.Command, api *server, d candidate, run directoryRun) error {
	out := cmd.OutOrStdout()
	t := newTable(out, "", "READ", "NEW", "ADOPTED", "CHANGED", "DISABLED", "GONE")
	t.row("people", run.People.Read, run.People.Created, run.People.Adopted, run.People.Updated, run.People.Disabled, run.People.Gone)
	t.row("groups", run.Groups.Read, run.Groups.Created, "", run.Groups.Updated, "", run.Groups.Gone)
	if err := t.flush(); err != nil {
		return err
	}
	lines := []string{fmt.Sprintf("Memberships: %d new, %d ended.", run.Members.Added, run.Members.Removed)}
	problems, err := runProblems(cmd.Context(), api, run)
	if err != nil {
		return err
	}
	lines = append(lines, problems...)
	switch run.State {
	case client.RunHeld:
		lines = append(lines, fmt.Sprintf("Held: it would take away %s. If that is right: heraut directory confirm %s %s", takesWords(run.Takes), quoted(d.name), run.ID))
	case client.RunFailed:
		lines = append(lines, "Failed: "+value(run.Failure))
	}
	for i := range lines {
		lines[i] = clean(lines[i])
	}
	_, err = fmt.Fprintln(out, strings.Join(lines, "\n"))
	return err
}

// shownProblems is how many problems a command prints.
const shownProblems client.Limit = 20

func runProblems(ctx context.Context, api *server, run directoryRun) ([]string, error) {
	if run.Refused+run.Warnings == 0 {
		return nil, nil
	}
	params := client.ListDirectoryProblemsParams{Limit: new(shownProblems)}
	got, err := ask(api, http.StatusOK, func() (*client.ListDirectoryProblemsResponse, error) {
		return api.ListDirectoryProblemsWithResponse(ctx, run.DirectoryID, run.ID, &params)
	})
	if err != nil {
		return nil, err
	}
	lines := []string{fmt.Sprintf("Refused: %d entries, with %d warnings.", run.Refused, run.Warnings)}
	for _, p := range got.JSON200.Items {
		entry := value(p.Entry)
		if entry != "" {
			entry += ": "
		}
		lines = append(lines, fmt.Sprintf("  %s: %s%s", p.Severity, entry, p.Message))
	}
	return lines, nil
}

func takesWords(t client.RunTakes) string {
	return fmt.Sprintf("%d of %d people, %d of %d groups and %d of %d memberships", t.People, t.OfPeople, t.Groups, t.OfGroups, t.Members, t.OfMembers)
}

func newDirectoryRuns() *cobra.Command {
	return newDirectoryDeed("runs", "List the last runs of a directory", func(cmd *cobra.Command, api *server, d candidate, asJSON bool) error {
		got, err := ask(api, http.StatusOK, func() (*client.ListDirectoryRunsResponse, error) {
			return api.ListDirectoryRunsWithResponse(cmd.Context(), d.id, &client.ListDirectoryRunsParams{})
		})
		switch {
		case err != nil:
			return err
		case asJSON:
			return printRaw(cmd.OutOrStdout(), got.Body)
		}
		t := newTable(cmd.OutOrStdout(), "RUN", "BEGUN", "STATE", "READ", "PEOPLE", "NEW", "CHANGED", "DISABLED", "GONE", "REFUSED", "REMARK")
		for _, r := range got.JSON200.Items {
			t.row(r.ID, when(r.CreatedAt), r.State, r.Mode, r.People.Read, r.People.Created, r.People.Updated, r.People.Disabled, r.People.Gone, r.Refused, value(r.Failure))
		}
		return t.flush()
	})
}

func newDirectoryConfirm() *cobra.Command {
	cmd := newDirectoryDeed("confirm", "Give the word for what a held run would take away", nil)
	asJSON := cmd.Flags().Lookup("json")
	cmd.Use = "confirm DIRECTORY RUN-ID"
	cmd.Args = cobra.ExactArgs(2)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if uuid.Validate(args[1]) != nil {
			return usagef("%q is no id of a run: `heraut directory runs` shows them", args[1])
		}
		api, err := dial(cmd)
		if err != nil {
			return err
		}
		d, err := api.findDirectory(cmd.Context(), args[0])
		if err != nil {
			return err
		}
		first, err := api.neverRead(cmd.Context(), d.id)
		if err != nil {
			return err
		}
		params := client.ConfirmDirectoryRunParams{IdempotencyKey: new(uuid.NewString())}
		got, err := ask(api, http.StatusAccepted, func() (*client.ConfirmDirectoryRunResponse, error) {
			return api.ConfirmDirectoryRunWithResponse(cmd.Context(), d.id, args[1], &params)
		})
		if err != nil {
			return err
		}
		return finishRun(cmd, api, d, directoryRun{*got.JSON202, got.Body}, asJSON.Value.String() == "true", first)
	}
	return cmd
}
