package main

import (
	"context"
	"fmt"
	"net/http"
	"strings"

	"github.com/google/uuid"
	"github.com/spf13/cobra"

	"heraut/api/client"
	"heraut/internal/config"
)

func newImport() *cobra.Command {
	cmd := group(&cobra.Command{Use: "import", Short: "Import people, groups and devices"})
	cmd.AddCommand(newImportRoster())
	return cmd
}

// importing is one `heraut import roster`.
type importing struct {
	asJSON, dryRun, removeMissing, force bool
}

func newImportRoster() *cobra.Command {
	var i importing
	cmd := &cobra.Command{
		Use:   "roster DIR|ZIP",
		Short: "Import Apple School Manager's roster files and devices.csv",
		Long: "Imports " + strings.Join(rosterFiles, ", ") + " from a folder or a zip, whichever are there. " +
			"A second import changes only what changed. Errors are printed as file:line:column: message, and the good lines are kept; " +
			"with an error the exit code is 1.",
		Example: "  heraut import roster ./roster --dry-run\n" +
			"  heraut import roster roster.zip --remove-missing",
		Args: oneArgument("the folder of the roster, or its zip"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if i.force && !i.removeMissing {
				return usagef("--force goes with --remove-missing")
			}
			api, err := dial(cmd)
			if err != nil {
				return err
			}
			return i.run(cmd, api, args[0])
		},
	}
	f := cmd.Flags()
	f.BoolVar(&i.dryRun, "dry-run", false, "say what would change, and change nothing")
	f.BoolVar(&i.removeMissing, "remove-missing", false, "remove people who are no longer in the roster; needs an admin's key")
	f.BoolVar(&i.force, "force", false, "remove them even when they are more than 10 %")
	f.BoolVar(&i.asJSON, "json", false, "print the API's JSON")
	config.Bind(cmd, "import roster")
	return cmd
}

func (i *importing) run(cmd *cobra.Command, api *server, path string) error {
	r, err := openRoster(path)
	if err != nil {
		return err
	}
	job, err := i.upload(cmd.Context(), api, r)
	if err != nil {
		return err
	}
	bar := newProgress(cmd.ErrOrStderr(), "importing")
	job, err = follow(cmd.Context(), api, job, bar)
	bar.end()
	if err != nil {
		return err
	}
	if i.asJSON {
		err = printRaw(cmd.OutOrStdout(), job.body)
	} else {
		err = job.print(cmd.OutOrStdout())
	}
	switch {
	case err != nil:
		return err
	case job.State == client.JobStateFailed && !i.asJSON:
		return fmt.Errorf("the import failed: %s", clean(strings.TrimSuffix(value(job.Detail), ".")))
	case job.State == client.JobStateFailed || job.ErrorCount > 0:
		return errSaid
	}
	return nil
}

// upload streams the files, so that a large roster needs no memory.
func (i *importing) upload(ctx context.Context, api *server, r *roster) (rosterImport, error) {
	body, contentType, stop := r.stream(map[string]bool{
		"dry_run": i.dryRun, "remove_missing": i.removeMissing, "force": i.force,
	})
	params := client.CreateImportParams{IdempotencyKey: new(uuid.NewString())}
	got, err := ask(api, http.StatusAccepted, func() (*client.CreateImportResponse, error) {
		return api.CreateImportWithBodyWithResponse(ctx, &params, contentType, body)
	})
	if fault := stop(); fault != nil {
		return rosterImport{}, fault // the broken upload is only what followed
	}
	if err != nil {
		return rosterImport{}, err
	}
	return rosterImport{*got.JSON202, got.Body}, nil
}

// rosterImport is a job and the API's own words.
type rosterImport struct {
	client.Import

	body []byte
}

// follow reads the job until it is over.
func follow(ctx context.Context, api *server, job rosterImport, bar *progress) (rosterImport, error) {
	var p patience
	for {
		bar.show(job.Progress.Done, job.Progress.Total)
		if job.State == client.JobStateDone || job.State == client.JobStateFailed {
			return job, nil
		}
		if err := pause(ctx, followPause); err != nil {
			return job, err
		}
		got, err := ask(api, http.StatusOK, func() (*client.GetImportResponse, error) { return api.GetImportWithResponse(ctx, job.ID) })
		switch {
		case err == nil:
			p = patience{}
			job = rosterImport{*got.JSON200, got.Body}
		case !p.allows(err):
			return job, fmt.Errorf("following import %s, which may go on: %w", job.ID, err)
		}
	}
}
