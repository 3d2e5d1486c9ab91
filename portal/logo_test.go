package portal_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"heraut/invitation"
	"heraut/settings"
)

func TestLogoOnPages(t *testing.T) {
	h := newHouse(t)
	token := h.invite(invitation.Sent)
	require.NotContains(t, h.get("/i/"+token).Body.String(), "<img")
	require.Equal(t, http.StatusNotFound, h.get("/i/assets/logo..png").Code, "there is none")

	h.organization.Logo = settings.Logo{MediaType: "image/png", Fingerprint: "0a1b", Width: 8, Height: 4}
	require.Contains(t, h.get("/i/"+token).Body.String(), `<img class="logo" src="/i/assets/logo.0a1b.png" alt="">`)
	got := h.get("/i/assets/logo.0a1b.png")
	require.Equal(t, http.StatusOK, got.Code)
	require.Equal(t, "the picture", got.Body.String())
	require.Equal(t, "image/png", got.Header().Get("Content-Type"))
	require.Equal(t, "nosniff", got.Header().Get("X-Content-Type-Options"))
	require.Contains(t, got.Header().Get("Cache-Control"), "immutable")
	earlier := h.get("/i/assets/logo.ffff.jpg")
	require.Equal(t, http.StatusFound, earlier.Code)
	require.Equal(t, "/i/assets/logo.0a1b.png", earlier.Header().Get("Location"), "mails of before show today's")
	for _, other := range []string{"logo.0a1b.svg", "logo.png", "..%2Flogo.0a1b.png"} {
		require.Equal(t, http.StatusNotFound, h.get("/i/assets/"+other).Code, other)
	}
}
