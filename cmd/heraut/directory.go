package main

import (
	"context"
	"fmt"
	"net/http"

	"github.com/google/uuid"
	"github.com/spf13/cobra"

	"heraut/api/client"
	"heraut/internal/config"
)

func newDirectory() *cobra.Command {
	cmd := group(&cobra.Command{
		Use:   "directory",
		Short: "Take people and groups over from Active Directory, OpenLDAP or Open Directory",
	})
	cmd.AddCommand(
		newDirectoryAdd(), newDirectoryTest(), newDirectoryPreview(), newDirectorySync(), newDirectoryList(), newDirectoryRuns(),
		newDirectoryConfirm(), newDirectoryRemove(),
	)
	return cmd
}

// newDirectoryDeed makes a command about one directory; do prints what came
// of it.
func newDirectoryDeed(name, short string, do func(cmd *cobra.Command, api *server, d candidate, asJSON bool) error) *cobra.Command {
	asJSON := false
	cmd := &cobra.Command{
		Use:   name + " DIRECTORY",
		Short: short,
		Args:  oneArgument("a directory by its name or id"),
		RunE: func(cmd *cobra.Command, args []string) error {
			api, err := dial(cmd)
			if err != nil {
				return err
			}
			d, err := api.findDirectory(cmd.Context(), args[0])
			if err != nil {
				return err
			}
			return do(cmd, api, d, asJSON)
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print the API's JSON")
	config.Bind(cmd, "directory")
	return cmd
}

// findDirectory gives the directory of an id or a name.
func (s *server) findDirectory(ctx context.Context, given string) (candidate, error) {
	var found []candidate
	params := client.ListDirectoriesParams{Limit: new(findPage)}
	for {
		got, err := ask(s, http.StatusOK, func() (*client.ListDirectoriesResponse, error) { return s.ListDirectoriesWithResponse(ctx, &params) })
		if err != nil {
			return candidate{}, err
		}
		for _, d := range got.JSON200.Items {
			found = append(found, candidate{id: d.ID, name: d.Name, names: []string{d.ID}})
		}
		if params.Cursor = next(got.JSON200.NextCursor); params.Cursor == nil {
			return pick("directory", given, found)
		}
	}
}

func newDirectoryList() *cobra.Command {
	asJSON := false
	cmd := &cobra.Command{
		Use:   "list",
		Short: "List directories",
		Args:  noArgument("list shows all directories"),
		RunE: func(cmd *cobra.Command, _ []string) error {
			api, err := dial(cmd)
			if err != nil {
				return err
			}
			return listDirectories(cmd, api, asJSON)
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print the API's JSON")
	config.Bind(cmd, "directory")
	return cmd
}

func listDirectories(cmd *cobra.Command, api *server, asJSON bool) error {
	params := client.ListDirectoriesParams{Limit: new(findPage)}
	got, err := ask(api, http.StatusOK, func() (*client.ListDirectoriesResponse, error) {
		return api.ListDirectoriesWithResponse(cmd.Context(), &params)
	})
	switch {
	case err != nil:
		return err
	case asJSON:
		return printRaw(cmd.OutOrStdout(), got.Body)
	case len(got.JSON200.Items) == 0:
		_, err := fmt.Fprintln(cmd.OutOrStdout(), "No directory is bound: `heraut directory add` binds one.")
		return err
	}
	t := newTable(cmd.OutOrStdout(), "NAME", "KIND", "SERVER", "BASE", "EVERY", "LAST READ", "ID")
	for _, d := range got.JSON200.Items {
		every := fmt.Sprintf("%d min", d.SyncEvery/60)
		if d.Paused {
			every = "paused"
		}
		t.row(d.Name, d.Kind, fmt.Sprintf("%s:%d", d.Host, d.Port), d.BaseDn, every, when(value(d.SyncedAt)), d.ID)
	}
	return t.flush()
}

func newDirectoryTest() *cobra.Command {
	return newDirectoryDeed("test", "Try the way to a directory, step by step", func(cmd *cobra.Command, api *server, d candidate, asJSON bool) error {
		params := client.TestDirectoryParams{IdempotencyKey: new(uuid.NewString())}
		got, err := ask(api, http.StatusOK, func() (*client.TestDirectoryResponse, error) {
			return api.TestDirectoryWithResponse(cmd.Context(), d.id, &params)
		})
		if err != nil {
			return err
		}
		steps := got.JSON200.Steps
		if asJSON {
			err = printRaw(cmd.OutOrStdout(), got.Body)
		} else {
			t := newTable(cmd.OutOrStdout(), "STEP", "", "")
			for _, s := range steps {
				t.row(s.Name, passed(s.Ok), s.Detail)
			}
			err = t.flush()
		}
		if err == nil && len(steps) > 0 && !steps[len(steps)-1].Ok {
			return errSaid
		}
		return err
	})
}

func passed(ok bool) string {
	if ok {
		return "ok"
	}
	return "FAILED"
}

func newDirectoryPreview() *cobra.Command {
	return newDirectoryDeed("preview", "Show the first people as they would be taken over", func(cmd *cobra.Command, api *server, d candidate, asJSON bool) error {
		got, err := ask(api, http.StatusOK, func() (*client.PreviewDirectoryResponse, error) {
			return api.PreviewDirectoryWithResponse(cmd.Context(), d.id)
		})
		switch {
		case err != nil:
			return err
		case asJSON:
			return printRaw(cmd.OutOrStdout(), got.Body)
		}
		t := newTable(cmd.OutOrStdout(), "NAME", "ADDRESS", "LOGIN", "DISABLED", "REMARK")
		for _, p := range got.JSON200.Items {
			t.row(p.FullName, value(p.Email), value(p.Login), p.Disabled, value(p.Refused)+value(p.Warning))
		}
		if err := t.flush(); err != nil {
			return err
		}
		_, err = fmt.Fprintf(cmd.OutOrStdout(), "Groups: %d.\n", got.JSON200.Groups)
		return err
	})
}

func newDirectoryRemove() *cobra.Command {
	return newDirectoryDeed("remove", "Let go of a directory; its people and groups stay", func(cmd *cobra.Command, api *server, d candidate, _ bool) error {
		got, err := api.DeleteDirectoryWithResponse(cmd.Context(), d.id, &client.DeleteDirectoryParams{})
		switch {
		case err != nil:
			return api.unreachable(err)
		case got.StatusCode() != http.StatusNoContent:
			return readProblem(got)
		}
		_, err = fmt.Fprintf(cmd.OutOrStdout(), "Directory %s is let go; its people and groups are Heraut's own now.\n", clean(d.name))
		return err
	})
}
