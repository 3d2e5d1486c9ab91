package people

import (
	"testing"

	"github.com/stretchr/testify/require"

	"heraut/fault"
)

func TestRolesIncludeTheOnesBefore(t *testing.T) {
	for _, c := range []struct {
		role, other Role
		want        bool
	}{
		{Viewer, Viewer, true},
		{Viewer, Operator, false},
		{Operator, Viewer, true},
		{Operator, Admin, false},
		{Admin, Operator, true},
		{Admin, "", false},
		{"", "", false},
		{"root", Viewer, false},
	} {
		require.Equal(t, c.want, c.role.Includes(c.other), "%q includes %q", c.role, c.other)
	}
}

func TestKeyNeedsNameAndRole(t *testing.T) {
	require.NoError(t, APIKey{Name: "scripts", Role: Viewer}.Check())
	err := APIKey{Name: " ", Role: "root"}.Check()
	require.True(t, fault.Is(err, fault.InvalidRequest))
	require.ErrorContains(t, err, "/name")
	require.ErrorContains(t, err, "/role")
}
