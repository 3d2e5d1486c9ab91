package main

import (
	"net/http"

	"github.com/spf13/cobra"

	"heraut/api/client"
	"heraut/internal/config"
)

func newPreflight() *cobra.Command {
	asJSON := false
	cmd := &cobra.Command{
		Use:   "preflight",
		Short: "Check that invitations can leave and come back; exit code 1 if not",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			api, err := dial(cmd)
			if err != nil {
				return err
			}
			got, err := ask(api, http.StatusOK, func() (*client.GetPreflightResponse, error) { return api.GetPreflightWithResponse(cmd.Context()) })
			if err != nil {
				return err
			}
			if asJSON {
				err = printRaw(cmd.OutOrStdout(), got.Body)
			} else {
				err = printChecks(cmd, got.JSON200.Checks)
			}
			if err != nil {
				return err
			}
			for _, check := range got.JSON200.Checks {
				if !check.Ok {
					return errSaid
				}
			}
			return nil
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print the API's JSON")
	config.Bind(cmd, "preflight")
	return cmd
}

func printChecks(cmd *cobra.Command, checks []client.Check) error {
	t := newTable(cmd.OutOrStdout(), "CHECK", "RESULT", "DETAIL")
	for _, check := range checks {
		result := "ok"
		if !check.Ok {
			result = "FAILED"
		}
		t.row(check.Name, result, check.Detail)
	}
	return t.flush()
}
