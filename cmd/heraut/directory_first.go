package main

import (
	"context"
	"fmt"
	"net/http"
	"slices"

	"github.com/spf13/cobra"

	"heraut/api/client"
)

// neverRead tells whether a directory is paused and no run of it has succeeded:
// it was bound, and nobody has let it be read by itself yet.
func (s *server) neverRead(ctx context.Context, id string) (bool, error) {
	got, err := ask(s, http.StatusOK, func() (*client.GetDirectoryResponse, error) { return s.GetDirectoryWithResponse(ctx, id) })
	if err != nil || !got.JSON200.Paused {
		return false, err
	}
	runs, err := ask(s, http.StatusOK, func() (*client.ListDirectoryRunsResponse, error) {
		return s.ListDirectoryRunsWithResponse(ctx, id, &client.ListDirectoryRunsParams{})
	})
	if err != nil {
		return false, err
	}
	return !slices.ContainsFunc(runs.JSON200.Items, func(r client.DirectoryRun) bool { return r.State == client.RunSucceeded }), nil
}

// readFromNowOn lets a directory be read by itself, and says so.
func readFromNowOn(cmd *cobra.Command, api *server, d candidate, asJSON bool) error {
	got, err := ask(api, http.StatusOK, func() (*client.UpdateDirectoryResponse, error) {
		return api.UpdateDirectoryWithApplicationMergePatchPlusJSONBodyWithResponse(cmd.Context(), d.id, &client.UpdateDirectoryParams{},
			client.DirectoryPatch{Paused: new(false)})
	})
	if err != nil || asJSON {
		return err
	}
	_, err = fmt.Fprintf(cmd.OutOrStdout(), "From now on it is read every %d minutes.\n", got.JSON200.SyncEvery/60)
	return err
}
