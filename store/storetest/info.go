package storetest

import (
	"context"
	"time"

	"github.com/stretchr/testify/require"

	"heraut/fault"
	"heraut/invitation"
	"heraut/people"
)

func enrollmentOfOne(s *campus) {
	enrolled, never := s.user("Åsa Öberg"), s.user("ليلى منصور")
	s.enroll(enrolled)
	read, err := s.Enrollment(s.t.Context(), enrolled.ID)
	require.NoError(s.t, err)
	require.Equal(s.t, invitation.Enrollment{UserID: enrolled.ID, FullName: "Åsa Öberg", EnrolledAt: s.clock.Now(), Source: invitation.SourcePage}, read)
	_, err = s.Enrollment(s.t.Context(), never.ID)
	requireCode(s.t, err, fault.NotFound)
}

// namesOfTargets are what the audit log calls invitations, plans and sends.
func namesOfTargets(s *campus) {
	a := s.user("Åsa Öberg")
	s.live(a, "iPad")
	g := s.group(a)
	together, sent := s.plan(ofGroup(g)), s.send(ofUser(a))
	alone := s.planOf(sent)
	named := func(read func(context.Context, ...string) (map[string]string, error), ids ...string) map[string]string {
		s.t.Helper()
		names, err := read(s.t.Context(), ids...)
		require.NoError(s.t, err)
		return names
	}
	invited := s.targets(alone)[0].InvitationID
	require.Equal(s.t, map[string]string{invited: "Åsa Öberg"}, named(s.InvitedNames, invited, "nothing"))
	require.Equal(s.t, map[string]string{sent.ID: "Åsa Öberg"}, named(s.SentNames, sent.ID))
	require.Equal(s.t, map[string]string{alone.ID: "Åsa Öberg", together.ID: g.Name}, named(s.PlannedNames, alone.ID, together.ID))
	counts, err := s.EverybodyCounts(s.t.Context())
	require.NoError(s.t, err)
	require.Equal(s.t, 1, counts.Members)
	require.Equal(s.t, counts.Members, counts.NotInvited+counts.Invited+counts.Enrolled)

	require.NoError(s.t, s.DeleteUser(s.t.Context(), actor, a.ID, nil))
	require.Equal(s.t, map[string]string{invited: ""}, named(s.InvitedNames, invited), "who is gone has no name")
	counts, err = s.EverybodyCounts(s.t.Context())
	require.NoError(s.t, err)
	require.Zero(s.t, counts)
}

func planNames(s *campus) {
	a, b := s.user("Åsa Öberg"), s.user("100%_zeker")
	s.live(a, "iPad é")
	bare := s.device(a, "no channel")
	s.change(a.ID, noAddress)
	s.change(b.ID, noServices)
	users := []people.User{a, b}
	for range invitation.MaxListed {
		users = append(users, s.user("more"))
	}
	p := s.plan(by(invitation.PolicyPush, ofGroup(s.group(users...))))
	page, err := s.NamedTargets(s.t.Context(), p.ID, people.Cursor{}, 10)
	require.NoError(s.t, err)
	require.Len(s.t, page.Items, 1)
	target := page.Items[0]
	require.Equal(s.t, invitation.Person{ID: a.ID, FullName: "Åsa Öberg"}, target.User)
	require.Equal(s.t, "iPad é", target.Device.Name)
	require.Equal(s.t, invitation.ChannelAlert, target.Channel)
	require.Equal(s.t, s.targets(p)[0].InvitationID, target.InvitationID)

	skips := func(reason invitation.Reason) (all []invitation.NamedSkip) {
		everyPage(s.t, func(k invitation.NamedSkip) string { return k.User.FullName }, func(after people.Cursor, limit int) (people.Page[invitation.NamedSkip], error) {
			page, err := s.PlanSkips(s.t.Context(), p.ID, reason, after, limit)
			all = append(all, page.Items...)
			return page, err
		})
		return all
	}
	all := skips("")
	require.Len(s.t, all, invitation.MaxListed+2, "all of them, not the first")
	for reason, n := range p.Totals.Skipped {
		require.Len(s.t, skips(reason), n, reason)
	}
	require.Equal(s.t, []invitation.NamedSkip{{User: invitation.Person{ID: b.ID, FullName: "100%_zeker"}, Reason: invitation.ServicesOff}}, skips(invitation.ServicesOff))
	require.Equal(s.t, []invitation.NamedSkip{{
		User: invitation.Person{ID: a.ID, FullName: "Åsa Öberg"}, Reason: invitation.NoChannel,
		Device: &invitation.DeviceName{ID: bare.ID, Name: "no channel", Platform: "ipados"},
	}}, skips(invitation.NoChannel))

	for _, after := range []people.Cursor{{Key: "x"}} {
		_, err = s.NamedTargets(s.t.Context(), p.ID, after, 1)
		requireCode(s.t, err, fault.InvalidRequest)
		_, err = s.PlanSkips(s.t.Context(), p.ID, "", after, 1)
		requireCode(s.t, err, fault.InvalidRequest)
	}
}

func progressOfSend(s *campus) {
	users, send := s.class(5)
	begun := s.clock.Now()
	s.clock.Advance(90 * time.Second)
	s.say(invitation.Accept, s.only(users[0]).ID)
	s.say(invitation.Decline, s.only(users[1]).ID)
	s.clock.Advance(time.Hour)
	s.say(invitation.Accept, s.only(users[2]).ID)

	points, err := s.SendProgress(s.t.Context(), send.ID, time.Time{}, 30*time.Minute)
	require.NoError(s.t, err)
	require.Equal(s.t, begun, points[0].At)
	require.Empty(s.t, points[0].Settled)
	require.Equal(s.t, map[invitation.State]int{invitation.Accepted: 1, invitation.Declined: 1}, points[1].Settled)
	require.Equal(s.t, map[invitation.State]int{invitation.Accepted: 2, invitation.Declined: 1}, points[len(points)-1].Settled)
	later, err := s.SendProgress(s.t.Context(), send.ID, begun.Add(30*time.Minute), time.Second)
	require.NoError(s.t, err)
	require.Equal(s.t, map[invitation.State]int{invitation.Accepted: 1, invitation.Declined: 1}, later[0].Settled)
	require.Equal(s.t, time.Minute, later[1].At.Sub(later[0].At), "the smallest step")
	_, err = s.SendProgress(s.t.Context(), "none", time.Time{}, time.Minute)
	requireCode(s.t, err, fault.NotFound)
}
