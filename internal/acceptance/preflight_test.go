package acceptance_test

import (
	"net/http"

	"github.com/stretchr/testify/require"

	"heraut/api/client"
)

// preflight is the check of a name.
func (s *site) preflight(name string) client.Check {
	s.Helper()
	checks := ask(s, http.StatusOK, func() (*client.GetPreflightResponse, error) {
		return s.api.GetPreflightWithResponse(s.Context())
	}).JSON200.Checks
	for _, check := range checks {
		if check.Name == name {
			return check
		}
	}
	require.Fail(s, "no such check", name)
	return client.Check{}
}

// fails waits until preflight finds something wrong.
func (s *site) fails(name string) (check client.Check) {
	s.Helper()
	eventually(s, func() bool {
		check = s.preflight(name)
		return !check.Ok
	}, "preflight complains of %s", name)
	return check
}
