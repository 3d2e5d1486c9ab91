package main

import (
	"fmt"
	"net/http"

	"github.com/google/uuid"
	"github.com/spf13/cobra"

	"heraut/api/client"
	"heraut/internal/config"
	"heraut/scim"
)

func newSCIM() *cobra.Command {
	cmd := group(&cobra.Command{
		Use:   "scim",
		Short: "Let identity providers such as Entra ID and Okta bring people and groups",
		Long: "An identity provider pushes its people and groups to " + scim.Prefix[:len(scim.Prefix)-1] + " below the public URL, with the token of a client. " +
			"Each provider gets a client of its own, and sees and changes only whom it has brought.",
	})
	cmd.AddCommand(newSCIMAdd(), newSCIMList(), newSCIMRotate(), newSCIMRemove())
	return cmd
}

func newSCIMAdd() *cobra.Command {
	file, asJSON := "", false
	cmd := &cobra.Command{
		Use:     "add NAME",
		Short:   "Make a client and print its token, this once",
		Example: "  heraut scim add 'Entra ID'\n  heraut scim add Okta --file okta.token",
		Args:    oneArgument("what the client is called"),
		RunE: func(cmd *cobra.Command, args []string) error {
			api, err := dial(cmd)
			if err != nil {
				return err
			}
			return addSCIMClient(cmd, api, args[0], file, asJSON)
		},
	}
	cmd.Flags().StringVar(&file, "file", "", "write the token to this new `FILE` (0600) in place of printing it")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print the API's JSON")
	config.Bind(cmd, "scim")
	return cmd
}

func addSCIMClient(cmd *cobra.Command, api *server, name, file string, asJSON bool) error {
	out, err := keyFile(file)
	if err != nil {
		return err
	}
	got, err := ask(api, http.StatusCreated, func() (*client.CreateSCIMClientResponse, error) {
		return api.CreateSCIMClientWithResponse(cmd.Context(), &client.CreateSCIMClientParams{}, client.SCIMClientCreate{Name: name})
	})
	if err != nil {
		dropKeyFile(out)
		return err
	}
	made := got.JSON201
	if out != nil {
		if err := writeKey(out, made.Token); err != nil {
			return fmt.Errorf("writing the token of client %s, which exists now: %w", made.ID, err)
		}
		_, err := fmt.Fprintf(cmd.OutOrStdout(), "Client %s is there; its token is in %s.\n", made.ID, file)
		return err
	}
	if asJSON {
		return printRaw(cmd.OutOrStdout(), got.Body)
	}
	_, err = fmt.Fprintln(cmd.OutOrStdout(), made.Token)
	return err
}

func newSCIMList() *cobra.Command {
	asJSON := false
	cmd := &cobra.Command{
		Use:   "list",
		Short: "List clients, without their tokens",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			api, err := dial(cmd)
			if err != nil {
				return err
			}
			return listSCIMClients(cmd, api, asJSON)
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	config.Bind(cmd, "scim")
	return cmd
}

func listSCIMClients(cmd *cobra.Command, api *server, asJSON bool) error {
	all := []client.SCIMClient{}
	params := client.ListSCIMClientsParams{Limit: new(findPage)}
	for {
		got, err := ask(api, http.StatusOK, func() (*client.ListSCIMClientsResponse, error) {
			return api.ListSCIMClientsWithResponse(cmd.Context(), &params)
		})
		if err != nil {
			return err
		}
		all = append(all, got.JSON200.Items...)
		if params.Cursor = next(got.JSON200.NextCursor); params.Cursor == nil {
			break
		}
	}
	if asJSON {
		return printJSON(cmd.OutOrStdout(), all)
	}
	t := newTable(cmd.OutOrStdout(), "CLIENT", "NAME", "MADE", "LAST USED", "OLD TOKEN UNTIL")
	for _, c := range all {
		t.row(c.ID, c.Name, when(c.CreatedAt), when(value(c.LastUsedAt)), when(value(c.OldTokenUntil)))
	}
	return t.flush()
}

// dialFor is dial for a command about a client.
func dialFor(cmd *cobra.Command, clientID string) (*server, error) {
	if uuid.Validate(clientID) != nil {
		return nil, usagef("%q is no id of a client: `heraut scim list` shows them", clientID)
	}
	return dial(cmd)
}

func newSCIMRemove() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "remove CLIENT-ID",
		Short: "End a client at once; whom it brought stays, and the next client takes them over",
		Args:  oneArgument("a client by its id"),
		RunE: func(cmd *cobra.Command, args []string) error {
			api, err := dialFor(cmd, args[0])
			if err != nil {
				return err
			}
			got, err := api.DeleteSCIMClientWithResponse(cmd.Context(), args[0])
			switch {
			case err != nil:
				return api.unreachable(err)
			case got.StatusCode() != http.StatusNoContent:
				return readProblem(got)
			}
			_, err = fmt.Fprintf(cmd.OutOrStdout(), "Client %s is ended.\n", args[0])
			return err
		},
	}
	config.Bind(cmd, "scim")
	return cmd
}
