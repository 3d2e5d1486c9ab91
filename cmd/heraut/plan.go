package main

import (
	"context"
	"fmt"
	"io"
	"maps"
	"net/http"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"heraut/api/client"
	"heraut/internal/config"
)

// target is what a plan is made for, by the flags of plan and send.
type target struct {
	group, user, audience, channel string
	devices                        []string
}

func (t *target) flags(cmd *cobra.Command) {
	cmd.Flags().StringVar(&t.group, "group", "", "the group: its `NAME`, external id or id")
	cmd.Flags().StringVar(&t.user, "user", "", "the user: the `NAME`, address, external id or id")
	cmd.Flags().StringSliceVar(&t.devices, "device", nil, "`ID` of one of the user's devices; all of them unless told")
	cmd.Flags().StringVar(&t.audience, "audience", "not_enrolled", "who of the group: not_enrolled or not_invited, a `WORD`")
	cmd.Flags().StringVar(&t.channel, "channel", "", "`WORD`: auto, push, mail or both; as the settings say unless told")
	complete(cmd, "audience", client.AudienceNotEnrolled, client.AudienceNotInvited)
	complete(cmd, "channel", client.ChannelPolicyAuto, client.ChannelPolicyPush, client.ChannelPolicyMail, client.ChannelPolicyBoth)
}

func (t *target) check() error {
	switch {
	case (t.group == "") == (t.user == ""):
		return usagef("name either --group or --user")
	case t.group != "" && len(t.devices) > 0:
		return usagef("--device goes with --user")
	case !client.Audience(t.audience).Valid():
		return usagef("--audience is not_enrolled or not_invited, not %q", t.audience)
	case t.channel != "" && !client.ChannelPolicy(t.channel).Valid():
		return usagef("--channel is auto, push, mail or both, not %q", t.channel)
	}
	return nil
}

// planned is a plan with the name of what it is for, and the API's own words.
type planned struct {
	client.Plan

	name string
	// meant are the flags that name what it is for; empty where an id did.
	meant string
	// flags lead another command to the same API.
	flags string
	body  []byte
}

// plan makes the plan.
func (t *target) plan(ctx context.Context, s *server) (planned, error) {
	body := client.PlanCreate{Audience: new(client.Audience(t.audience))}
	if t.channel != "" {
		body.Channel = new(client.ChannelPolicy(t.channel))
	}
	if len(t.devices) > 0 {
		body.DeviceIds = &t.devices
	}
	var meant candidate
	var err error
	if t.group != "" {
		meant, err = s.findGroup(ctx, t.group)
		body.GroupID = &meant.id
	} else {
		meant, err = s.findUser(ctx, t.user)
		body.UserID = &meant.id
	}
	if err != nil {
		return planned{}, err
	}
	got, err := ask(s, http.StatusCreated, func() (*client.CreatePlanResponse, error) {
		return s.CreatePlanWithResponse(ctx, &client.CreatePlanParams{}, body)
	})
	if err != nil {
		return planned{}, err
	}
	return planned{Plan: *got.JSON201, name: meant.name, meant: t.flag(), flags: s.flags, body: got.Body}, nil
}

// flag names the target for another command.
func (t *target) flag() string {
	if t.group != "" {
		return "--group " + quoted(t.group)
	}
	return "--user " + quoted(t.user)
}

func newPlan() *cobra.Command {
	var t target
	asJSON, showSkipped := false, false
	cmd := &cobra.Command{
		Use:   "plan",
		Short: "Say what a send would do; nothing leaves",
		Example: "  heraut plan --group 4A\n" +
			"  heraut plan --user anna@example.org --channel mail --json",
		Args: noArgument("name a group with --group, or a user with --user"),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := t.check(); err != nil {
				return err
			}
			s, err := dial(cmd)
			if err != nil {
				return err
			}
			p, err := t.plan(cmd.Context(), s)
			switch {
			case err != nil:
				return err
			case asJSON:
				return printRaw(cmd.OutOrStdout(), p.body)
			}
			p.printCounts(cmd.OutOrStdout())
			p.printHints(cmd.OutOrStdout())
			s.warn(cmd.Context(), cmd.OutOrStdout(), p)
			if showSkipped {
				if err := s.printSkipped(cmd.Context(), cmd.OutOrStdout(), p.Skipped); err != nil {
					return err
				}
			}
			return p.printNext(cmd.OutOrStdout())
		},
	}
	t.flags(cmd)
	cmd.Flags().BoolVar(&asJSON, "json", false, "print the API's JSON")
	cmd.Flags().BoolVar(&showSkipped, "skipped", false, "also list who is skipped")
	config.Bind(cmd, "plan")
	return cmd
}

// printNext shows the line that sends the plan.
func (p planned) printNext(out io.Writer) error {
	if !p.reaches() {
		_, err := fmt.Fprintln(out, "Nobody would be invited.")
		return err
	}
	_, err := fmt.Fprintf(out, "digest      %s\nvalid until %s\n\n%s send %s --digest %s%s\n",
		p.Digest, when(p.ExpiresAt), programName(os.Args[0]), p.ID, p.Digest, p.flags)
	return err
}

// reaches tells whether sending the plan would do anything.
func (p planned) reaches() bool { return p.Invitations > 0 || p.Silent > 0 }

// printCounts shows what would leave.
func (p planned) printCounts(out io.Writer) {
	line := func(name, value string) { p.line(out, name, value) }
	if p.name != "" {
		line("plan for", p.name)
	}
	line("plan", p.ID)
	line("invitations", fmt.Sprintf("%d to %s", p.Invitations, plural(p.Users, "user")))
	line("by channel", fmt.Sprintf("mdm %d, alert %d, mail %d", p.ByChannel.Mdm, p.ByChannel.Alert, p.ByChannel.Mail))
	line("messages", fmt.Sprintf("%d will leave", p.Messages))
	if p.Silent > 0 {
		line("silent", fmt.Sprintf("%s enrolled without an invitation", plural(p.Silent, "user")))
	}
	for _, l := range p.Licenses {
		line("licenses", fmt.Sprintf("%s of %s needed, %d free", plural(l.Needed, "license"), l.AdamID, l.Available))
	}
	if len(p.SkippedCounts) > 0 {
		line("skipped", skippedWords(p.SkippedCounts))
	}
}

// line writes a name and what it stands for, below each other.
func (planned) line(out io.Writer, name, value string) {
	_, _ = fmt.Fprintf(out, "%-11s %s\n", name, clean(value)) // the next write tells
}

// reasons say why somebody is skipped.
var reasons = map[client.SkipReason]string{
	client.ServicesOff:        "managed distribution is off",
	client.NoDevice:           "no device",
	client.NoChannel:          "no way to reach them",
	client.AlreadyEnrolled:    "enrolled already",
	client.PreviouslyInvited:  "invited before",
	client.DeviceNotInvitable: "device can not be invited",
}

func skippedWords(counts map[string]int) string {
	words := make([]string, 0, len(counts))
	for _, reason := range slices.Sorted(maps.Keys(counts)) {
		text, ok := reasons[client.SkipReason(reason)]
		if !ok {
			text = reason
		}
		words = append(words, fmt.Sprintf("%d %s (%s)", counts[reason], reason, text))
	}
	return strings.Join(words, ", ")
}
