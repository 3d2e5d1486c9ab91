package console_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"heraut/console"
	"heraut/fault"
	"heraut/internal/testkit/browsertest"
	"heraut/invitation"
	"heraut/people"
)

// leave ends every session of whoever is signed in.
func (h *house) leave() {
	h.t.Helper()
	_, err := h.store.SetPassphrase(h.t.Context(), setup, h.me.ID, hash())
	require.NoError(h.t, err)
}

// opens presses what opens a dialog.
func opens(page *browsertest.Page, name string) {
	page.Activate(name, "\r")
	page.Until(`document.querySelector("dialog").open`, "no dialog opens")
}

// TestSessionEndsInADialog: what is pressed or typed after the session's end is
// done once one has signed in again, in the dialog and in a form of htmx.
func TestSessionEndsInADialog(t *testing.T) {
	h := newHouse(t)
	a := h.user("Zoë Ünal", served)
	h.phone(a, "iPad van Zoë")
	page := h.browser(browsertest.Options{Language: "nl"})
	again := func() {
		page.See("Log opnieuw in")
		page.Until(`document.activeElement.name === "signin.passphrase"`, "the focus is not where one goes on")
		page.Accessible()
		require.Zero(t, page.Wide())
		page.Fill("field E-mailadres of gebruikersnaam", h.me.Login)
		page.Fill("field Wachtwoordzin", passphrase)
		page.Submit()
	}
	page.Go(h.url + "/users/" + a.ID + "/info")
	page.Fill("field E-mailadres van de gebruiker", "zoe@example.org")
	h.leave()
	page.Activate("button Stuur uitnodigingsmail", "\r")
	again()
	page.See("Uitnodiging versturen naar Zoë Ünal")
	after, err := h.store.User(t.Context(), a.ID)
	require.NoError(t, err)
	require.Equal(t, "zoe@example.org", after.Email, "what was typed is kept")

	page.Go(h.url + "/users/" + a.ID + "/info")
	opens(page, "button Verstuur uitnodiging naar iPad van Zoë")
	h.leave()
	page.Activate("button Stuur", "\r")
	again()
	page.Until(`location.pathname.startsWith("/sends/")`, "nothing was sent")
	require.Contains(t, h.engine.told, "start user "+a.ID)

	page.Go(h.url + "/settings/mail")
	page.Fill("field Stuur een testmail naar", "zoe@example.org")
	h.leave()
	page.Activate("button Test de mail", "\r")
	again()
	page.Until(`document.readyState === "complete" && document.querySelector("[name=to]").value === "zoe@example.org"`, "what was typed is lost")
}

// TestFailuresAreSaid: what comes back as an error, or not at all, is told where
// it was asked for, and goes once it works.
func TestFailuresAreSaid(t *testing.T) {
	h := newHouse(t, func(d *console.Dependencies) {
		d.Plans = refusing{fault.New(fault.Unavailable, "This took too long. Try again.")}
	})
	zoe := h.user("Zoë Ünal", served)
	h.phone(zoe, "iPad van Zoë")
	page := h.browser(browsertest.Options{Language: "nl"})
	page.Go(h.url + "/users/" + zoe.ID + "/info")
	opens(page, "button Verstuur uitnodiging naar iPad van Zoë")
	page.Activate("button Stuur", "\r")
	page.Until(`document.activeElement.id === "failure" && document.activeElement.closest("dialog[open]")`, "the dialog says nothing")
	page.See("Dit duurde te lang. Probeer het opnieuw.")
	page.See("Probeer het over een paar minuten opnieuw.")
	page.Until(`!document.querySelector("dialog button.primary").disabled`, "one can not try again")
	page.Accessible()

	page.Go(h.url + "/users/" + zoe.ID + "/info")
	page.Until(`(window.send = XMLHttpRequest.prototype.send, XMLHttpRequest.prototype.send = function () { this.dispatchEvent(new Event("error")); }, true)`, "")
	page.Activate("button Verstuur uitnodiging naar iPad van Zoë", "\r")
	page.Until(`document.activeElement.id === "failure" && document.activeElement.closest("main")`, "the page says nothing")
	page.See("Heraut antwoordt niet.")
	page.Fill("field Zoek een gebruiker", "zo")
	page.Until(`document.querySelector(".list #failure")`, "the list says nothing")
	require.Equal(t, "field Zoek een gebruiker", page.Focused(), "one can go on typing")
	page.Until(`(XMLHttpRequest.prototype.send = window.send, true)`, "")
	page.Fill("field Zoek een gebruiker", "zoë")
	page.Until(`!document.querySelector("#failure")`, "it is said when it works")
}

// TestErrorsAreBriefToHtmx: sentences without the frame, and no place for them.
func TestErrorsAreBriefToHtmx(t *testing.T) {
	h := newHouse(t)
	h.become(people.Viewer)
	for path, status := range map[string]int{"/users/new": http.StatusForbidden, "/users/nobody/info": http.StatusNotFound} {
		whole, brief := h.get(path), h.get(path, dialog...)
		require.Equal(t, status, whole.status)
		require.Equal(t, status, brief.status)
		require.Contains(t, whole.text, `class="sidebar"`)
		require.Empty(t, whole.header.Get("HX-Reswap"))
		require.Equal(t, "none", brief.header.Get("HX-Reswap"))
		require.NotContains(t, brief.text, "sidebar")
		require.Contains(t, whole.words(), brief.words())
	}
}

// TestDialogAfterBack: htmx has led the address on, and Back leads to a page
// whose dialogs open.
func TestDialogAfterBack(t *testing.T) {
	h := newHouse(t)
	a := h.user("Zoë Ünal", mailed)
	h.user("Bram")
	h.phone(a, "iPad van Zoë")
	page := h.browser(browsertest.Options{Language: "nl"})
	page.Go(h.url + "/users/" + a.ID + "/info")
	page.Fill("field Zoek een gebruiker", "bra")
	page.Until(`location.search.includes("q=bra")`, "the address does not follow")
	page.Back()
	page.Until(`location.pathname.endsWith("/info") && document.readyState === "complete"`, "Back leads nowhere")
	page.Until(`document.querySelector("#list-items").innerText.includes("Zoë Ünal")`, "the list is not as it was")
	opens(page, "button Verstuur uitnodiging naar iPad van Zoë")
	page.Enter("button Stuur")
	page.Until(`location.pathname.startsWith("/sends/")`, "nothing was sent")
}

// TestPressedTwice: two presses in a row send one request.
func TestPressedTwice(t *testing.T) {
	h := newHouse(t)
	zoe := h.invited("Zoë", "")
	h.delivered(zoe, taken)
	page := h.browser(browsertest.Options{Language: "nl"})
	page.Go(h.url + "/invitations/" + zoe.ID)
	opens(page, "link Verstuur opnieuw")
	page.Until(`(() => {
		window.posts = 0;
		document.addEventListener("htmx:beforeRequest", () => { window.posts++; });
		addEventListener("pagehide", () => sessionStorage.setItem("posts", window.posts));
		const button = document.querySelector("dialog button.primary");
		button.click();
		button.click();
		return true;
	})()`, "")
	page.See("De uitnodiging wordt opnieuw verstuurd.")
	page.Until(`sessionStorage.getItem("posts") === "1"`, "both presses were sent")
	require.Len(t, h.audited("invitation.resend"), 1)
}

// TestFocusStaysOnLivePages: numbers that follow what happens leave the focus
// where it is, and so does a dialog that closes.
func TestFocusStaysOnLivePages(t *testing.T) {
	h := newHouse(t)
	quick(h)
	a, b := h.user("Zoë Ünal", mailed), h.user("Bram", mailed)
	s := h.sent(invitation.Request{GroupID: h.group("4A", []people.User{a, b}).ID, Audience: invitation.NotEnrolled, Policy: invitation.PolicyMail})
	page := h.browser(browsertest.Options{Language: "nl"})
	page.Go(h.url + "/sends/" + s.ID)
	page.TabTo("button Pauzeer")
	h.deliver(a)
	page.Until(`document.getElementById("progress").value === 1`, "the numbers do not follow")
	require.Equal(t, "button Pauzeer", page.Focused())
	opens(page, "link Annuleer 2 uitnodigingen")
	h.deliver(b)
	page.Until(`document.getElementById("progress").value === 2`, "the numbers do not follow")
	_, err := h.store.PauseSend(t.Context(), setup, s.ID)
	require.NoError(t, err)
	page.Until(`document.getElementById("send-turn").textContent === "Hervat"`, "the buttons do not follow")
	page.Activate("link Laat doorgaan", "\r")
	page.Until(`!document.querySelector("dialog").open && document.activeElement.id === "send-cancel"`, "the focus does not return to the link, which is another by now")
	page.Accessible()
	page.Activate("button Hervat", "\r")
	page.See("De verzending gaat verder.")

	one := h.only(a.ID)
	page.Go(h.url + "/invitations/" + one.ID)
	page.TabTo("link Zoë Ünal")
	_, err = h.store.ExtendInvitation(t.Context(), setup, one.ID)
	require.NoError(t, err)
	page.See("verlengd")
	require.Equal(t, "link Zoë Ünal", page.Focused())
	page.Accessible()
}

// TestMendingKeepsWhatIsTyped: a press for one user takes along what was typed for
// others, and one goes on with the next.
func TestMendingKeepsWhatIsTyped(t *testing.T) {
	h := newHouse(t)
	anna, bram, sem := h.user("Anna", served), h.user("Bram"), h.user("Sem", served)
	for _, u := range []people.User{anna, bram, sem} {
		_, err := h.store.CreateDevice(t.Context(), setup, people.Device{Name: "iPad van " + u.FullName, Platform: people.IPadOS, UserID: u.ID})
		require.NoError(t, err)
	}
	g := h.group("4A", []people.User{anna, bram, sem})
	page := h.browser(browsertest.Options{Language: "nl"})
	page.Go(h.url + "/groups/" + g.ID + "/info")
	opens(page, "button Stuur uitnodiging naar apparaten van gebruikers")
	page.Fill("field E-mailadres Anna", "anna@example.org")
	page.Activate("button Schakel in", "\r")
	page.Until(`document.querySelectorAll("dialog input[type=email]").length === 2 && !document.querySelector("dialog").innerText.includes("Schakel in\n")`, "nothing is mended")
	page.Until(`document.querySelector("dialog details:last-of-type").open`, "the fold is closed")
	page.Accessible()
	page.Fill("field E-mailadres Bram", "bram@example.org")
	page.Press("\r")
	page.Until(`document.querySelectorAll("dialog input[type=email]").length === 1`, "Enter saves nothing")
	require.Equal(t, "field E-mailadres Sem", page.Focused(), "one goes on with the next")
	for id, email := range map[string]string{anna.ID: "anna@example.org", bram.ID: "bram@example.org"} {
		u, err := h.store.User(t.Context(), id)
		require.NoError(t, err)
		require.Equal(t, email, u.Email)
	}
	page.Fill("field E-mailadres Sem", "sem@example.org")
	page.Activate("button Bewaar de adressen", "\r")
	page.Until(`document.querySelector("dialog").innerText.includes("E-mail\t3")`, "not all are invited")
	page.Until(`document.activeElement.hasAttribute("data-close")`, "nothing is left to mend: the focus is on the safe button")
}

// TestKeysAreExplained: by ?, by a link, and on a page without script; and they can
// be switched off for good.
func TestKeysAreExplained(t *testing.T) {
	h := newHouse(t)
	h.lang = "nl"
	page := h.browser(browsertest.Options{Language: "nl"})
	page.Go(h.url + "/users")
	page.Press("?")
	page.Until(`document.querySelector("dialog").open`, "nothing is explained")
	page.See("Naar de volgende regel")
	page.Accessible()
	page.Activate("checkbox Gebruik deze toetsen", " ")
	page.Activate("link Sluit", "\r")
	page.Until(`!document.querySelector("dialog").open`, "the dialog stays")
	page.Go(h.url + "/users")
	for _, key := range []string{"?", "/"} {
		page.Press(key)
		page.Until(`!document.querySelector("dialog").open && document.activeElement.id !== "list-find"`, "%s still works", key)
	}
	opens(page, "link Toetsen")
	page.Until(`!document.querySelector("[data-keys] input").checked`, "the choice is forgotten")
	page.Activate("checkbox Gebruik deze toetsen", " ")
	page.Activate("link Sluit", "\r")
	page.Until(`document.activeElement.id === "keys"`, "the focus does not return")
	page.Press("/")
	page.Until(`document.activeElement.id === "list-find"`, "keys stay off")

	whole := h.get("/preferences/keys?back=/users%3Fq=a")
	require.Contains(t, whole.text, `<div data-keys hidden>`)
	require.Contains(t, whole.text, `href="/users?q=a" data-close`)
	require.Contains(t, h.get("/preferences/keys?back=//elsewhere.example").text, `href="/" data-close`)
}

// TestExportAfterTheSession: the browser shows where one signs in, and saves no
// page as if it were the list.
func TestExportAfterTheSession(t *testing.T) {
	h := newHouse(t)
	h.invited("Zoë", "")
	page := h.browser(browsertest.Options{Language: "nl"})
	page.Go(h.url + "/tasks/active")
	require.Contains(t, h.get("/exports/tasks.csv").header.Get("Content-Disposition"), "attachment")
	h.leave()
	page.Enter("link CSV")
	page.Until(`location.pathname === "/sign-in"`, "nobody is asked to sign in")
}

// TestPrintsOnWhite: whatever the theme, paper is white.
func TestPrintsOnWhite(t *testing.T) {
	h := newHouse(t)
	h.prefer(func(a *people.Administrator) { a.Theme = people.ThemeDark })
	h.signIn()
	page := h.browser(browsertest.Options{Language: "nl"})
	page.Go(h.url + "/users")
	page.Until(`getComputedStyle(document.documentElement).colorScheme === "dark"`, "the theme is dark")
	page.Print()
	page.Until(`getComputedStyle(document.documentElement).colorScheme === "light"`, "print is dark")
	page.Until(`getComputedStyle(document.body).color === "rgb(29, 29, 31)"`, "words are light on white paper")
}
