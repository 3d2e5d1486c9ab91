package external

import (
	"context"
	"encoding/json"
	"net/http"

	"heraut/fault"
	"heraut/invitation"
)

// nobody is an enrollment id that no device has.
const nobody = "heraut-check"

// Version asks the server for its version, "v0.9.0" or "unknown". Errors are
// *fault.Error of code unavailable, with a sentence for an administrator.
func (c *Client) Version(ctx context.Context) (string, error) {
	got, err := c.do(ctx, request{http.MethodGet, "/version", nil})
	if err != nil {
		return "", fault.New(fault.Unavailable, c.broken(ctx, err).Answer)
	}
	var said struct {
		Version string `json:"version"`
	}
	if err := json.Unmarshal(got.body, &said); err != nil || got.status != http.StatusOK || said.Version == "" {
		return "", fault.New(fault.Unavailable, notNanoMDM)
	}
	return words(said.Version), nil
}

// Check tells whether a NanoMDM server answers and takes the API key, which
// Version does not need. It wakes a device that does not exist: of NanoMDM's
// calls the only one that changes nothing. Errors are *fault.Error with a
// sentence for an administrator: of code unauthenticated where the key is to
// blame, else unavailable.
func (c *Client) Check(ctx context.Context) error {
	outcome := c.Push(ctx, nobody)
	if outcome.Class == invitation.TokenDead || outcome.Class == invitation.Taken {
		return nil
	}
	if outcome.Code == http.StatusUnauthorized || outcome.Code == http.StatusForbidden {
		return fault.New(fault.Unauthenticated, outcome.Answer)
	}
	return fault.New(fault.Unavailable, outcome.Answer)
}
