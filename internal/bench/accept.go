package bench

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"golang.org/x/sync/errgroup"

	"heraut/api/client"
)

// measureAccept sends invitations, accepts each through the API, and waits
// until all are recorded and their workflows have ended. Before and after it
// the same engine runs as many bare workflows, so that noise of the machine
// meets both.
func measureAccept(ctx context.Context, r *run) error {
	m := mailing{run: r, mails: r.Size.Accepted}
	if err := m.set(ctx, "accept"); err != nil {
		return err
	}
	r.say("running %d bare workflows", m.mails)
	before, err := m.engine.bareRate(ctx, m.mails, "before")
	if err != nil {
		return err
	}
	ours, err := m.acceptAll(ctx)
	if err != nil {
		return err
	}
	r.say("running %d bare workflows again", m.mails)
	after, err := m.engine.bareRate(ctx, m.mails, "after")
	if err != nil {
		return err
	}
	bare := (before + after) / 2
	note := fmt.Sprintf("%d of each, side by side on one machine", m.mails)
	r.figure("delivered by mail and accepted", ours, "1/s", note)
	r.figure("bare workflows of two activities", bare, "1/s",
		fmt.Sprintf("the same engine, before and after: %s and %s", significant(before), significant(after)))
	r.figure("ratio", ours/bare, "", "accepted invitations for each bare workflow")
	return nil
}

// acceptAll returns how many invitations were delivered, accepted and recorded
// a second.
func (m *mailing) acceptAll(ctx context.Context) (float64, error) {
	plan, err := m.planFor(ctx, m.server, m.mails)
	if err != nil {
		return 0, err
	}
	m.say("sending %d invitations", m.mails)
	send, err := m.server.send(ctx, plan)
	if err != nil {
		return 0, err
	}
	begun := time.Now()
	if _, err := m.server.settled(ctx, send.ID, func(c client.InvitationCounts) bool { return c.Queued == 0 }); err != nil {
		return 0, err
	}
	m.say("accepting %d invitations", m.mails)
	if err := m.server.acceptEach(ctx, send.ID); err != nil {
		return 0, err
	}
	m.say("waiting until %d are enrolled", m.mails)
	if err := m.server.enrolled(ctx, plan.GroupID.MustGet()); err != nil {
		return 0, err
	}
	_, err = m.engine.awaitCount(ctx, "InviteUser", func(running int) bool { return running == 0 })
	return float64(m.mails) / time.Since(begun).Seconds(), err
}

// acceptEach accepts every invitation of a send.
func (s *server) acceptEach(ctx context.Context, sendID string) error {
	group, groupCtx := errgroup.WithContext(ctx)
	group.SetLimit(sideBySide)
	limit := longestPage
	params := client.ListInvitationsParams{SendID: &sendID, Limit: &limit}
	for {
		page, err := s.api.ListInvitationsWithResponse(ctx, &params)
		if _, err := want(http.StatusOK, page, err); err != nil {
			return fmt.Errorf("listing invitations: %w", err)
		}
		for _, i := range page.JSON200.Items {
			group.Go(func() error { return s.accept(groupCtx, i.ID) })
		}
		if page.JSON200.NextCursor.IsNull() {
			return group.Wait()
		}
		params.Cursor = new(page.JSON200.NextCursor.MustGet())
	}
}

func (s *server) accept(ctx context.Context, id string) error {
	got, err := s.api.AcceptInvitationWithResponse(ctx, id, nil)
	if _, err := want(http.StatusAccepted, got, err); err != nil {
		return fmt.Errorf("accepting invitation %s: %w", id, err)
	}
	return nil
}

// enrolled waits until everybody in a group is.
func (s *server) enrolled(ctx context.Context, groupID string) error {
	for {
		got, err := s.api.GetGroupWithResponse(ctx, groupID)
		if _, err := want(http.StatusOK, got, err); err != nil {
			return fmt.Errorf("reading a group: %w", err)
		}
		if got.JSON200.AllEnrolled {
			return nil
		}
		if err := pause(ctx, countPause); err != nil {
			return err
		}
	}
}
