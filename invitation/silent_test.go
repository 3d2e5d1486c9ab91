package invitation

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// TestSilentAreNeitherInvitedNorSkipped: whom the audience leaves out, it leaves
// out silently or not.
func TestSilentAreNeitherInvitedNorSkipped(t *testing.T) {
	as := func(id string, change func(*Candidate)) Candidate {
		return invitable(func(c *Candidate) {
			c.UserID, c.Silent = id, true
			change(c)
		})
	}
	all := []Candidate{
		as("c", func(*Candidate) {}),
		as("a", func(c *Candidate) { c.Invited = true }),
		as("off", func(c *Candidate) { c.Services = false }),
		as("done", func(c *Candidate) { c.Enrolled = true }),
		as("loud", func(c *Candidate) { c.Silent = false }),
	}
	require.Equal(t, []string{"a", "c"}, Silent(all, NotEnrolled))
	require.Equal(t, []string{"c"}, Silent(all, NotInvited))

	targets, skips := Assign(all, NotEnrolled, PolicyMail)
	for _, target := range targets {
		require.Equal(t, "loud", target.UserID)
	}
	require.NotEmpty(t, targets)
	require.Equal(t, []Skip{{UserID: "off", Reason: ServicesOff}, {UserID: "done", Reason: AlreadyEnrolled}}, skips)
}

func TestDigestHoldsTheSilent(t *testing.T) {
	set := []Target{{UserID: "a", Channel: ChannelMail}}
	require.Equal(t, Digest(set), Digest(set, []string{}...), "without any it is as it was")
	require.NotEqual(t, Digest(set), Digest(set, "b"))
	require.NotEqual(t, Digest(set, "b", "c"), Digest(set, "bc"))
}
