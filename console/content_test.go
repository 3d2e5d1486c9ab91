package console_test

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"heraut/console"
	"heraut/content"
	"heraut/people"
	"heraut/settings"
)

// place is the location of the content token.
const place = "2049025000431439"

var (
	app  = content.AssetRef{AdamID: "361309726", Pricing: content.PricingStandard}
	book = content.AssetRef{AdamID: "1443456789", Pricing: content.PricingStandard}
)

// library installs a content token and buys an app and a book.
func (h *house) library() {
	h.t.Helper()
	_, err := h.store.PutSetting(h.t.Context(), setup, settings.NameContentToken, settings.ContentToken{UID: place}, []byte("token"), nil)
	require.NoError(h.t, err)
	h.buy(content.Asset{AssetRef: app, Type: content.App, Name: "Página <b>", Revocable: true, Total: 1204, Available: 1204})
	h.buy(content.Asset{AssetRef: book, Type: content.Book, Total: 3, Assigned: 1, Available: 2})
}

func (h *house) buy(assets ...content.Asset) {
	h.t.Helper()
	for _, a := range assets {
		require.NoError(h.t, h.store.KeepAsset(h.t.Context(), place, a))
	}
}

// associate lets a user accept at Apple.
func (h *house) associate(u people.User) {
	h.t.Helper()
	_, err := h.store.ClaimAccounts(h.t.Context(), place, []content.NewAccount{{UserID: u.ID, ClientUserID: "c" + u.ID}})
	require.NoError(h.t, err)
	_, err = h.store.ApplyAccounts(h.t.Context(), place, []content.Account{{ClientUserID: "c" + u.ID, State: content.Associated, IDHash: "h" + u.ID}})
	require.NoError(h.t, err)
}

func TestContentIsListed(t *testing.T) {
	h := newHouse(t)
	h.library()
	h.lang = "nl"
	all := h.get("/content")
	require.Contains(t, all.words(), "Página &lt;b&gt; App Totaal 1.204 In gebruik 0 Beschikbaar 1.204 Wachtend 0")
	require.Contains(t, all.words(), "Nummer 1443456789 Boek kan niet worden ingetrokken")
	require.NotContains(t, h.get("/content?q=pagina").text, book.AdamID)
	require.Contains(t, h.get("/content?q=zzz").words(), "Niets gevonden voor “zzz”.")
	part := h.get("/content?q=pagina", "HX-Request", "true", "HX-Target", "assets")
	require.True(t, strings.HasPrefix(part.text, "<table"), part.text)
	require.Equal(t, http.StatusNotFound, h.get("/content/1/STDQ").status)
}

func TestWithoutAContentTokenThePageTeaches(t *testing.T) {
	h := newHouse(t, func(d *console.Dependencies) {
		d.Office.HasContent = func(context.Context) (bool, error) { return false, nil }
	})
	g := h.group("4A", nil)
	for _, path := range []string{"/content", "/groups/" + g.ID + "/content", "/users/" + h.user("Zoe").ID + "/content"} {
		got := h.get(path)
		require.Contains(t, got.words(), "First install the Apple School Manager or Apple Business token.", path)
		require.Contains(t, got.text, `href="/settings/content"`)
	}
}

func TestContentIsAssigned(t *testing.T) {
	h := newHouse(t)
	h.library()
	zoe := h.user("Zoe")
	g := h.group(awkward, []people.User{zoe})
	path := "/groups/" + g.ID + "/content"
	shown := []string{app.AdamID + " STDQ " + place, book.AdamID + " STDQ " + place}
	require.Contains(t, h.get(path).text, `value="`+shown[1]+`"`)
	saved := h.post(path, url.Values{"shown": shown, "asset": {shown[0]}})
	require.Contains(t, h.get(saved.location).words(), "Enrolled users get their content by themselves.")
	require.Contains(t, h.get(path).text, `value="`+shown[0]+`" checked`)
	require.Contains(t, h.engine.told, "distribute")

	// A search shows one of them: the other stays as it is.
	require.Equal(t, http.StatusSeeOther, h.post(path, url.Values{"shown": {shown[1]}, "asset": {shown[1]}}).status)
	kept, err := h.store.Content(t.Context(), content.Owner{GroupID: g.ID})
	require.NoError(t, err)
	require.Len(t, kept, 2)
	require.Equal(t, http.StatusSeeOther, h.post(path, url.Values{"shown": {shown[1]}}).status)
	kept, err = h.store.Content(t.Context(), content.Owner{GroupID: g.ID})
	require.NoError(t, err)
	require.Len(t, kept, 1)

	own := h.get("/users/" + zoe.ID + "/content")
	require.Contains(t, own.words(), "Comes from a group already")
	require.Contains(t, own.text, "by &lt;b&gt;")
	require.NotContains(t, own.text, "checked", "nothing is her own")
	for _, forged := range []url.Values{{}, {"shown": {"x"}, "asset": {"1 STDQ"}}} {
		require.Equal(t, http.StatusUnprocessableEntity, h.post(path, forged).status)
	}
	h.become(people.Viewer)
	require.Equal(t, http.StatusForbidden, h.post(path, url.Values{"shown": shown}).status)
	require.Contains(t, h.get(path).text, "disabled")
}

func TestWhoHasAndWhoWaits(t *testing.T) {
	h := newHouse(t)
	h.library()
	on := func(u *people.User) { u.ManagedDistribution = true }
	first, second := h.user("Zoe", on), h.user(awkward, on)
	h.associate(first)
	h.associate(second)
	g := h.group("4A", []people.User{first, second})
	_, err := h.store.PutContent(t.Context(), setup, content.Owner{GroupID: g.ID}, content.Choices(app))
	require.NoError(t, err)
	_, err = h.store.PlanLicenses(t.Context(), place)
	require.NoError(t, err)
	batch, ok, err := h.store.ClaimBatch(t.Context(), place, app, content.Associate, 1)
	require.NoError(t, err)
	require.True(t, ok)
	require.NoError(t, h.store.SettleBatch(t.Context(), batch, batch.All(content.Has, "")))
	page := h.get("/content/" + app.AdamID + "/STDQ")
	queue, holders, _ := strings.Cut(page.text, "Who has it")
	require.Contains(t, queue, second.ID)
	require.NotContains(t, queue, first.ID)
	require.Contains(t, holders, first.ID)
	require.NotContains(t, page.text, "<b>")
	require.Contains(t, h.get("/users/"+first.ID+"/content").words(), "given")
	require.Contains(t, h.get("/users/"+second.ID+"/content").words(), "waits")
	require.Equal(t, http.StatusUnprocessableEntity, h.get("/content/"+app.AdamID+"/STDQ?queue=forged").status)
}
