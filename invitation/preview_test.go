package invitation

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestPreviewCountsWhatPlansWouldHold(t *testing.T) {
	all := []Candidate{
		{UserID: "a", Services: true, HasMail: true, Devices: []CandidateDevice{{ID: "1", Channel: ChannelAlert}}},
		{UserID: "b", Services: true, HasMail: true},
		{UserID: "c", Services: true, Silent: true},
		{UserID: "d"},
	}
	p := PreviewOf(all, NotEnrolled, PolicyAuto, PolicyMail)
	require.False(t, p.Differ)
	require.Len(t, p.Totals, 2)
	for policy, totals := range p.Totals {
		want := Count(Assign(all, NotEnrolled, policy))
		want.Silent = 1
		require.Equal(t, want, totals)
	}
	require.Equal(t, 1, p.Totals[PolicyAuto].Invitations)
	require.Equal(t, 2, p.Totals[PolicyMail].Invitations)
}

func TestAudiencesDiffer(t *testing.T) {
	for name, c := range map[string]struct {
		candidate Candidate
		differ    bool
	}{
		"never invited":          {Candidate{Services: true}, false},
		"invited":                {Candidate{Services: true, Invited: true}, true},
		"invited and enrolled":   {Candidate{Services: true, Invited: true, Enrolled: true}, false},
		"invited, services off":  {Candidate{Invited: true}, false},
		"invited with account":   {Candidate{Services: true, Invited: true, Silent: true}, true},
		"enrolled by an account": {Candidate{Services: true, Enrolled: true, Silent: true}, false},
	} {
		require.Equal(t, c.differ, PreviewOf([]Candidate{{}, c.candidate}, NotInvited).Differ, name)
	}
}
