package console_test

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"heraut/internal/testkit/browsertest"
	"heraut/people"
)

func TestFrameInABrowser(t *testing.T) {
	h := newHouse(t)
	for _, name := range []string{"Zoë Ünal", "Bram de Vries", "سارة بن علي", "Sem Bakker"} {
		h.user(name, func(u *people.User) { u.Email = "x@example.org" })
	}
	u := h.user("Mila Jansen")
	for name, o := range map[string]browsertest.Options{
		"wide": {Language: "nl"}, "phone": {Language: "nl", Width: 390, Height: 844}, "dark": {Language: "en", Dark: true},
	} {
		page := h.browser(o)
		for part, path := range map[string]string{"home": "/", "list": "/users", "info": "/users/" + u.ID + "/info", "edit": "/users/new", "error": "/nowhere"} {
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

func TestListFollowsWhatIsTyped(t *testing.T) {
	h := newHouse(t)
	h.user("Zoë Ünal")
	h.user("Bram de Vries")
	page := h.browser(browsertest.Options{Language: "en"})
	page.Go(h.url + "/users")
	page.Press("/")
	require.Equal(t, "field Find a user", page.Focused())
	page.Fill("field Find a user", "unal")
	page.Until(`!document.body.innerText.includes("Bram de Vries")`, "the list does not follow")
	page.See("Zoë Ünal")
	page.Until(`location.search === "?q=unal"`, "the address does not follow")
	require.Equal(t, "field Find a user", page.Focused(), "one can go on typing")
	page.Fill("field Find a user", "n")
	page.Activate("summary Filter and order", " ")
	page.TabTo("choice Order")
	page.Press(browsertest.ArrowDown)
	page.Until(`location.search === "?q=n&sort=-name"`, "the address does not follow the order")
	page.Until(`document.querySelector("#list-items li").innerText.includes("Zoë Ünal")`, "the list does not turn round")
	page.Accessible()
}

// TestListStaysWhereItWas: who goes down a long list and opens a line finds the
// list as it was.
func TestListStaysWhereItWas(t *testing.T) {
	h := newHouse(t)
	var last people.User
	for i := range 45 {
		last = h.user(fmt.Sprintf("Pupil %02d", i))
	}
	page := h.browser(browsertest.Options{Language: "en"})
	page.Go(h.url + "/users")
	page.Until(`document.querySelector(".list").scrollTop === 0`, "the list begins at its beginning")
	page.Enter("link Pupil 44*")
	page.See("Full name")
	page.Until(`document.querySelector(".list").scrollTop > 500`, "the list begins anew")
	page.Until(`(() => {
		const r = document.querySelector('.list [href*="`+last.ID+`"]').getBoundingClientRect();
		return r.top >= 0 && r.bottom <= innerHeight;
	})()`, "the line is out of sight")
}
