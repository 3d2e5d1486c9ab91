package api_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"heraut/settings"
)

func TestOIDCSettings(t *testing.T) {
	h := newHouse(t)
	const path = "/v1/settings/oidc"
	h.get(path).refused(404, "not_found")
	h.call(http.MethodDelete, path, nil).refused(404, "not_found")
	good := func() object {
		return object{"issuer": goodIssuer, "client_id": "heraut", "client_secret": "hush hush", "role_claim": "groups", "roles": object{"ict": "admin"}}
	}
	put := func(change ...func(object)) *reply {
		body := good()
		for _, f := range change {
			f(body)
		}
		return h.call(http.MethodPut, path, body)
	}
	put(func(o object) { o["issuer"] = "https://away.example.org" }).refused(422, "invalid_request", "/issuer")
	put(func(o object) { delete(o, "roles") }).refused(422, "invalid_request", "/default_role")
	put(func(o object) { o["roles"] = object{"ict": "owner"} }).refused(422, "invalid_request", "/roles/ict")
	h.get(path).refused(404, "not_found") // nothing was stored

	set := put().ok(200)
	require.Equal(t, true, set["client_secret_set"])
	require.Equal(t, publicURL+"/oidc/callback", set["redirect_url"])
	read := h.get(path)
	require.Equal(t, set, read.ok(200))
	require.NotContains(t, read.text, "hush")
	require.NotContains(t, h.get("/v1/audit").text, "hush")

	kept := put(func(o object) { delete(o, "client_secret"); o["default_role"] = "viewer" }).ok(200)
	require.Equal(t, true, kept["client_secret_set"])
	put(func(o object) { delete(o, "client_secret"); o["client_id"] = "other" }).refused(422, "invalid_request", "/client_secret")
	secret, err := h.store.SettingSecret(t.Context(), settings.NameOIDC)
	require.NoError(t, err)
	require.Equal(t, "hush hush", string(secret))
	require.Equal(t, false, put(func(o object) { o["client_secret"] = nil }).ok(200)["client_secret_set"])
	h.call(http.MethodPut, path, good(), header{"If-Match", `"1"`}).refused(412, "precondition_failed")
	h.call(http.MethodDelete, path, nil).ok(http.StatusNoContent)
	h.get(path).refused(404, "not_found")
}
