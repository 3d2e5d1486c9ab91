package portal_test

import (
	"net/http"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"

	"heraut/invitation"
)

func TestGuessingIsLimited(t *testing.T) {
	h := newHouse(t)
	token := h.invite(invitation.Sent)
	const guesses = 2000 // more than an allowance and what grows back meanwhile
	last := 0
	for i := range guesses {
		// A forged header must not buy another allowance.
		last = h.get("/i/guess-"+strconv.Itoa(i), "X-Forwarded-For", "203.0.113."+strconv.Itoa(i%250)).Code
		if last != http.StatusNotFound {
			break
		}
	}
	require.Equal(t, http.StatusTooManyRequests, last)
	require.Less(t, len(h.book.hashes), guesses, "the store is spared")

	other := request(http.MethodGet, "/i/"+token, nil)
	other.RemoteAddr = "198.51.100.7:5555"
	require.Equal(t, http.StatusOK, h.do(other).Code, "somebody else feels nothing")
}

func TestTrueLinksAreNotCounted(t *testing.T) {
	h := newHouse(t)
	token := h.invite(invitation.Sent)
	for range 2000 { // a school behind one address
		require.Equal(t, http.StatusOK, h.get("/i/"+token).Code)
	}
}
