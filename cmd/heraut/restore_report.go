package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"heraut/api/client"
	"heraut/fault"
	"heraut/internal/config"
	"heraut/invitation"
	"heraut/people"
	"heraut/store"
)

// restorer is who the audit log names for what a restore changes.
var restorer = people.System("heraut restore")

// restoreReport is what was under way at the backup.
type restoreReport struct {
	// Paused are sends that ran, and that the restore has paused, or one before it.
	Paused []string `json:"paused"`
	// Held: bulk actions and licenses wait for --resume.
	Held bool `json:"held"`
	// Open are the invitations without an end.
	Open []openInvitation `json:"open"`
}

type openInvitation struct {
	ID        string             `json:"id"`
	User      string             `json:"user"`
	Device    string             `json:"device"`
	Channel   invitation.Channel `json:"channel"`
	State     invitation.State   `json:"state"`
	SentAt    time.Time          `json:"sent_at,omitzero"`
	ExpiresAt time.Time          `json:"expires_at,omitzero"`
}

func newRestoreReport(ctx context.Context, s *store.Store) (restoreReport, error) {
	report := restoreReport{Paused: []string{}, Held: true, Open: []openInvitation{}}
	before, err := s.Restored(ctx)
	if err != nil {
		return report, err
	}
	for send, err := range all(ctx, s.ListSends) {
		if err != nil {
			return report, err
		}
		if send.State == invitation.SendRunning || send.State == invitation.SendPaused && slices.Contains(before.Paused, send.ID) {
			report.Paused = append(report.Paused, send.ID)
		}
	}
	active := func(ctx context.Context, after people.Cursor, limit int) (people.Page[invitation.Invitation], error) {
		return s.ListActive(ctx, invitation.Filter{}, after, limit)
	}
	for i, err := range all(ctx, active) {
		if err != nil {
			return report, err
		}
		open := openInvitation{ID: i.ID, User: i.User.FullName, Channel: i.Channel, State: i.State, SentAt: i.SentAt, ExpiresAt: i.ExpiresAt}
		if i.Device != nil {
			open.Device = i.Device.Name
		}
		report.Open = append(report.Open, open)
	}
	return report, nil
}

func (r restoreReport) print(out io.Writer) error {
	if len(r.Open) > 0 {
		t := newTable(out, "USER", "DEVICE", "CHANNEL", "STATE", "SENT", "EXPIRES", "INVITATION")
		for _, i := range r.Open {
			t.row(i.User, i.Device, i.Channel, i.State, when(i.SentAt), when(i.ExpiresAt), i.ID)
		}
		if err := t.flush(); err != nil {
			return err
		}
	}
	_, err := fmt.Fprintf(out, "Restored: %s open, %s paused.\n", plural(len(r.Open), "invitation"), plural(len(r.Paused), "send"))
	if err != nil || !r.Held {
		return err
	}
	_, err = fmt.Fprintln(out, "Bulk actions that were under way and licenses wait too. Start `heraut serve`, look at what was open, and let all go on with `heraut restore --resume`.")
	return err
}

// resumeRestored lets the noted sends go on through the API, which also wakes
// their workflows.
func resumeRestored(cmd *cobra.Command, c *config.Config) error {
	key, err := c.APIKey()
	if err != nil {
		return err
	}
	api, err := newServer(c, key)
	if err != nil {
		return err
	}
	return withDatabase(cmd.Context(), c, func(s *store.Store) error {
		before, err := s.Restored(cmd.Context())
		if err != nil {
			return err
		}
		for _, id := range before.Paused {
			if err := resumeSend(cmd.Context(), api, id); err != nil {
				return err
			}
		}
		if err := s.KeepRestored(cmd.Context(), restorer, store.Restored{Paused: []string{}}); err != nil {
			return err
		}
		_, err = fmt.Fprintf(cmd.OutOrStdout(), "%s resumed.\n", plural(len(before.Paused), "send"))
		return err
	})
}

// resumeSend takes a send that is over meanwhile for done.
func resumeSend(ctx context.Context, api *server, id string) error {
	_, err := ask(api, http.StatusAccepted, func() (answer, error) {
		return api.ResumeSendWithResponse(ctx, id, &client.ResumeSendParams{})
	})
	if problem, refused := errors.AsType[*apiError](err); refused && problem.Code == fault.SendSettled {
		return nil
	}
	return err
}
