package storetest

import (
	"crypto/sha256"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"heraut/invitation"
	"heraut/people"
	"heraut/store"
)

// campus is a store with people to invite. Its clock stands still unless the
// test moves it.
type campus struct {
	*store.Store
	t     *testing.T
	clock *Clock
	made  int
}

func campusOf(t *testing.T, s *store.Store, c *Clock) *campus {
	t.Helper()
	return &campus{Store: s, t: t, clock: c}
}

// LinkHash makes the hashes of links, for store.Options: the suite must find
// an invitation by its link without a key.
func LinkHash(id string) []byte {
	sum := sha256.Sum256([]byte(id))
	return sum[:]
}

// schedule is what sends of the tests freeze: reminders without quiet hours.
func schedule() invitation.Schedule {
	return invitation.Schedule{ExpiresAfter: 30 * 24 * time.Hour, Reminders: []invitation.Reminder{
		{After: 2 * 24 * time.Hour, Via: invitation.ViaPush},
		{After: 5 * 24 * time.Hour, Via: invitation.ViaMail},
		{After: 10 * 24 * time.Hour, Via: invitation.ViaBoth},
	}}
}

// user makes a user with an address and the services on.
func (s *campus) user(name string) people.User {
	s.t.Helper()
	s.made++
	u, err := s.CreateUser(s.t.Context(), actor, people.User{
		FullName: name, Email: fmt.Sprintf("u%d@example.org", s.made), ManagedDistribution: true,
	})
	require.NoError(s.t, err)
	return u
}

// change edits a user.
func (s *campus) change(id string, edit func(*people.User)) people.User {
	s.t.Helper()
	u, err := s.UpdateUser(s.t.Context(), actor, id, nil, func(u people.User) (people.User, error) {
		edit(&u)
		return u, nil
	})
	require.NoError(s.t, err)
	return u
}

func noAddress(u *people.User)  { u.Email = "" }
func noServices(u *people.User) { u.ManagedDistribution = false }

// device makes a device of the user without a push channel.
func (s *campus) device(u people.User, name string) people.Device {
	s.t.Helper()
	d, err := s.CreateDevice(s.t.Context(), actor, people.Device{Name: name, Platform: people.IPadOS, UserID: u.ID})
	require.NoError(s.t, err)
	return d
}

// live makes a device of the user with a live alert channel.
func (s *campus) live(u people.User, name string) people.Device {
	s.t.Helper()
	s.made++
	d, err := s.CreateDevice(s.t.Context(), actor, people.Device{
		Name: name, Platform: people.IOS, UserID: u.ID,
		Push: []people.PushChannel{{Kind: people.PushAlert, Topic: "org.example.app", Token: fmt.Sprintf("%08x", s.made)}},
	})
	require.NoError(s.t, err)
	return d
}

// group makes a group of users.
func (s *campus) group(users ...people.User) people.Group {
	s.t.Helper()
	return addGroup(s.t, s.Store, "group", names(users, func(u people.User) string { return u.ID }), nil)
}

func ofUser(u people.User) invitation.Request {
	return invitation.Request{UserID: u.ID, Audience: invitation.NotEnrolled, Policy: invitation.PolicyAuto}
}

func ofGroup(g people.Group) invitation.Request {
	return invitation.Request{GroupID: g.ID, Audience: invitation.NotEnrolled, Policy: invitation.PolicyAuto}
}

func by(p invitation.Policy, r invitation.Request) invitation.Request {
	r.Policy = p
	return r
}

func (s *campus) plan(r invitation.Request) invitation.Plan {
	s.t.Helper()
	p, err := s.CreatePlan(s.t.Context(), actor, r)
	require.NoError(s.t, err)
	return p
}

func (s *campus) targets(p invitation.Plan) []invitation.Target {
	s.t.Helper()
	page, err := s.PlanTargets(s.t.Context(), p.ID, people.Cursor{}, 10_000)
	require.NoError(s.t, err)
	require.Nil(s.t, page.Next)
	return page.Items
}

// send plans and confirms.
func (s *campus) send(r invitation.Request) invitation.Send {
	s.t.Helper()
	return s.sendBy(r, schedule())
}

func (s *campus) sendBy(r invitation.Request, schedule invitation.Schedule) invitation.Send {
	s.t.Helper()
	p := s.plan(r)
	send, fresh, err := s.SendPlan(s.t.Context(), actor, p.ID, p.Digest, schedule)
	require.NoError(s.t, err)
	require.True(s.t, fresh)
	return send
}

// write writes all pages of a group's send.
func (s *campus) write(send invitation.Send) {
	s.t.Helper()
	for from := 0; ; {
		page, err := s.WritePage(s.t.Context(), send.ID, from, 100)
		require.NoError(s.t, err)
		require.Equal(s.t, invitation.HaltNone, page.Halt)
		if page.Last {
			return
		}
		from = page.Next
	}
}

// invitations lists what the filter matches, the oldest first.
func (s *campus) invitations(f invitation.Filter) []invitation.Invitation {
	s.t.Helper()
	page, err := s.ListInvitations(s.t.Context(), f, people.Cursor{}, 500)
	require.NoError(s.t, err)
	oldest := make([]invitation.Invitation, 0, len(page.Items))
	for i := range page.Items {
		oldest = append(oldest, page.Items[len(page.Items)-1-i])
	}
	return oldest
}

func (s *campus) invitation(id string) invitation.Invitation {
	s.t.Helper()
	i, err := s.Invitation(s.t.Context(), id)
	require.NoError(s.t, err)
	return i
}

// only is the one invitation that the user ever had.
func (s *campus) only(u people.User) invitation.Invitation {
	s.t.Helper()
	all := s.invitations(invitation.Filter{UserID: u.ID})
	require.Len(s.t, all, 1)
	return all[0]
}

// again reads a send anew; its counts must sum to the plan.
func (s *campus) again(send invitation.Send) invitation.Send {
	s.t.Helper()
	read, err := s.Send(s.t.Context(), send.ID)
	require.NoError(s.t, err)
	plan, err := s.Plan(s.t.Context(), send.PlanID)
	require.NoError(s.t, err)
	sum := 0
	for _, n := range read.Counts {
		sum += n
	}
	require.Equal(s.t, plan.Totals.Invitations, sum, "the counts sum to the plan")
	return read
}

// claim claims what is due for a user.
func (s *campus) claim(u people.User) []invitation.Message {
	s.t.Helper()
	claim, err := s.ClaimUser(s.t.Context(), u.ID)
	require.NoError(s.t, err)
	return claim.Messages
}

// next tells what comes next for a user with nothing due.
func (s *campus) next(u people.User) invitation.Next {
	s.t.Helper()
	claim, err := s.ClaimUser(s.t.Context(), u.ID)
	require.NoError(s.t, err)
	require.Empty(s.t, claim.Messages)
	return claim.Next
}

// mark puts messages on the wire; all of them may leave.
func (s *campus) mark(messages ...invitation.Message) {
	s.t.Helper()
	ids := names(messages, func(m invitation.Message) string { return m.DeliveryID })
	marked, err := s.Commit(s.t.Context(), ids, nil)
	require.NoError(s.t, err)
	require.ElementsMatch(s.t, ids, marked)
}

// answer records one outcome for messages.
func (s *campus) answer(o invitation.Outcome, messages ...invitation.Message) {
	s.t.Helper()
	results := make([]invitation.Result, len(messages))
	for i, m := range messages {
		results[i] = invitation.Result{DeliveryID: m.DeliveryID, Outcome: o}
	}
	_, err := s.Commit(s.t.Context(), nil, results)
	require.NoError(s.t, err)
}

var took = invitation.Outcome{Class: invitation.Taken, Code: 250, Answer: "2.0.0 Ok"}

// deliver lets a provider take everything that is due for a user.
func (s *campus) deliver(u people.User) []invitation.Message {
	s.t.Helper()
	messages := s.claim(u)
	s.mark(messages...)
	s.answer(took, messages...)
	return messages
}

// say gives the user's answer, on the invitation page.
func (s *campus) say(a invitation.Answer, id string) invitation.Decided {
	s.t.Helper()
	decided, err := s.Answer(s.t.Context(), id, a, people.Actor{Kind: people.ActorUser}, invitation.SourcePage)
	require.NoError(s.t, err)
	return decided
}

func (s *campus) record(u people.User) invitation.Recorded {
	s.t.Helper()
	r, err := s.Record(s.t.Context(), u.ID)
	require.NoError(s.t, err)
	return r
}

// reread reads a user anew.
func (s *campus) reread(u people.User) people.User {
	s.t.Helper()
	u, err := s.User(s.t.Context(), u.ID)
	require.NoError(s.t, err)
	return u
}

// story is an invitation's timeline in words.
func (s *campus) story(id string) []string {
	s.t.Helper()
	events, err := s.Timeline(s.t.Context(), id)
	require.NoError(s.t, err)
	return names(events, func(e invitation.Event) string { return e.What })
}

// actions are the audited actions on a target, the oldest first.
func (s *campus) actions(id string) []string {
	s.t.Helper()
	page, err := s.ListAudit(s.t.Context(), people.AuditFilter{TargetID: id}, people.Cursor{}, 500)
	require.NoError(s.t, err)
	all := make([]string, 0, len(page.Items))
	for i := range page.Items {
		all = append(all, page.Items[len(page.Items)-1-i].Action)
	}
	return all
}

// enroll makes a user accept an invitation by mail.
func (s *campus) enroll(u people.User) {
	s.t.Helper()
	send := s.send(by(invitation.PolicyMail, ofUser(u)))
	s.deliver(u)
	s.say(invitation.Accept, s.invitations(invitation.Filter{SendID: send.ID})[0].ID)
	s.record(u)
	require.Equal(s.t, people.Enrolled, s.reread(u).State)
}

func (s *campus) planOf(send invitation.Send) invitation.Plan {
	s.t.Helper()
	p, err := s.Plan(s.t.Context(), send.PlanID)
	require.NoError(s.t, err)
	return p
}

// view is what the invited person sees behind the invitation's link.
func (s *campus) view(id string) invitation.View {
	s.t.Helper()
	v, err := s.ByLink(s.t.Context(), LinkHash(id))
	require.NoError(s.t, err)
	return v
}
