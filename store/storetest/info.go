package storetest

import (
	"time"

	"github.com/stretchr/testify/require"

	"heraut/content"
	"heraut/fault"
	"heraut/invitation"
	"heraut/people"
)

func membersByState(s *campus) {
	enrolled, invited, never := s.user("Åsa Öberg"), s.user("100%_zeker"), s.user("ليلى منصور")
	ipad, phone := s.live(invited, "iPad é"), s.live(invited, "a phone")
	s.enroll(enrolled)
	s.clock.Advance(time.Hour)
	s.send(by(invitation.PolicyPush, ofUser(invited)))
	s.deliver(invited)
	low := s.group(enrolled, invited)
	top := addGroup(s.t, s.Store, "top", []string{invited.ID, never.ID}, []string{low.ID})

	list := func(state people.UserState) []invitation.Member {
		var all []invitation.Member
		everyPage(s.t, func(m invitation.Member) string { return m.FullName }, func(after people.Cursor, limit int) (people.Page[invitation.Member], error) {
			page, err := s.MembersByState(s.t.Context(), top.ID, state, after, limit)
			all = append(all, page.Items...)
			return page, err
		})
		return all
	}
	name := func(m invitation.Member) string { return m.FullName }
	require.Equal(s.t, []string{"100%_zeker", "Åsa Öberg", "ليلى منصور"}, names(list(""), name))
	begun := s.clock.Now().Add(-time.Hour)
	one := list(people.Enrolled)
	require.Len(s.t, one, 1)
	require.Equal(s.t, begun, one[0].EnrolledAt)
	require.Equal(s.t, invitation.SourcePage, one[0].Source)
	require.Equal(s.t, invitation.Accepted, one[0].Last.State)
	require.Equal(s.t, invitation.ChannelMail, one[0].Last.Channel)

	one = list(people.Invited)
	require.Len(s.t, one, 1, "a member by two ways is one")
	require.Equal(s.t, []invitation.DeviceName{{ID: phone.ID, Name: "a phone", Platform: "ios"}, {ID: ipad.ID, Name: "iPad é", Platform: "ios"}}, one[0].Devices)
	last := one[0].Last
	require.Equal(s.t, invitation.Sent, last.State)
	require.Equal(s.t, invitation.ChannelAlert, last.Channel)
	require.Equal(s.t, invitation.WaitingAnswer, last.WaitingFor)
	require.Equal(s.t, s.clock.Now(), last.SentAt)
	require.True(s.t, last.SettledAt.IsZero())

	require.Equal(s.t, []invitation.Member{{Person: invitation.Person{ID: never.ID, FullName: never.FullName}}}, list(people.NotInvited))

	read, err := s.Enrollment(s.t.Context(), enrolled.ID)
	require.NoError(s.t, err)
	require.Equal(s.t, invitation.Enrollment{UserID: enrolled.ID, FullName: "Åsa Öberg", EnrolledAt: begun, Source: invitation.SourcePage}, read)
	_, err = s.Enrollment(s.t.Context(), never.ID)
	requireCode(s.t, err, fault.NotFound)
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

func groupsOfSend(s *campus) {
	a, b, c := s.user("a"), s.user("b"), s.user("c")
	deep := s.group(c)
	left := addGroup(s.t, s.Store, "Élan", []string{a.ID, b.ID}, nil)
	right := addGroup(s.t, s.Store, "far", []string{b.ID}, []string{deep.ID})
	top := addGroup(s.t, s.Store, "top", nil, []string{left.ID, right.ID})
	send := s.send(by(invitation.PolicyMail, ofGroup(top)))
	s.write(send)
	s.say(invitation.Accept, s.only(b).ID)
	s.record(b)

	got, err := s.SendGroups(s.t.Context(), send.ID)
	require.NoError(s.t, err)
	both := map[invitation.State]int{invitation.Accepted: 1, invitation.Queued: 1}
	require.Equal(s.t, []invitation.GroupProgress{{ID: left.ID, Name: "Élan", Counts: both}, {ID: right.ID, Name: "far", Counts: both}}, got)
	alone := s.send(by(invitation.PolicyMail, ofUser(s.user("d"))))
	got, err = s.SendGroups(s.t.Context(), alone.ID)
	require.NoError(s.t, err)
	require.Empty(s.t, got)
	_, err = s.SendGroups(s.t.Context(), "none")
	requireCode(s.t, err, fault.NotFound)

	best, err := s.TopGroups(s.t.Context(), 3)
	require.NoError(s.t, err)
	require.Equal(s.t, []string{"top", "far", "Élan"}, names(best, func(g people.GroupStanding) string { return g.Name }))
	require.Equal(s.t, people.GroupCounts{Members: 3, NotInvited: 2, Enrolled: 1}, best[0].GroupCounts)
	require.NoError(s.t, s.DeleteGroup(s.t.Context(), actor, top.ID, nil))
	best, err = s.TopGroups(s.t.Context(), 3)
	require.NoError(s.t, err)
	require.Equal(s.t, "far", best[0].Name, "what was changed here shows at once")
}

func contentOfUser(l *library) {
	u := l.user("one")
	low := l.group(u)
	top := addGroup(l.t, l.Store, "Top", nil, []string{low.ID})
	l.assign(low, app, book)
	l.assign(top, app)
	_, err := l.PutContent(l.t.Context(), actor, content.Owner{UserID: u.ID}, content.Choices(other))
	require.NoError(l.t, err)

	got, err := l.Promises(l.t.Context(), u.ID)
	require.NoError(l.t, err)
	require.Equal(l.t, []content.AssetRef{book, app, other}, refs(got))
	require.Equal(l.t, content.Book, got[0].Type)
	require.Equal(l.t, []content.GroupName{{ID: low.ID, Name: "group"}, {ID: top.ID, Name: "Top"}}, got[1].Groups)
	require.False(l.t, got[1].Direct)
	require.True(l.t, got[2].Direct)
	require.Nil(l.t, got[2].License)
	require.Empty(l.t, got[2].Groups)

	_, err = l.Promises(l.t.Context(), "none")
	requireCode(l.t, err, fault.NotFound)
	got, err = l.Promises(l.t.Context(), l.user("two").ID)
	require.NoError(l.t, err)
	require.Empty(l.t, got)
}

func refs(promises []content.Promise) []content.AssetRef {
	all := make([]content.AssetRef, len(promises))
	for i, p := range promises {
		all[i] = p.AssetRef
	}
	return all
}
