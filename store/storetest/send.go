package storetest

import (
	"errors"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/stretchr/testify/require"

	"heraut/fault"
	"heraut/invitation"
	"heraut/people"
)

func sendOnce(s *campus) {
	u := s.user("u")
	s.live(u, "u1")
	p := s.plan(ofUser(u))
	confirm := func(id, digest string) (invitation.Send, bool, error) {
		return s.SendPlan(s.t.Context(), actor, id, digest, schedule())
	}
	_, _, err := confirm(p.ID, strings.Repeat("0", 64))
	requireCode(s.t, err, fault.InvalidRequest)
	require.ErrorContains(s.t, err, "/digest")
	_, _, err = confirm("none", p.Digest)
	requireCode(s.t, err, fault.NotFound)

	send, fresh, err := confirm(p.ID, p.Digest)
	require.NoError(s.t, err)
	require.True(s.t, fresh)
	require.Equal(s.t, invitation.SendRunning, send.State)
	require.Equal(s.t, "invite-user-"+u.ID, send.WorkflowID)
	require.Equal(s.t, schedule(), send.Schedule)
	require.Equal(s.t, 1, send.Counts[invitation.Queued])
	require.Equal(s.t, s.targets(p)[0].InvitationID, s.only(u).ID, "a user's invitations are written with the send")

	s.clock.Advance(2 * time.Hour)
	again, fresh, err := confirm(p.ID, p.Digest)
	require.NoError(s.t, err)
	require.False(s.t, fresh)
	require.Equal(s.t, send, again)
	require.Equal(s.t, []string{"send.create"}, s.actions(send.ID))
	read, err := s.Plan(s.t.Context(), p.ID)
	require.NoError(s.t, err)
	require.Equal(s.t, send.ID, read.SendID)
}

func sendRefused(s *campus) {
	u := s.user("u")
	empty := s.plan(ofUser(u))
	_, _, err := s.SendPlan(s.t.Context(), actor, empty.ID, empty.Digest, schedule())
	requireCode(s.t, err, fault.InvalidRequest)

	p := s.plan(by(invitation.PolicyMail, ofUser(u)))
	s.clock.Advance(time.Hour)
	_, _, err = s.SendPlan(s.t.Context(), actor, p.ID, p.Digest, schedule())
	requireCode(s.t, err, fault.PlanExpired)
	require.Empty(s.t, s.invitations(invitation.Filter{}))
	_, err = s.Send(s.t.Context(), "none")
	requireCode(s.t, err, fault.NotFound)
}

func sendStale(s *campus) {
	a, b := s.user("a"), s.user("b")
	s.live(a, "a1")
	s.live(b, "b1")
	g := s.group(a, b)
	p := s.plan(ofGroup(g))
	s.change(b.ID, noServices)
	added := s.live(a, "a2")

	_, _, err := s.SendPlan(s.t.Context(), actor, p.ID, p.Digest, schedule())
	requireCode(s.t, err, fault.PlanStale)
	stale, ok := errors.AsType[*invitation.StaleError](err)
	require.True(s.t, ok)
	require.Equal(s.t, 1, stale.Difference.AddedCount)
	require.Equal(s.t, added.ID, stale.Difference.Added[0].DeviceID)
	require.Equal(s.t, 1, stale.Difference.RemovedCount)
	require.Equal(s.t, b.ID, stale.Difference.Removed[0].UserID)
	require.NotEqual(s.t, p.ID, stale.Fresh.ID)

	send, fresh, err := s.SendPlan(s.t.Context(), actor, stale.Fresh.ID, stale.Fresh.Digest, schedule())
	require.NoError(s.t, err)
	require.True(s.t, fresh)
	require.Equal(s.t, 2, send.Counts[invitation.Queued], "what no page has written yet counts as queued")
	require.Equal(s.t, "invite-group-"+send.ID, send.WorkflowID)

	claim, err := s.ClaimRequest(s.t.Context(), "key", "abc", "hash")
	require.NoError(s.t, err)
	_, _, err = s.SendPlan(s.WithClaim(s.t.Context(), claim), actor, p.ID, p.Digest, schedule())
	requireCode(s.t, err, fault.PlanStale)
	require.NoError(s.t, s.ReleaseRequest(s.t.Context(), claim))
	claim, err = s.ClaimRequest(s.t.Context(), "key", "abc", "hash")
	require.NoError(s.t, err)
	require.Empty(s.t, claim.MadeID, "the fresh plan is not what the request was to make")
}

// sendAtOnce confirms one plan many times at once.
func sendAtOnce(s *campus) {
	u := s.user("u")
	s.live(u, "u1")
	p := s.plan(ofUser(u))
	var wg sync.WaitGroup
	sends := make([]invitation.Send, 16)
	fresh := make([]bool, len(sends))
	errs := make([]error, len(sends))
	for i := range sends {
		wg.Go(func() { sends[i], fresh[i], errs[i] = s.SendPlan(s.t.Context(), actor, p.ID, p.Digest, schedule()) })
	}
	wg.Wait()
	first := 0
	for i := range sends {
		require.NoError(s.t, errs[i])
		require.Equal(s.t, sends[0].ID, sends[i].ID)
		if fresh[i] {
			first++
		}
	}
	require.Equal(s.t, 1, first)
	s.only(u)
}

// sendUnderLoad confirms plans while other transactions write the audit log:
// on PostgreSQL their conflicts are tried again.
func sendUnderLoad(s *campus) {
	var plans []invitation.Plan
	for i := range 8 {
		u := s.user(strconv.Itoa(i))
		s.live(u, "device")
		plans = append(plans, s.plan(ofUser(u)))
	}
	quit := make(chan struct{})
	var noise, wg sync.WaitGroup
	for range 4 {
		noise.Go(func() {
			for {
				select {
				case <-quit:
					return
				default:
					_, _ = s.CreateGroup(s.t.Context(), actor, people.Group{Name: "noise"}) // only its audit row matters
				}
			}
		})
	}
	errs := make([]error, len(plans))
	for i, p := range plans {
		wg.Go(func() { _, _, errs[i] = s.SendPlan(s.t.Context(), actor, p.ID, p.Digest, schedule()) })
	}
	wg.Wait()
	close(quit)
	noise.Wait()
	for _, err := range errs {
		require.NoError(s.t, err)
	}
	_, err := s.VerifyAudit(s.t.Context())
	require.NoError(s.t, err)
}

func sendStates(s *campus) {
	u := s.user("u")
	s.live(u, "u1")
	send := s.send(ofUser(u))
	ctx := s.t.Context()
	type move func() (invitation.Send, error)
	pause := func() (invitation.Send, error) { return s.PauseSend(ctx, actor, send.ID) }
	resume := func() (invitation.Send, error) { return s.ResumeSend(ctx, actor, send.ID) }
	cancel := func() (invitation.Send, error) { return s.CancelSend(ctx, actor, send.ID) }
	is := func(want invitation.SendState, do move) {
		s.t.Helper()
		got, err := do()
		require.NoError(s.t, err)
		require.Equal(s.t, want, got.State)
	}
	is(invitation.SendPaused, pause)
	is(invitation.SendPaused, pause)
	is(invitation.SendRunning, resume)
	is(invitation.SendRunning, resume)
	is(invitation.SendPaused, pause)
	is(invitation.SendCancelled, cancel)
	for _, do := range []move{pause, resume, cancel} {
		_, err := do()
		requireCode(s.t, err, fault.SendSettled)
	}
	require.Equal(s.t, []string{"send.create", "send.pause", "send.resume", "send.pause", "send.cancel"}, s.actions(send.ID))
	require.Equal(s.t, invitation.Cancelled, s.only(u).State)

	settled := s.send(ofUser(u))
	s.deliver(u)
	s.say(invitation.Decline, s.invitations(invitation.Filter{SendID: settled.ID})[0].ID)
	require.Equal(s.t, invitation.SendSettled, s.again(settled).State)
	send = settled
	for _, do := range []move{pause, resume, cancel} {
		_, err := do()
		requireCode(s.t, err, fault.SendSettled)
	}
	_, err := s.PauseSend(ctx, actor, "none")
	requireCode(s.t, err, fault.NotFound)
}

// sendCancelled leaves to another send what it holds as well.
func sendCancelled(s *campus) {
	a, b := s.user("a"), s.user("b")
	s.live(a, "a1")
	s.live(b, "b1")
	first := s.send(ofGroup(s.group(a, b)))
	s.write(first)
	s.deliver(b)
	second := s.send(ofUser(b))
	third := s.send(ofGroup(s.group(a, b)))

	cancelled, err := s.CancelSend(s.t.Context(), actor, second.ID)
	require.NoError(s.t, err)
	require.Equal(s.t, 1, cancelled.Counts[invitation.Sent], "the first send holds it too")
	require.Len(s.t, s.deliver(b), 1, "the attempt goes on for the first send")

	_, err = s.CancelSend(s.t.Context(), actor, first.ID)
	require.NoError(s.t, err)
	require.Equal(s.t, invitation.Cancelled, s.only(a).State)
	require.Equal(s.t, string(invitation.CancelledByOperator), s.only(b).LastAnswer)
	require.Equal(s.t, 2, s.again(first).Counts[invitation.Cancelled])
	require.Empty(s.t, s.claim(b))

	_, err = s.CancelSend(s.t.Context(), actor, third.ID)
	require.NoError(s.t, err)
	require.Equal(s.t, 2, s.again(third).Counts[invitation.Cancelled], "what was never written counts as cancelled")
	page, err := s.WritePage(s.t.Context(), third.ID, 0, 10)
	require.NoError(s.t, err)
	require.Equal(s.t, invitation.HaltCancelled, page.Halt)
}

func sendList(s *campus) {
	u := s.user("u")
	s.live(u, "u1")
	var want []string
	for range 5 {
		want = append([]string{s.send(ofUser(u)).ID}, want...)
	}
	var got []string
	for after := (people.Cursor{}); ; {
		page, err := s.ListSends(s.t.Context(), after, 2)
		require.NoError(s.t, err)
		for _, send := range page.Items {
			require.Equal(s.t, s.again(send), send)
			got = append(got, send.ID)
		}
		if page.Next == nil {
			break
		}
		after = *page.Next
	}
	require.Equal(s.t, want, got)
}
