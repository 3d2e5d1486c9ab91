package console_test

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"heraut/internal/testkit/browsertest"
	"heraut/invitation"
)

func TestTasksInABrowser(t *testing.T) {
	h := newHouse(t)
	zoe, bram := h.invited("Zoë Ünal", "iPad van Zoë"), h.invited("Bram de Vries", "MacBook van Bram")
	sara := h.invited("سارة بن علي", "")
	h.invited("Sem Bakker van der Meer-Oosterhout", "iPhone van Sem met een bijzonder lange naam")
	h.delivered(zoe, taken)
	h.delivered(bram, later)
	h.licensed("Mila Jansen")
	require.NoError(t, h.store.AskNewLink(t.Context(), zoe.ID))
	h.cancelled(sara)
	bulk, err := h.store.CreateBulk(t.Context(), setup, invitation.Extend, invitation.Filter{})
	require.NoError(t, err)
	for name, o := range map[string]browsertest.Options{
		"wide": {Language: "nl"}, "phone": {Language: "nl", Width: 390, Height: 844}, "dark": {Language: "en", Dark: true},
	} {
		page := h.browser(o)
		for part, path := range map[string]string{
			"active": "/tasks/active", "filtered": "/tasks/active?q=zo&waiting_for=answer&user_id=" + zoe.User.ID, "all": "/tasks/active?all=1", "completed": "/tasks/completed",
			"none": "/tasks/active?q=nobody", "ask": "/tasks/ask?action=cancel&id=" + zoe.ID, "bulk": "/tasks/bulk/" + bulk.ID,
			"invitation": "/invitations/" + zoe.ID, "settled": "/invitations/" + sara.ID, "search": "/search?q=ba",
		} {
			page.Go(h.url + path)
			page.Accessible()
			require.Zero(t, page.Wide(), "%s %s", name, part)
			require.Less(t, page.Weight(), 100_000)
			if dir := os.Getenv("SHOTS"); dir != "" {
				page.Shot(filepath.Join(dir, name+"-"+part+".png"))
			}
		}
	}
}

func TestTasksByKeyboard(t *testing.T) {
	h := newHouse(t)
	h.pages.Hurry(50*time.Millisecond, time.Hour, 50*time.Millisecond, time.Hour)
	zoe, bram := h.invited("Zoë Ünal", "iPad"), h.invited("Bram de Vries", "")
	page := h.browser(browsertest.Options{Language: "en"})
	page.Go(h.url + "/tasks/active")
	page.Press("j")
	page.Press("x")
	h.invited("Sem", "")
	page.See("1 new task")
	h.delivered(zoe, taken)
	page.See("Has waited for an answer")
	page.Until(`document.querySelector('input[value="`+bram.ID+`"]').checked`, "what is ticked stays ticked")
	page.Until(`document.getElementById("spoken").textContent.startsWith("Zoë Ünal: ")`, "a screen reader hears of it")
	page.Activate("button Extend", "\r")
	page.See("Extend 1 invitation?")
	require.Equal(t, "link Cancel", page.Focused(), "the safe button has the focus")
	page.Enter("button Extend 1 invitation")
	page.See("The invitation was extended.")
	require.True(t, h.again(bram.ID).ExpiresAt.After(bram.ExpiresAt))

	page.Activate("summary Filter", " ")
	page.Fill("field Name or device", "ipad")
	page.Until(`!document.getElementById("tasks").innerText.includes("Bram")`, "the list does not follow")
	page.Until(`location.search.includes("q=ipad")`, "the address does not follow")
	h.cancelled(zoe)
	page.See("Cancelled just now")
}

func TestSearchAsOneTypes(t *testing.T) {
	h := newHouse(t)
	h.user("Zoë Ünal")
	page := h.browser(browsertest.Options{Language: "en"})
	page.Go(h.url + "/tasks/completed")
	page.Press("/")
	page.Fill("field Search", "unal")
	page.Until(`document.getElementById("found").innerText.includes("Zoë Ünal")`, "nothing is found")
	page.Accessible()
	page.Enter("link Zoë Ünal not invited yet")
	page.See("Users / Zoë Ünal")
}

// browser is a browser in which the administrator has signed in.
func (h *house) browser(o browsertest.Options) *browsertest.Page {
	h.t.Helper()
	page := browsertest.Open(h.t, o)
	page.Go(h.url + "/sign-in")
	page.Until(`(() => {
		const field = (name, text) => { document.querySelector("main input[name=" + name + "]").value = text; };
		field("login", "`+h.me.Login+`");
		field("passphrase", "`+passphrase+`");
		document.querySelector("main input[name=passphrase]").form.submit();
		return true;
	})()`, "there is no form")
	page.Until(`!location.pathname.startsWith("/sign-in") && document.readyState === "complete"`, "nobody is signed in")
	return page
}
