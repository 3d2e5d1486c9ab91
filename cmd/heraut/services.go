package main

import (
	"context"
	"fmt"
	"net/http"

	"github.com/spf13/cobra"

	"heraut/api/client"
	"heraut/internal/config"
)

func newServices() *cobra.Command {
	cmd := group(&cobra.Command{
		Use:   "services",
		Short: "Switch managed distribution services on or off",
		Long: "Nobody is invited while managed distribution services are off for the user and for all groups that the user is in. " +
			"They are off for whatever is new.",
	})
	cmd.AddCommand(
		newServicesSwitch(true, "Let a user, or the members of a group, be invited"),
		newServicesSwitch(false, "Invite a user, or a group's members, no more; cancels open invitations that nothing else allows"),
	)
	return cmd
}

// servicesOf names what a switch belongs to.
type servicesOf struct{ group, user string }

func (s servicesOf) check() error {
	if (s.group == "") == (s.user == "") {
		return usagef("name either --group or --user")
	}
	return nil
}

func newServicesSwitch(on bool, short string) *cobra.Command {
	var of servicesOf
	asJSON := false
	cmd := &cobra.Command{
		Use:     onOff(on),
		Short:   short,
		Example: fmt.Sprintf("  heraut services %s --group 4A", onOff(on)),
		Args:    noArgument("name a group with --group, or a user with --user"),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := of.check(); err != nil {
				return err
			}
			s, err := dial(cmd)
			if err != nil {
				return err
			}
			name, body, err := of.turn(cmd.Context(), s, on)
			switch {
			case err != nil:
				return err
			case asJSON:
				return printRaw(cmd.OutOrStdout(), body)
			}
			_, err = fmt.Fprintf(cmd.OutOrStdout(), "Managed distribution services are %s for %s.\n", onOff(on), clean(name))
			return err
		},
	}
	cmd.Flags().StringVar(&of.group, "group", "", "the group: its `NAME`, external id or id")
	cmd.Flags().StringVar(&of.user, "user", "", "the user: the `NAME`, address, external id or id")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print the API's JSON")
	config.Bind(cmd, "services")
	return cmd
}

func onOff(on bool) string {
	if on {
		return "on"
	}
	return "off"
}

// turn sets the switch and gives the name of what it belongs to.
func (s servicesOf) turn(ctx context.Context, api *server, on bool) (name string, body []byte, err error) {
	var meant candidate
	var got answer
	if s.group != "" {
		meant, err = api.findGroup(ctx, s.group)
	} else {
		meant, err = api.findUser(ctx, s.user)
	}
	if err != nil {
		return "", nil, err
	}
	if s.group != "" {
		got, err = ask(api, http.StatusOK, func() (answer, error) {
			return api.UpdateGroupWithApplicationMergePatchPlusJSONBodyWithResponse(ctx, meant.id,
				&client.UpdateGroupParams{}, client.GroupPatch{ManagedDistribution: &on})
		})
	} else {
		got, err = ask(api, http.StatusOK, func() (answer, error) {
			return api.UpdateUserWithApplicationMergePatchPlusJSONBodyWithResponse(ctx, meant.id,
				&client.UpdateUserParams{}, client.UserPatch{ManagedDistribution: &on})
		})
	}
	if err != nil {
		return "", nil, err
	}
	return meant.name, got.GetBody(), nil
}
