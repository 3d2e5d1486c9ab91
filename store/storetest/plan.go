package storetest

import (
	"maps"
	"slices"
	"strconv"
	"time"

	"github.com/stretchr/testify/require"

	"heraut/fault"
	"heraut/invitation"
	"heraut/people"
)

type planned struct {
	invitations, users, messages int
	alert, mail                  int
	skipped                      map[invitation.Reason]int
}

func countsOf(p invitation.Plan) planned {
	skipped := maps.Clone(p.Totals.Skipped)
	maps.DeleteFunc(skipped, func(_ invitation.Reason, n int) bool { return n == 0 })
	return planned{
		p.Totals.Invitations, p.Totals.Users, p.Totals.Messages,
		p.Totals.ByChannel[invitation.ChannelAlert], p.Totals.ByChannel[invitation.ChannelMail], skipped,
	}
}

func planPolicies(s *campus) {
	a, b, c, d := s.user("push and mail"), s.user("mail alone"), s.user("push alone"), s.user("neither")
	s.live(a, "a1")
	s.device(a, "a2")
	s.live(c, "c1")
	s.device(d, "d1")
	s.change(c.ID, noAddress)
	s.change(d.ID, noAddress)
	off, done := s.user("off"), s.user("enrolled")
	s.change(off.ID, noServices)
	s.enroll(done)
	g := s.group(a, b, c, d, off, done)

	always := func(more map[invitation.Reason]int) map[invitation.Reason]int {
		more[invitation.ServicesOff], more[invitation.AlreadyEnrolled] = 1, 1
		return more
	}
	for policy, want := range map[invitation.Policy]planned{
		invitation.PolicyAuto: {3, 2, 3, 2, 1, always(map[invitation.Reason]int{invitation.NoDevice: 1, invitation.NoChannel: 1})},
		invitation.PolicyPush: {2, 2, 2, 2, 0, always(map[invitation.Reason]int{invitation.NoDevice: 1, invitation.NoChannel: 2})},
		invitation.PolicyMail: {3, 2, 2, 0, 3, always(map[invitation.Reason]int{invitation.NoChannel: 2})},
		invitation.PolicyBoth: {4, 3, 4, 2, 2, always(map[invitation.Reason]int{invitation.NoChannel: 2})},
	} {
		p := s.plan(by(policy, ofGroup(g)))
		require.Equal(s.t, want, countsOf(p), policy)
		require.Len(s.t, s.targets(p), want.invitations, policy)
		read, err := s.Plan(s.t.Context(), p.ID)
		require.NoError(s.t, err)
		require.Equal(s.t, p, read, policy)
		require.Equal(s.t, s.clock.Now().Add(time.Hour), p.ExpiresAt)
		require.Equal(s.t, []string{"plan.create"}, s.actions(p.ID))
	}
}

func planAudiences(s *campus) {
	never, asked, done := s.user("never"), s.user("asked"), s.user("done")
	s.send(by(invitation.PolicyMail, ofUser(asked)))
	s.deliver(asked)
	s.enroll(done)
	g := s.group(never, asked, done)

	r := by(invitation.PolicyMail, ofGroup(g))
	require.Len(s.t, s.targets(s.plan(r)), 2, "not yet enrolled")
	r.Audience = invitation.NotInvited
	p := s.plan(r)
	require.Equal(s.t, []string{never.ID}, names(s.targets(p), func(t invitation.Target) string { return t.UserID }))
	require.Equal(s.t, map[invitation.Reason]int{invitation.PreviouslyInvited: 1, invitation.AlreadyEnrolled: 1}, p.Totals.Skipped)
	for _, skip := range p.Skipped {
		require.Equal(s.t, skip.UserID == asked.ID, skip.Reason == invitation.PreviouslyInvited)
	}
}

func planNesting(s *campus) {
	u, gone := s.user("u"), s.user("gone")
	s.change(u.ID, noServices)
	s.live(u, "u1")
	low := addGroup(s.t, s.Store, "low", []string{u.ID, gone.ID}, nil)
	other := addGroup(s.t, s.Store, "other", []string{u.ID}, nil)
	top := addGroup(s.t, s.Store, "top", nil, []string{low.ID, other.ID})
	require.NoError(s.t, s.DeleteUser(s.t.Context(), actor, gone.ID, nil))

	require.Equal(s.t, planned{skipped: map[invitation.Reason]int{invitation.ServicesOff: 1}}, countsOf(s.plan(ofGroup(top))))
	_, err := s.UpdateGroup(s.t.Context(), actor, top.ID, nil, func(g people.Group) (people.Group, error) {
		g.ManagedDistribution = true
		return g, nil
	})
	require.NoError(s.t, err)
	for _, r := range []invitation.Request{ofGroup(top), ofGroup(low), ofUser(u)} {
		require.Equal(s.t, planned{1, 1, 1, 1, 0, map[invitation.Reason]int{}}, countsOf(s.plan(r)), "a switch on any group above counts; the user counts once")
	}
}

func planDevices(s *campus) {
	u, v := s.user("u"), s.user("v")
	one, two := s.live(u, "u1"), s.live(u, "u2")
	foreign := s.live(v, "v1")
	r := ofUser(u)
	r.DeviceIDs = []string{two.ID}
	require.Equal(s.t, []string{two.ID}, names(s.targets(s.plan(r)), func(t invitation.Target) string { return t.DeviceID }))

	for name, c := range map[string]struct {
		request invitation.Request
		pointer string
	}{
		"nobody":            {invitation.Request{UserID: "nobody"}, "/user_id"},
		"no group":          {invitation.Request{GroupID: "nothing"}, "/group_id"},
		"neither":           {invitation.Request{}, "/user_id"},
		"both":              {invitation.Request{UserID: u.ID, GroupID: "nothing"}, "/user_id"},
		"devices of groups": {invitation.Request{GroupID: s.group(u).ID, DeviceIDs: []string{one.ID}}, "/device_ids"},
		"another's device":  {invitation.Request{UserID: u.ID, DeviceIDs: []string{one.ID, foreign.ID}}, "/device_ids/1"},
		"no device":         {invitation.Request{UserID: u.ID, DeviceIDs: []string{"none"}}, "/device_ids/0"},
		"too many":          {invitation.Request{UserID: u.ID, DeviceIDs: slices.Repeat([]string{one.ID}, 1001)}, "/device_ids"},
	} {
		_, err := s.CreatePlan(s.t.Context(), actor, c.request)
		requireCode(s.t, err, fault.InvalidRequest)
		require.ErrorContains(s.t, err, c.pointer+":", name)
	}
}

func planDigest(s *campus) {
	u := s.user("u")
	s.live(u, "u1")
	first, second := s.plan(ofUser(u)), s.plan(ofUser(u))
	require.Equal(s.t, first.Digest, second.Digest)
	require.NotEqual(s.t, s.targets(first)[0].InvitationID, s.targets(second)[0].InvitationID)
	s.change(u.ID, func(u *people.User) { u.FullName = "somebody" })
	require.Equal(s.t, first.Digest, s.plan(ofUser(u)).Digest, "names do not count")
	s.live(u, "u2")
	require.NotEqual(s.t, first.Digest, s.plan(ofUser(u)).Digest)
	require.NotEqual(s.t, first.Digest, s.plan(by(invitation.PolicyMail, ofUser(u))).Digest)
}

// planLive: an MDM wake-up alone shows nothing, and a dead token none.
func planLive(s *campus) {
	u := s.user("u")
	for i, channels := range [][]people.PushChannel{
		{{Kind: people.PushMDM, Topic: "t", Token: "0a", PushMagic: "m"}},
		{{Kind: people.PushAlert, Topic: "t", Token: "0b"}},
	} {
		d, err := s.CreateDevice(s.t.Context(), actor, people.Device{Name: strconv.Itoa(i), Platform: people.IOS, UserID: u.ID, Push: channels})
		require.NoError(s.t, err)
		_, err = s.MarkPushDead(s.t.Context(), d.ID, people.PushAlert, "0b", s.clock.Now())
		require.NoError(s.t, err)
	}
	require.Equal(s.t, planned{2, 1, 1, 0, 2, map[invitation.Reason]int{}}, countsOf(s.plan(ofUser(u))))
}

func planLists(s *campus) {
	users := make([]people.User, 0, 120)
	for i := range 120 {
		users = append(users, s.user(strconv.Itoa(i)))
	}
	g := s.group(users...)
	p := s.plan(ofGroup(g))
	require.Len(s.t, p.Skipped, invitation.MaxListed)
	require.Equal(s.t, 120, p.Totals.Skipped[invitation.NoDevice])

	p = s.plan(by(invitation.PolicyMail, ofGroup(g)))
	var all []invitation.Target
	for after := (people.Cursor{}); ; {
		page, err := s.PlanTargets(s.t.Context(), p.ID, after, 50)
		require.NoError(s.t, err)
		all = append(all, page.Items...)
		if page.Next == nil {
			break
		}
		after = *page.Next
	}
	require.Equal(s.t, s.targets(p), all)
	_, err := s.PlanTargets(s.t.Context(), p.ID, people.Cursor{Key: "x"}, 50)
	requireCode(s.t, err, fault.InvalidRequest)
	_, err = s.Plan(s.t.Context(), "none")
	requireCode(s.t, err, fault.NotFound)
}
