package console_test

import (
	"bytes"
	"image"
	"image/gif"
	"image/jpeg"
	"image/png"
	"net/http"
	"net/url"
	"testing"

	"github.com/stretchr/testify/require"

	"heraut/settings"
)

// picture makes one of a kind.
func picture(t *testing.T, kind string, width int) string {
	t.Helper()
	var b bytes.Buffer
	img := image.NewGray(image.Rect(0, 0, width, 4))
	switch kind {
	case "png":
		require.NoError(t, png.Encode(&b, img))
	case "jpeg":
		require.NoError(t, jpeg.Encode(&b, img, nil))
	case "gif":
		require.NoError(t, gif.Encode(&b, img, nil))
	}
	return b.String()
}

func (h *house) logo() (logo settings.Logo) {
	h.t.Helper()
	_, err := h.store.Setting(h.t.Context(), settings.NameLogo, &logo)
	require.NoError(h.t, err)
	return logo
}

func TestLogoIsSavedAndDeleted(t *testing.T) {
	h := newHouse(t)
	const path = "/settings/appearance/logo"
	require.Contains(t, h.get("/settings/appearance").words(), "There is no logo yet.")
	for _, kind := range []string{"png", "jpeg"} {
		require.Equal(t, "/settings/appearance?said=logo_saved", h.sendFiles(path, "@logo", picture(t, kind, 8)).location)
		require.Equal(t, picture(t, kind, 8), h.secret(settings.NameLogo), "byte for byte")
		require.Equal(t, "image/"+kind, h.logo().MediaType)
		require.Contains(t, h.get("/settings/appearance").text, `src="/i/assets/`+h.logo().File()+`"`)
	}
	require.Equal(t, "/settings/appearance?said=logo_deleted", h.post(path+"/delete", url.Values{}).location)
	require.Empty(t, h.logo().File())
	require.Equal(t, http.StatusSeeOther, h.post(path+"/delete", url.Values{}).status, "twice is once")
}

func TestLogoRefused(t *testing.T) {
	h := newHouse(t)
	h.lang = "nl"
	for sent, message := range map[string]string{
		"": "Kies een afbeelding.", `<svg xmlns="http://www.w3.org/2000/svg"><script>1</script></svg>`: "Dit is geen PNG of JPEG.",
		picture(t, "gif", 8): "Dit is geen PNG of JPEG.", picture(t, "png", 5000): "Deze afbeelding heeft te veel beeldpunten.",
		string(make([]byte, settings.MaxLogo+1)): "Deze afbeelding is te groot.",
	} {
		refused := h.sendFiles("/settings/appearance/logo", "@logo", sent)
		require.Equal(t, http.StatusUnprocessableEntity, refused.status)
		require.Contains(t, refused.words(), message)
		require.NotContains(t, refused.text, "<script>1")
	}
	require.Empty(t, h.logo().File())
}

func TestOrganizationIsRenamed(t *testing.T) {
	h := newHouse(t)
	require.Equal(t, http.StatusSeeOther, h.post("/settings/invitations", invitationForm()).status)
	const name = "<b>ليلى</b> & \"De Linde\""
	form := url.Values{"organization_name": {name}, "version": {"1"}}
	require.Equal(t, "/settings/appearance?said=saved", h.post("/settings/appearance", form).location)
	require.Equal(t, name, h.invitationSettings().OrganizationName)
	require.Len(t, h.invitationSettings().Reminders, 2, "the rest stays")
	require.NotContains(t, h.get("/settings/appearance").text, "<b>")
	require.Equal(t, http.StatusUnprocessableEntity, h.post("/settings/appearance", form).status, "somebody saved meanwhile")
	form = url.Values{"organization_name": {"a\u2028b"}, "version": {"2"}}
	require.Contains(t, h.post("/settings/appearance", form).text, `id="organization_name-error"`)
}
