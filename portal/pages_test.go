package portal_test

import (
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"heraut/invitation"
)

func TestEachStateHasItsPage(t *testing.T) {
	titles := map[invitation.State][2]string{ // nl, en
		invitation.Queued:    {"Uitnodiging", "Invitation"},
		invitation.Sent:      {"Uitnodiging", "Invitation"},
		invitation.Shown:     {"Uitnodiging", "Invitation"},
		invitation.Accepted:  {"Je hebt de uitnodiging geaccepteerd", "You have accepted the invitation"},
		invitation.Declined:  {"Je hebt de uitnodiging geweigerd", "You have declined the invitation"},
		invitation.Expired:   {"De uitnodiging is verlopen", "The invitation has expired"},
		invitation.Cancelled: {"De uitnodiging is ingetrokken", "The invitation was withdrawn"},
		invitation.Failed:    {"De uitnodiging is niet meer geldig", "The invitation is no longer valid"},
	}
	h := newHouse(t)
	for _, state := range invitation.States {
		token := h.invite(state)
		for i, lang := range []string{"nl", "en"} {
			w := h.get("/i/" + token + "?lang=" + lang)
			require.Equal(t, http.StatusOK, w.Code)
			require.Equal(t, lang, w.Header().Get("Content-Language"))
			page := parse(t, w.Body.String())
			require.Equal(t, titles[state][i], page.text(atom.H1), "%s in %s", state, lang)
			require.Equal(t, titles[state][i]+" · Basisschool De Linde", page.text(atom.Title))
			require.Equal(t, lang, page.find(atom.Html)[0]["lang"])
			require.Equal(t, state.Open(), len(page.find(atom.Button)) == 2, "two buttons while open")
		}
	}
	require.Zero(t, h.book.changes)
}

func TestOpenPageSaysWhoAsksWhatAndUntilWhen(t *testing.T) {
	h := newHouse(t)
	token := h.invite(invitation.Sent)

	w := h.get("/i/" + token)

	body := w.Body.String()
	require.Contains(t, body, "<bdi>Basisschool De Linde</bdi></strong> vraagt of je je wilt inschrijven voor beheerde distributie van apps en boeken.")
	require.Contains(t, body, "<bdi>iPad van Zoë</bdi>")
	require.Contains(t, body, `tot <time datetime="2026-03-29T14:05:00&#43;02:00">29 maart 2026 om 14:05 uur (CEST)</time>`)
	page := parse(t, body)
	require.Equal(t, "/i/"+token, page.find(atom.Form)[0]["action"])
	buttons := page.find(atom.Button)
	require.Equal(t, map[string]string{"class": "primary", "name": "answer", "value": "accept"}, buttons[0])
	require.Equal(t, map[string]string{"name": "answer", "value": "decline"}, buttons[1])
}

func TestPagesAreWellFormedAndLabelled(t *testing.T) {
	h := newHouse(t)
	bodies := map[string]string{}
	for _, lang := range []string{"nl", "en"} {
		for _, state := range invitation.States {
			token := h.invite(state)
			bodies[lang+" "+string(state)] = h.get("/i/" + token + "?lang=" + lang).Body.String()
			bodies[lang+" stop "+string(state)] = h.get("/i/" + token + "/stop?lang=" + lang).Body.String()
			bodies[lang+" refused"] = h.post("/i/"+token+"?lang="+lang, nil).Body.String()
		}
		bodies[lang+" unknown"] = h.get("/i/x?lang=" + lang).Body.String()
		maps.Copy(bodies, h.portalPages(lang))
	}
	for name, body := range bodies {
		page := parse(t, body)
		require.Len(t, page.find(atom.H1), 1, name)
		require.Len(t, page.find(atom.Main), 1, name)
		require.NotEmpty(t, page.find(atom.Nav)[0]["aria-label"], name)
		require.Empty(t, page.find(atom.Script), name)
		require.Empty(t, page.find(atom.Style), name)
		require.NotContains(t, body, "!<", name)
		for _, node := range page.nodes(atom.Button, atom.A) {
			require.NotEmpty(t, strings.TrimSpace(textOf(node)), "%s: every control has words", name)
		}
		for _, form := range page.find(atom.Form) {
			require.Equal(t, "post", form["method"], name)
		}
	}
}

func TestStrangeNamesStayText(t *testing.T) {
	h := newHouse(t)
	h.organization.Name = `<script>alert("org")</script>`
	names := []string{
		`<img src=x onerror=alert(1)>`, `"><b>`, `{{.Token}}`, "\u202eevil \u05d3\u05d5\u05d3", strings.Repeat("Wolfeschlegel", 24),
		"null\x00byte", "broken \xff utf-8", "</title></main>",
	}
	token := h.invite(invitation.Sent, func(v *invitation.View) {
		v.FullName, v.Devices = names[0], names
	})

	page := parse(t, h.get("/i/"+token).Body.String())

	require.Empty(t, page.find(atom.Script))
	require.Empty(t, page.find(atom.Img))
	require.Empty(t, page.find(atom.B))
	require.Len(t, page.find(atom.Main), 1)
	require.Len(t, page.find(atom.Li), len(names))
	for _, node := range page.nodes(atom.Li) {
		require.Equal(t, atom.Bdi, node.FirstChild.DataAtom, "a name can not turn the words around it")
	}
	require.Contains(t, page.text(atom.Ul), "{{.Token}}")
	require.Contains(t, page.text(atom.Ul), names[4])
}

// document is a parsed page.
type document struct{ root *html.Node }

// parse reads a page and checks that each element is closed where it should be:
// a forgiving parser would repair it and write something else.
func parse(t *testing.T, body string) document {
	t.Helper()
	void := []string{"meta", "link", "input"}
	var open []string
	for z := html.NewTokenizer(strings.NewReader(body)); z.Next() != html.ErrorToken; {
		switch token := z.Token(); token.Type {
		case html.StartTagToken:
			if !slices.Contains(void, token.Data) {
				open = append(open, token.Data)
			}
		case html.EndTagToken:
			require.NotEmpty(t, open, "</%s> closes nothing", token.Data)
			require.Equal(t, open[len(open)-1], token.Data, "closed in order")
			open = open[:len(open)-1]
		}
	}
	require.Empty(t, open, "all closed")
	root, err := html.Parse(strings.NewReader(body))
	require.NoError(t, err)
	return document{root}
}

func (d document) nodes(kinds ...atom.Atom) []*html.Node {
	var found []*html.Node
	for node := range d.root.Descendants() {
		for _, kind := range kinds {
			if node.Type == html.ElementNode && node.DataAtom == kind {
				found = append(found, node)
			}
		}
	}
	return found
}

// find gives the attributes of each element of a kind.
func (d document) find(kind atom.Atom) []map[string]string {
	var found []map[string]string
	for _, node := range d.nodes(kind) {
		attributes := map[string]string{}
		for _, a := range node.Attr {
			attributes[a.Key] = a.Val
		}
		found = append(found, attributes)
	}
	return found
}

// text is the words of the first element of a kind.
func (d document) text(kind atom.Atom) string {
	for _, node := range d.nodes(kind) {
		return textOf(node)
	}
	return ""
}

func textOf(node *html.Node) string {
	var words strings.Builder
	for n := range node.Descendants() {
		if n.Type == html.TextNode {
			words.WriteString(n.Data)
		}
	}
	return words.String()
}
