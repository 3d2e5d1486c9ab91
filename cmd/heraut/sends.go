package main

import (
	"cmp"
	"context"
	"fmt"
	"net/http"

	"github.com/google/uuid"
	"github.com/spf13/cobra"

	"heraut/api/client"
	"heraut/internal/config"
)

func newSends() *cobra.Command {
	asJSON, limit := false, 50
	cmd := &cobra.Command{
		Use:   "sends",
		Short: "List sends; pause, resume or cancel one",
		Args:  noArgument("its commands are pause, resume and cancel"),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if limit < 1 || limit > int(findPage) {
				return usagef("--limit is 1 to %d", findPage)
			}
			api, err := dial(cmd)
			if err != nil {
				return err
			}
			return listSends(cmd, api, limit, asJSON)
		},
	}
	cmd.Flags().IntVar(&limit, "limit", 50, "most sends to list, a `NUMBER` up to 500")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print the API's JSON")
	config.Bind(cmd, "sends")
	cmd.AddCommand(
		newSendDeed("pause", "Let no further message of a send leave", func(ctx context.Context, api *server, id string) (answer, error) {
			return api.PauseSendWithResponse(ctx, id, &client.PauseSendParams{})
		}),
		newSendDeed("resume", "Let a paused send go on", func(ctx context.Context, api *server, id string) (answer, error) {
			return api.ResumeSendWithResponse(ctx, id, &client.ResumeSendParams{})
		}),
		newSendDeed("cancel", "Cancel the open invitations of a send", func(ctx context.Context, api *server, id string) (answer, error) {
			return api.CancelSendWithResponse(ctx, id, &client.CancelSendParams{})
		}),
	)
	return cmd
}

func listSends(cmd *cobra.Command, api *server, limit int, asJSON bool) error {
	params := client.ListSendsParams{Limit: new(client.Limit(limit))}
	got, err := ask(api, http.StatusOK, func() (*client.ListSendsResponse, error) { return api.ListSendsWithResponse(cmd.Context(), &params) })
	if err != nil {
		return err
	}
	if asJSON {
		return printRaw(cmd.OutOrStdout(), got.Body)
	}
	if len(got.JSON200.Items) == 0 {
		_, err := fmt.Fprintln(cmd.OutOrStdout(), "Nothing was sent yet.")
		return err
	}
	t := newTable(cmd.OutOrStdout(), "SEND", "STATE", "QUEUED", "SENT", "ACCEPTED", "DECLINED", "OTHER", "MADE", "FOR")
	names := map[string]string{}
	for _, s := range got.JSON200.Items {
		c, of := s.Counts, cmp.Or(value(s.GroupID), value(s.UserID))
		if names[of] == "" && value(s.GroupID) != "" {
			names[of] = api.groupName(cmd.Context(), of)
		} else if names[of] == "" {
			names[of] = api.userName(cmd.Context(), of)
		}
		t.row(s.ID, s.State, c.Queued, c.Sent+c.Shown, c.Accepted, c.Declined, c.Expired+c.Cancelled+c.Failed, when(s.CreatedAt), names[of])
	}
	return t.flush()
}

// newSendDeed makes a command that does one thing to one send.
func newSendDeed(name, short string, do func(context.Context, *server, string) (answer, error)) *cobra.Command {
	asJSON := false
	cmd := &cobra.Command{
		Use:   name + " SEND-ID",
		Short: short,
		Args:  oneArgument("a send by its id"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if uuid.Validate(args[0]) != nil {
				return usagef("%q is no id of a send: `heraut sends` shows them", args[0])
			}
			api, err := dial(cmd)
			if err != nil {
				return err
			}
			got, err := ask(api, http.StatusAccepted, func() (answer, error) { return do(cmd.Context(), api, args[0]) })
			switch {
			case err != nil:
				return err
			case asJSON:
				return printRaw(cmd.OutOrStdout(), got.GetBody())
			}
			_, err = fmt.Fprintf(cmd.OutOrStdout(), "Send %s: %s is done.\n", args[0], name)
			return err
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print the API's JSON")
	config.Bind(cmd, "sends")
	return cmd
}
