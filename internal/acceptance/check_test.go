package acceptance_test

import (
	"slices"

	"github.com/stretchr/testify/require"

	"heraut/api/client"
	smtpsim "heraut/simulator/smtp"
)

// check holds what must be true after any run, whatever was killed or refused:
// the invariants I1 to I4 and I6 of the project. doubtful are the Message-IDs
// that may have come twice, for their process died while they were on the wire.
func (s *site) check(sends []string, doubtful ...string) {
	s.Helper()
	for _, id := range sends {
		s.checkSend(id)
	}
	s.checkMails(doubtful)
	s.checkEnrollments()
	s.checkAudit()
}

// checkSend is I1: what was planned is there, once, and counted; a send with
// nothing open is settled.
func (s *site) checkSend(id string) {
	s.Helper()
	send := s.send(id)
	planned := map[string]int{}
	for _, target := range s.targets(send.PlanID) {
		planned[target.UserID+" "+value(target.DeviceID)]++
	}
	found := map[string]int{}
	counts := map[client.InvitationState]int{}
	for _, invitation := range s.invitations(client.ListInvitationsParams{SendID: &id}) {
		found[invitation.User.ID+" "+value(invitation.Device).ID]++
		counts[invitation.State]++
		s.checkTime(invitation)
	}
	require.Equal(s, planned, found, "the invitations of send %s", id)
	c := send.Counts
	told := map[client.InvitationState]int{
		client.InvitationStateQueued: c.Queued, client.InvitationStateSent: c.Sent, client.InvitationStateShown: c.Shown,
		client.InvitationStateAccepted: c.Accepted, client.InvitationStateDeclined: c.Declined,
		client.InvitationStateExpired: c.Expired, client.InvitationStateCancelled: c.Cancelled, client.InvitationStateFailed: c.Failed,
	}
	for state, n := range told {
		require.Equal(s, counts[state], n, "counted %s of send %s", state, id)
	}
	open := c.Queued + c.Sent + c.Shown
	require.Equal(s, open == 0, send.State == client.SendStateSettled || send.State == client.SendStateCancelled,
		"send %s is %s with %d open", id, send.State, open)
}

// checkTime is I4: no answer is taken after expiry.
func (s *site) checkTime(i client.Invitation) {
	s.Helper()
	if i.State == client.InvitationStateAccepted || i.State == client.InvitationStateDeclined {
		require.False(s, value(i.SettledAt).After(value(i.ExpiresAt)), "invitation %s was answered after it expired", i.ID)
	}
}

// checkMails is I2: a mail came once, or is one of the doubtful and came twice
// at most; all its copies are to one address, with one link.
func (s *site) checkMails(doubtful []string) {
	s.Helper()
	first := map[string]smtpsim.Message{}
	for _, mail := range s.sink.Messages() {
		require.NotEmpty(s, mail.MessageID)
		before, again := first[mail.MessageID]
		if !again {
			first[mail.MessageID] = mail
			continue
		}
		require.Equal(s, before.To, mail.To, "copies of %s", mail.MessageID)
		require.Equal(s, pageIn(&before), pageIn(&mail), "copies of %s", mail.MessageID)
	}
	for id, copies := range s.sink.Copies() {
		allowed := 1
		if slices.Contains(doubtful, id) {
			allowed = 2
		}
		require.LessOrEqual(s, copies, allowed, "copies of %s", id)
	}
}

// checkEnrollments is I3: a user is enrolled once, and says so.
func (s *site) checkEnrollments() {
	s.Helper()
	seen := map[string]bool{}
	for _, e := range s.enrollments() {
		require.False(s, seen[e.UserID], "user %s is enrolled twice", e.UserID)
		seen[e.UserID] = true
	}
	accepted := map[string]bool{}
	for _, i := range s.invitations(client.ListInvitationsParams{State: new(client.InvitationStateAccepted)}) {
		accepted[i.User.ID] = true
	}
	require.Equal(s, accepted, seen, "who accepted is enrolled, and nobody else")
}

// checkAudit is I6, as far as readers of the API see: numbers without a gap.
func (s *site) checkAudit() {
	s.Helper()
	rows := s.audit()
	for i, row := range rows {
		require.Equal(s, int64(len(rows)-i), row.ID, "row %d of the audit log", i)
	}
}
