package storetest

import (
	"github.com/stretchr/testify/require"

	"heraut/fault"
	"heraut/invitation"
)

var allPolicies = []invitation.Policy{invitation.PolicyAuto, invitation.PolicyPush, invitation.PolicyMail, invitation.PolicyBoth}

func (s *campus) preview(r invitation.Request) invitation.Preview {
	s.t.Helper()
	p, err := s.PreviewPlan(s.t.Context(), r, allPolicies...)
	require.NoError(s.t, err)
	return p
}

// planPreview holds what is shown before a plan to what the plan then holds.
func planPreview(s *campus) {
	a, b, done := s.user("push and mail"), s.user("mail alone"), s.user("enrolled")
	phone := s.live(a, "phone")
	s.device(a, "tablet")
	off := s.user("off")
	s.change(off.ID, noServices)
	s.enroll(done)
	g := s.group(a, b, off, done)
	require.False(s.t, s.preview(ofGroup(g)).Differ, "nobody was invited in vain")

	s.send(by(invitation.PolicyMail, ofUser(b)))
	s.deliver(b)
	one := ofUser(a)
	one.DeviceIDs = []string{phone.ID}
	for _, r := range []invitation.Request{ofGroup(g), one, ofUser(b)} {
		for _, r.Audience = range []invitation.Audience{invitation.NotInvited, invitation.NotEnrolled} {
			before := s.actions("")
			p := s.preview(r)
			require.Equal(s.t, before, s.actions(""), "nothing is written")
			require.Equal(s.t, r.UserID != a.ID, p.Differ)
			for _, policy := range allPolicies {
				require.Equal(s.t, s.plan(by(policy, r)).Totals, p.Totals[policy], "%v by %s", r, policy)
			}
		}
	}
}

func planPreviewRefused(s *campus) {
	u := s.user("Sem")
	other := s.device(s.user("Zoë"), "another's")
	for _, r := range []invitation.Request{
		{},
		{UserID: u.ID, GroupID: s.group(u).ID},
		{UserID: "nobody"},
		{GroupID: "nothing"},
		{UserID: u.ID, DeviceIDs: []string{other.ID}},
	} {
		_, err := s.PreviewPlan(s.t.Context(), r, invitation.PolicyAuto)
		requireCode(s.t, err, fault.InvalidRequest)
	}
}

func planNamesOf(s *campus) {
	a, b := s.user("Zoë Ünal"), s.user("Bram")
	s.change(b.ID, noAddress)
	d := s.device(a, "iPad van Zoë")
	require.NoError(s.t, s.DeleteUser(s.t.Context(), actor, b.ID, nil))
	got, err := s.NamesOf(s.t.Context(), []string{a.ID, b.ID, "nobody"}, []string{d.ID, "nothing"})
	require.NoError(s.t, err)
	require.Equal(s.t, invitation.Names{
		Users:   map[string]invitation.NamedUser{a.ID: {FullName: "Zoë Ünal", HasMail: true}, b.ID: {FullName: "Bram"}},
		Devices: map[string]string{d.ID: "iPad van Zoë"},
	}, got, "who is gone has a name still")
	got, err = s.NamesOf(s.t.Context(), nil, nil)
	require.NoError(s.t, err)
	require.Empty(s.t, got.Users)
	require.Empty(s.t, got.Devices)

	g := s.group(a)
	require.NoError(s.t, s.DeleteGroup(s.t.Context(), actor, g.ID, nil))
	groups, err := s.GroupNames(s.t.Context(), g.ID, "nothing")
	require.NoError(s.t, err)
	require.Equal(s.t, map[string]string{g.ID: g.Name}, groups)
}
