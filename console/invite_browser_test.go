package console_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"heraut/internal/testkit/browsertest"
	"heraut/people"
)

// TestInvitingInABrowser presses the buttons of a group's page without a mouse.
func TestInvitingInABrowser(t *testing.T) {
	h := newHouse(t)
	a, b := h.user("Zoë Ünal", mailed), h.user("Bram de Vries")
	h.phone(a, "iPad van Zoë")
	g := h.group("4A", []people.User{a, b})
	page := browsertest.Open(t, browsertest.Options{Language: "en"})
	page.Go(h.url + "/sign-in")
	page.Fill("field Email address or user name", h.me.Login)
	page.Fill("field Passphrase", passphrase)
	page.Press("\r")
	page.Until(`location.pathname === "/"`, "nobody is signed in")
	for _, path := range []string{"/groups/" + g.ID + "/info", "/users/" + a.ID + "/info", "/sends"} {
		page.Go(h.url + path)
		page.Accessible()
		require.Zero(t, page.Wide(), path)
	}
	page.Go(h.url + "/groups/" + g.ID + "/info")
	page.Activate("button Send invitation to users' devices", "\r")
	page.Until(`document.querySelector("dialog[open] [autofocus]") === document.activeElement`, "the focus is not on the safe button")
	page.See("Send invitation to 4A")
	page.Accessible()
	page.Enter("button Send")
	page.Until(`location.pathname.startsWith("/sends/")`, "nothing was sent")
	page.See("Where the invitations stand")
	page.Accessible()
	require.Zero(t, page.Wide())
	require.Len(t, h.engine.told, 1)
}
