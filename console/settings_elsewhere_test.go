package console_test

import (
	"net/http"
	"net/url"
	"testing"

	"github.com/stretchr/testify/require"

	"heraut/settings"
)

func TestMDMServer(t *testing.T) {
	h := newHouse(t)
	h.lang = "nl"
	require.Contains(t, h.get("/settings/mdm").text, `value="builtin" checked`)
	form := url.Values{
		"mode": {"external"}, "url": {goodMDM}, "api_key": {"not-the-real-key"}, "webhook_secret": {"0123456789abcdef"},
		"answer_within": {"1"}, "answer_within.unit": {"d"}, "version": {"0"},
	}
	require.Equal(t, "/settings/mdm?said=saved", h.post("/settings/mdm", form).location)
	page := h.get("/settings/mdm")
	require.Contains(t, page.words(), "API-sleutel (-api) bewaard")
	require.Contains(t, page.words(), "https://heraut.example.org/mdm/webhook")
	require.Contains(t, h.get("/settings").words(), "MDM-server "+goodMDM)

	form.Set("url", "https://other.example.org")
	form.Set("api_key", "")
	form.Set("version", "1")
	require.Contains(t, h.post("/settings/mdm", form).words(), "Vul de sleutel opnieuw in: hij hoorde bij een andere server.")
	form.Set("url", "http://far.example.org")
	form.Set("api_key", "other key")
	form.Set("answer_within", "1000")
	refused := h.post("/settings/mdm", form)
	for _, message := range []string{"Gebruik https", "Gebruik letters, cijfers en tekens zonder spaties.", "Geef een tijd tussen 1 uur en 30 dagen."} {
		require.Contains(t, refused.words(), message)
	}
	require.NotContains(t, refused.text, "other key")
	h.nowhere("not-the-real-key", "/settings", "/settings/mdm", "/activity")
	h.nowhere("0123456789abcdef", "/settings/mdm", "/activity")

	require.Equal(t, http.StatusSeeOther, h.post("/settings/mdm", url.Values{
		"mode": {"builtin"}, "answer_within": {"1"}, "answer_within.unit": {"d"}, "version": {"1"},
	}).status)
	require.Empty(t, h.secret(settings.NameMDMServer), "the keys go along")
}

func TestIdentityProvider(t *testing.T) {
	h := newHouse(t)
	h.lang = "nl"
	page := h.get("/settings/sign-in")
	require.Contains(t, page.text, `value="https://heraut.example.org/oidc/callback"`)
	require.NotContains(t, page.text, "/settings/sign-in/delete")
	require.Equal(t, http.StatusNotFound, h.get("/settings/sign-in/delete").status)
	form := url.Values{
		"issuer": {goodIssuer}, "client_id": {"heraut"}, "client_secret": {"s3cret-of-client"}, "role_claim": {"groups"},
		"roles": {"ict = admin\r\n\r\ncn=docenten,dc=school = operator"}, "version": {"0"},
	}
	require.Equal(t, "/settings/sign-in?said=saved", h.post("/settings/sign-in", form).location)
	var set settings.OIDC
	_, err := h.store.Setting(t.Context(), settings.NameOIDC, &set)
	require.NoError(t, err)
	require.Equal(t, map[string]string{"ict": "admin", "cn=docenten,dc=school": "operator"}, set.Roles)
	page = h.get("/settings/sign-in")
	require.Contains(t, page.words(), "Clientgeheim bewaard")
	require.Contains(t, page.text, "cn=docenten,dc=school = operator")
	h.nowhere("s3cret-of-client", "/settings", "/settings/sign-in", "/settings/sign-in/delete", "/activity")

	form.Set("client_secret", "")
	form.Set("client_id", "another")
	form.Set("version", "1")
	require.Contains(t, h.post("/settings/sign-in", form).words(), "Vul het clientgeheim opnieuw in")
	form.Set("public_client", "on")
	require.Equal(t, http.StatusSeeOther, h.post("/settings/sign-in", form).status)
	require.Empty(t, h.secret(settings.NameOIDC))
	require.Contains(t, h.get("/settings/sign-in/delete").words(), goodIssuer)
	require.Equal(t, "/settings/sign-in?said=provider_deleted", h.post("/settings/sign-in/delete", url.Values{}).location)
	require.Equal(t, http.StatusNotFound, h.post("/settings/sign-in/delete", url.Values{}).status)
}

func TestIdentityProviderRefused(t *testing.T) {
	h := newHouse(t)
	h.lang = "nl"
	for roles, message := range map[string]string{
		"no sign":     "Schrijf op elke regel een waarde en een rol, zoals ict = admin.",
		"ict = owner": "Kies de rol lezer, uitvoerder of beheerder.",
		"":            "Geef een rol, of koppel waarden van een claim aan rollen",
	} {
		refused := h.post("/settings/sign-in", url.Values{
			"issuer": {goodIssuer}, "client_id": {"heraut"}, "role_claim": {"groups"}, "roles": {roles}, "version": {"0"},
		})
		require.Equal(t, http.StatusUnprocessableEntity, refused.status)
		require.Contains(t, refused.words(), message)
	}
	refused := h.post("/settings/sign-in", url.Values{
		"issuer": {"https://gone.example.org"}, "client_id": {"heraut"}, "default_role": {"viewer"}, "version": {"0"},
	})
	require.Contains(t, refused.words(), "Discovery failed.", "the provider is asked first")
	require.Contains(t, h.get("/settings").words(), "alleen wachtwoordzinnen")
}
