package main

import (
	"fmt"
	"net/http"
	"time"

	"github.com/spf13/cobra"

	"heraut/api/client"
	"heraut/internal/config"
)

func newSCIMRotate() *cobra.Command {
	file, endOld, asJSON := "", false, false
	cmd := &cobra.Command{
		Use:   "rotate CLIENT-ID",
		Short: "Give a client another token and print it, this once",
		Long: "The client keeps whom and what it has brought. The token before works for another 24 hours, so that there is time to give the new one " +
			"to the identity provider; with --end-old it ends at once.",
		Example: "  heraut scim rotate 018f0c1e-7a2b-7c3d-8e4f-5a6b7c8d9e0f --file entra.token",
		Args:    oneArgument("a client by its id"),
		RunE: func(cmd *cobra.Command, args []string) error {
			api, err := dialFor(cmd, args[0])
			if err != nil {
				return err
			}
			return rotateSCIMToken(cmd, api, args[0], file, endOld, asJSON)
		},
	}
	cmd.Flags().StringVar(&file, "file", "", "write the token to this new `FILE` (0600) in place of printing it")
	cmd.Flags().BoolVar(&endOld, "end-old", false, "end the token before at once")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print the API's JSON")
	config.Bind(cmd, "scim")
	return cmd
}

func rotateSCIMToken(cmd *cobra.Command, api *server, id, file string, endOld, asJSON bool) error {
	out, err := keyFile(file)
	if err != nil {
		return err
	}
	got, err := ask(api, http.StatusOK, func() (*client.RotateSCIMTokenResponse, error) {
		return api.RotateSCIMTokenWithResponse(cmd.Context(), id, &client.RotateSCIMTokenParams{}, client.SCIMTokenRotate{EndOld: &endOld})
	})
	if err != nil {
		dropKeyFile(out)
		return err
	}
	made, until := got.JSON200, oldTokenUntil(value(got.JSON200.OldTokenUntil))
	if out != nil {
		if err := writeKey(out, made.Token); err != nil {
			return fmt.Errorf("writing the new token of client %s, which has it now: %w", id, err)
		}
		_, err := fmt.Fprintf(cmd.OutOrStdout(), "The new token of client %s is in %s. %s\n", id, file, until)
		return err
	}
	if asJSON {
		return printRaw(cmd.OutOrStdout(), got.Body)
	}
	if _, err := fmt.Fprintln(cmd.OutOrStdout(), made.Token); err != nil {
		return err
	}
	_, err = fmt.Fprintln(cmd.ErrOrStderr(), until) // beside the token, which may be piped
	return err
}

func oldTokenUntil(at time.Time) string {
	if at.IsZero() {
		return "The one before has ended."
	}
	return "The one before works until " + when(at) + "."
}
