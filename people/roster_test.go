package people

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestRosterCleanLeavesTheOriginalAlone(t *testing.T) {
	r := Roster{
		People:  []RosterPerson{{ExternalID: " p1 ", FullName: " Jan "}},
		Groups:  []RosterGroup{{ExternalID: "class:1 "}},
		Devices: []RosterDevice{{SerialNumber: " S1", UDID: "U1 ", Name: " iPad "}},
	}
	c := r.Clean()
	require.Equal(t, []string{"p1", "class:1", "S1", "U1"},
		[]string{c.People[0].ExternalID, c.Groups[0].ExternalID, c.Devices[0].SerialNumber, c.Devices[0].UDID})
	require.Equal(t, " p1 ", r.People[0].ExternalID)
	require.Equal(t, User{FullName: "Jan", ExternalID: "p1"}, c.People[0].User())
	require.Equal(t, Device{Name: "iPad", SerialNumber: "S1", UDID: "U1"}, c.Devices[0].Device())
}
