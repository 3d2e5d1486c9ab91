package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/google/uuid"
	"github.com/spf13/cobra"

	"heraut/api/client"
	"heraut/internal/config"
)

// sending is one `heraut send`.
type sending struct {
	target

	digest             string
	yes, asJSON, watch bool
}

func newSend() *cobra.Command {
	var s sending
	cmd := &cobra.Command{
		Use:   "send [PLAN-ID]",
		Short: "Send a plan, or plan and send after a question",
		Example: "  heraut send 6f1c2f0e-58f4-4c7a-9d2c-0b6f3d1f6a55 --digest 8c1d...\n" +
			"  heraut send --group 4A\n" +
			"  heraut send --group 4A --yes --watch",
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			planID := strings.Join(args, "")
			if err := s.check(planID, terminal(cmd.InOrStdin())); err != nil {
				return err
			}
			api, err := dial(cmd)
			if err != nil {
				return err
			}
			return s.run(cmd, api, planID)
		},
	}
	s.flags(cmd)
	cmd.Flags().StringVar(&s.digest, "digest", "", "`DIGEST` of the plan; with it nothing is asked")
	cmd.Flags().BoolVar(&s.yes, "yes", false, "send without a question")
	cmd.Flags().BoolVar(&s.asJSON, "json", false, "print the API's JSON")
	cmd.Flags().BoolVar(&s.watch, "watch", false, "show the tasks until none is active")
	config.Bind(cmd, "send")
	return cmd
}

func (s *sending) run(cmd *cobra.Command, api *server, planID string) error {
	id, digest, err := s.confirmed(cmd, api, planID)
	if err != nil {
		return err
	}
	got, again, err := sendTry{api: api, id: id, digest: digest, tell: cmd.ErrOrStderr()}.run(cmd.Context())
	if err != nil {
		return err
	}
	sent, words := got.JSON202, "is on its way"
	if sent == nil {
		sent = got.JSON200
		if !again {
			words = "was sent before"
		}
	}
	switch {
	case sent == nil:
		return errors.New("the server's answer holds no send: it is of another version")
	case s.asJSON:
		err = printRaw(cmd.OutOrStdout(), got.Body)
	default:
		_, err = fmt.Fprintf(cmd.OutOrStdout(), "Send %s %s.\n", sent.ID, words)
	}
	if err != nil || !s.watch {
		return err
	}
	w := watch{api: api, filter: taskFilter{send: sent.ID}, asJSON: s.asJSON}
	return w.run(cmd.Context(), cmd.OutOrStdout())
}

// check finds what can not be meant, before anybody is asked.
func (s *sending) check(planID string, person bool) error {
	switch {
	case planID == "" && s.digest != "":
		return usagef("--digest goes with the id of a plan")
	case planID == "":
		if err := s.target.check(); err != nil {
			return err
		}
	case s.group != "" || s.user != "":
		return usagef("give a plan's id, or --group or --user to make one")
	case uuid.Validate(planID) != nil:
		return usagef("%q is no id of a plan: `heraut plan` shows it; a group is named with --group", planID)
	case s.digest != "":
		return nil
	}
	if !s.yes && !person {
		return usagef("nobody is there to ask: give a plan's id and --digest, or --yes")
	}
	return nil
}

// confirmed gives the plan to send and its digest, after the question where
// one is due.
func (s *sending) confirmed(cmd *cobra.Command, api *server, planID string) (id, digest string, err error) {
	if planID != "" && s.digest != "" {
		return planID, s.digest, nil
	}
	p, err := s.prepared(cmd.Context(), api, planID)
	if err != nil {
		return "", "", err
	}
	out := cmd.ErrOrStderr()
	if !s.yes || !p.reaches() {
		p.printCounts(out)
	}
	if !s.asJSON {
		api.warn(cmd.Context(), out, p)
	}
	switch {
	case !p.reaches():
		p.printHints(out)
		return "", "", errors.New("the plan invites nobody")
	case s.yes:
		return p.ID, p.Digest, nil
	}
	return p.ID, p.Digest, question(cmd, p.question())
}

// question names what sending would do.
func (p planned) question() string {
	if p.Silent == 0 {
		return fmt.Sprintf("Send %s?", plural(p.Invitations, "invitation"))
	}
	return fmt.Sprintf("Send %s, and enroll %s without one?", plural(p.Invitations, "invitation"), plural(p.Silent, "user"))
}

// prepared reads the plan of an id, or makes one.
func (s *sending) prepared(ctx context.Context, api *server, planID string) (planned, error) {
	if planID == "" {
		return s.plan(ctx, api)
	}
	got, err := ask(api, http.StatusOK, func() (*client.GetPlanResponse, error) { return api.GetPlanWithResponse(ctx, planID) })
	if err != nil {
		return planned{}, err
	}
	return planned{Plan: *got.JSON200, body: got.Body}, nil
}

// question asks on the terminal; anything but yes ends the command.
func question(cmd *cobra.Command, text string) error {
	if _, err := fmt.Fprint(cmd.ErrOrStderr(), text+" [y/N] "); err != nil {
		return err
	}
	reply, _ := bufio.NewReader(cmd.InOrStdin()).ReadString('\n') // an end of input is a no
	switch strings.ToLower(strings.TrimSpace(reply)) {
	case "y", "yes", "j", "ja":
		return nil
	}
	return errors.New("nothing was sent")
}
