package api_test

import (
	"encoding/json"
	"maps"
	"testing"

	"github.com/stretchr/testify/require"

	"heraut/settings"
)

const mdmPath = "/v1/settings/mdm"

// mdmServer is the body of a server elsewhere.
func mdmServer(change object) object {
	body := object{"mode": "external", "url": "https://mdm.school.example", "api_key": "correct-horse", "webhook_secret": "battery-staple-1"}
	maps.Copy(body, change)
	return body
}

func (h *house) mdmSecrets() settings.MDMSecrets {
	h.t.Helper()
	secret, err := h.store.SettingSecret(h.t.Context(), settings.NameMDMServer)
	require.NoError(h.t, err)
	var keys settings.MDMSecrets
	if len(secret) > 0 {
		require.NoError(h.t, json.Unmarshal(secret, &keys))
	}
	return keys
}

func TestMDMServer(t *testing.T) {
	h := newHouse(t)
	builtIn := object{"mode": "builtin", "url": nil, "answer_within": "P1D"}
	require.Equal(t, builtIn, h.get(mdmPath).ok(200))

	set := h.put(mdmPath, mdmServer(object{"answer_within": "PT12H"}))
	require.Equal(t, object{"mode": "external", "url": "https://mdm.school.example", "answer_within": "PT12H"}, set.ok(200))
	got := h.get(mdmPath)
	require.Equal(t, set.body, got.ok(200))
	require.Equal(t, settings.MDMSecrets{APIKey: "correct-horse", WebhookSecret: "battery-staple-1"}, h.mdmSecrets())

	h.put(mdmPath, got.body).ok(200) // as read: the keys stay
	require.Equal(t, settings.MDMSecrets{APIKey: "correct-horse", WebhookSecret: "battery-staple-1"}, h.mdmSecrets())
	h.put(mdmPath, object{"mode": "external", "url": "https://mdm.school.example", "webhook_secret": "battery-staple-2"}).ok(200)
	require.Equal(t, settings.MDMSecrets{APIKey: "correct-horse", WebhookSecret: "battery-staple-2"}, h.mdmSecrets())

	require.Equal(t, builtIn, h.put(mdmPath, object{"mode": "builtin", "url": "https://mdm.school.example"}).ok(200))
	require.Empty(t, h.mdmSecrets(), "a server that is gone takes its keys along")
	audit := h.get("/v1/audit?object_id=mdm_server")
	require.Len(t, items(audit.ok(200)), 4)
	for _, secret := range []string{"horse", "staple"} {
		require.NotContains(t, got.text+audit.text, secret)
	}
}

func TestMDMServerRefusals(t *testing.T) {
	h := newHouse(t)
	h.put(mdmPath, mdmServer(nil)).ok(200)
	for name, c := range map[string]struct {
		body     object
		pointers []string
	}{
		"nothing":         {object{}, []string{"/mode"}},
		"odd mode":        {mdmServer(object{"mode": "borrowed"}), []string{"/mode"}},
		"plain":           {mdmServer(object{"url": "http://mdm.school.example"}), []string{"/url"}},
		"another server":  {object{"mode": "external", "url": "https://evil.example"}, []string{"/api_key"}},
		"key taken away":  {mdmServer(object{"api_key": nil}), []string{"/api_key"}},
		"short secret":    {mdmServer(object{"webhook_secret": "short"}), []string{"/webhook_secret"}},
		"impatient":       {mdmServer(object{"answer_within": "PT1M"}), []string{"/answer_within"}},
		"no duration":     {mdmServer(object{"answer_within": "P"}), []string{"/answer_within"}},
		"what is unknown": {mdmServer(object{"nopush": true}), []string{"/nopush"}},
	} {
		t.Run(name, func(t *testing.T) {
			h.t = t
			h.put(mdmPath, c.body).refused(422, "invalid_request", c.pointers...)
		})
	}
	h.t = t
	require.Equal(t, "https://mdm.school.example", h.get(mdmPath).ok(200)["url"], "the old setting stays")
	require.Equal(t, "correct-horse", h.mdmSecrets().APIKey)
}
