package storetest

import (
	"sync"

	"github.com/stretchr/testify/require"

	"heraut/fault"
	"heraut/invitation"
	"heraut/people"
)

// wire counts how often each delivery was let onto the wire.
type wire struct {
	mu            sync.Mutex
	mails, pushes map[string]int
}

// storm: in all that happens at once, every message leaves once.
func storm(s *campus) {
	w := s.everythingAtOnce(1)
	for id, n := range w.pushes {
		require.Equal(s.t, 1, n, "push %s", id)
	}
}

// stormOfZombies runs each send twice, as when an activity that was taken for
// dead goes on. Then a push may be repeated, and a mail may not.
func stormOfZombies(s *campus) { s.everythingAtOnce(2) }

// everythingAtOnce writes and delivers the pages of two sends over the same
// people, who answer meanwhile, and cancels one of them.
func (s *campus) everythingAtOnce(runs int) *wire {
	s.t.Helper()
	var users []people.User
	for range 10 {
		u := s.user("u")
		s.live(u, "one")
		s.device(u, "two")
		users = append(users, u)
	}
	g := s.group(users...)
	first, second := s.send(ofGroup(g)), s.send(ofGroup(g))
	w := &wire{mails: map[string]int{}, pushes: map[string]int{}}
	var wg sync.WaitGroup
	for range runs {
		wg.Go(func() { s.run(first, w) })
		wg.Go(func() { s.run(second, w) })
	}
	for i, u := range users {
		wg.Go(func() { s.respond(u, i) })
	}
	wg.Go(func() {
		_, err := s.CancelSend(s.t.Context(), actor, first.ID)
		s.tolerate(err, fault.SendSettled)
	})
	wg.Wait()

	for id, n := range w.mails {
		require.Equal(s.t, 1, n, "mail %s", id)
	}
	for _, u := range users {
		s.record(u)
	}
	for _, send := range []invitation.Send{first, second} {
		s.again(send) // sums to the plan
	}
	_, err := s.VerifyAudit(s.t.Context())
	require.NoError(s.t, err)
	return w
}

// run walks through a send as its activity does.
func (s *campus) run(send invitation.Send, w *wire) {
	for from := 0; ; {
		page, err := s.WritePage(s.t.Context(), send.ID, from, 4)
		s.tolerate(err)
		if err != nil || page.Halt != invitation.HaltNone {
			return
		}
		for s.deliverPage(send, from, page.Next, w) {
		}
		if page.Last {
			return
		}
		from = page.Next
	}
}

// deliverPage lets a provider take what is due; false: nothing was.
func (s *campus) deliverPage(send invitation.Send, from, to int, w *wire) bool {
	claim, err := s.ClaimPage(s.t.Context(), send.ID, from, to)
	s.tolerate(err)
	var ids []string
	push := map[string]bool{}
	for _, m := range claim.Messages {
		ids, push[m.DeliveryID] = append(ids, m.DeliveryID), m.Channel.Push()
	}
	marked, err := s.Commit(s.t.Context(), ids, nil)
	s.tolerate(err)
	var results []invitation.Result
	for _, id := range marked {
		w.count(id, push[id])
		results = append(results, invitation.Result{DeliveryID: id, Outcome: took})
	}
	_, err = s.Commit(s.t.Context(), nil, results)
	s.tolerate(err)
	return len(marked) > 0
}

func (w *wire) count(id string, push bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if push {
		w.pushes[id]++
	} else {
		w.mails[id]++
	}
}

// respond lets a user answer whatever invitation there is, and records it.
func (s *campus) respond(u people.User, i int) {
	answer := []invitation.Answer{invitation.Accept, invitation.Decline}[i%2]
	for range 20 {
		page, err := s.ListActive(s.t.Context(), invitation.Filter{UserID: u.ID}, people.Cursor{}, 1)
		s.tolerate(err)
		if len(page.Items) == 0 {
			continue
		}
		_, err = s.Answer(s.t.Context(), page.Items[0].ID, answer, people.Actor{Kind: people.ActorUser}, invitation.SourcePage)
		s.tolerate(err, fault.InvitationSettled)
		_, err = s.Record(s.t.Context(), u.ID)
		s.tolerate(err)
		return
	}
}

// tolerate fails the test for any error but faults of the codes. Unlike
// require, other goroutines may call it.
func (s *campus) tolerate(err error, codes ...fault.Code) {
	s.t.Helper()
	for _, code := range codes {
		if fault.Is(err, code) {
			return
		}
	}
	if err != nil {
		s.t.Errorf("in the storm: %v", err)
	}
}
