package storetest

import (
	"github.com/stretchr/testify/require"

	"heraut/content"
	"heraut/fault"
	"heraut/invitation"
	"heraut/people"
)

// withAccount gives a user a Managed Apple Account.
func (s *campus) withAccount(u people.User) people.User {
	s.t.Helper()
	return s.change(u.ID, func(u *people.User) { u.ManagedAppleAccount = u.FullName + "@school.example" })
}

func silentPlans(s *campus) {
	silent, loud, off := s.withAccount(s.user("silent")), s.user("loud"), s.withAccount(s.user("off"))
	s.change(off.ID, noServices)
	r := by(invitation.PolicyMail, ofGroup(s.group(silent, loud, off)))
	plain := s.plan(r)
	require.Equal(s.t, 2, plain.Totals.Invitations, "without a token everybody is invited")
	require.Zero(s.t, plain.Totals.Silent)

	s.installToken()
	p := s.plan(r)
	require.Equal(s.t, 1, p.Totals.Invitations)
	require.Equal(s.t, 1, p.Totals.Silent)
	require.Equal(s.t, map[invitation.Reason]int{invitation.ServicesOff: 1}, p.Totals.Skipped)
	read, err := s.Plan(s.t.Context(), p.ID)
	require.NoError(s.t, err)
	require.Equal(s.t, p.Totals, read.Totals)

	// Who is silent belongs to what a person confirms.
	another := s.withAccount(s.user("another"))
	s.register(another)
	s.apply(joined(another))
	require.Equal(s.t, p.Digest, s.plan(r).Digest, "others do not count")
	s.change(silent.ID, func(u *people.User) { u.ManagedAppleAccount = "" })
	_, _, err = s.SendPlan(s.t.Context(), actor, p.ID, p.Digest, schedule())
	requireCode(s.t, err, fault.PlanStale)
}

// silentSends: a plan of silent users alone is over when it is sent.
func silentSends(s *campus) {
	s.installToken()
	silent, loud := s.withAccount(s.user("silent")), s.user("loud")
	send := s.send(ofUser(silent))
	require.Equal(s.t, invitation.SendSettled, send.State)
	require.Zero(s.t, s.again(send).Counts[invitation.Queued])
	require.Equal(s.t, []string{silent.ID}, s.wanted())
	require.Equal(s.t, silent.ManagedAppleAccount, s.account(silent).ManagedAppleAccount)
	require.Empty(s.t, s.invitations(invitation.Filter{UserID: silent.ID}))

	group := s.send(by(invitation.PolicyMail, ofGroup(s.group(silent, loud))))
	require.Equal(s.t, invitation.SendRunning, group.State)
	require.Equal(s.t, []string{silent.ID}, s.wanted(), "once")
	s.claimAccounts(silent)
	require.Equal(s.t, silent.ManagedAppleAccount, s.account(silent).ManagedAppleAccount, "whoever asks, Apple is told")
	s.apply(joined(silent))
	require.Equal(s.t, people.Enrolled, s.reread(silent).State)
	require.Equal(s.t, 1, s.plan(ofUser(silent)).Totals.Skipped[invitation.AlreadyEnrolled])
	_, _, err := s.SendPlan(s.t.Context(), actor, s.plan(ofUser(silent)).ID, s.plan(ofUser(silent)).Digest, schedule())
	requireCode(s.t, err, fault.InvalidRequest)

	// An enrollment that was ended begins anew once the account has ended.
	require.NoError(s.t, s.DeleteEnrollment(s.t.Context(), actor, silent.ID))
	s.send(ofUser(silent))
	require.Equal(s.t, content.StateRetiring, s.account(silent).State)
	s.apply(left(silent))
	require.Equal(s.t, []string{silent.ID}, s.wanted())
}

// silentRefused: whose account Apple refuses is invited like others, until it
// is another account.
func silentRefused(s *campus) {
	s.installToken()
	u := s.withAccount(s.user("u"))
	s.send(ofUser(u))
	s.claimAccounts(u)
	s.refuse(u, "belongs to another (9641)", true)
	require.Equal(s.t, content.StateRefused, s.account(u).State)
	require.Equal(s.t, "belongs to another (9641)", s.account(u).LastAnswer)
	require.Empty(s.t, s.wanted())

	r := by(invitation.PolicyMail, ofUser(u))
	require.Equal(s.t, 1, s.plan(r).Totals.Invitations)
	s.send(r)
	require.True(s.t, s.needsRegistration(u))
	s.register(u)
	require.Equal(s.t, 1, s.plan(r).Totals.Invitations, "still")
	s.change(u.ID, func(u *people.User) { u.ManagedAppleAccount = "other@school.example" })
	require.Equal(s.t, 1, s.plan(r).Totals.Silent)
}
