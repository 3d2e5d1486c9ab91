package api_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestAppleDecidesWhoAccepted(t *testing.T) {
	h := newHouse(t)
	one, _ := h.invited()
	h.put(contentPath, object{"token_file": "raw-1"}).ok(200)
	refused := h.post(one+"/accept", nil).refused(409, "conflict")
	require.Contains(t, text(refused, "detail"), "Apple decides")
	h.post("/v1/invitations/"+unknownID+"/accept", nil).refused(404, "not_found")
	require.Equal(t, "queued", text(h.get(one).ok(200), "state"))
	require.Equal(t, "declined", text(h.post(one+"/decline", nil).ok(202), "state"))
}

func TestAcceptingAfterTheContentTokenIsGone(t *testing.T) {
	h := newHouse(t)
	h.put(contentPath, object{"token_file": "raw-1"}).ok(200)
	h.call(http.MethodDelete, contentPath, nil).ok(http.StatusNoContent)
	one, _ := h.invited()
	require.Equal(t, "accepted", text(h.post(one+"/accept", nil).ok(202), "state"))
}
