package api_test

import (
	"context"
	"encoding/json"
	"maps"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"heraut/fault"
	"heraut/settings"
)

// mdmServers takes every server that it is not told to refuse.
type mdmServers struct {
	refuse error
	asked  []settings.MDMSecrets
}

func (m *mdmServers) CheckMDM(_ context.Context, _ settings.MDMServer, keys settings.MDMSecrets) error {
	m.asked = append(m.asked, keys)
	return m.refuse
}

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
	const hook = publicURL + "/mdm/webhook"
	builtIn := object{"mode": "builtin", "url": nil, "answer_within": "P1D", "api_key_set": false, "webhook_secret_set": false, "webhook_url": hook}
	require.Equal(t, builtIn, h.get(mdmPath).ok(200))

	set := h.put(mdmPath, mdmServer(object{"answer_within": "PT12H"}))
	require.Equal(t, object{
		"mode": "external", "url": "https://mdm.school.example", "answer_within": "PT12H", "api_key_set": true, "webhook_secret_set": true, "webhook_url": hook,
	}, set.ok(200))
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

func TestMDMServerIsAskedFirst(t *testing.T) {
	h := newHouse(t)
	before := h.put(mdmPath, mdmServer(nil))
	before.ok(200)
	h.mdm.refuse = fault.Invalid(fault.Field{Pointer: "/api_key", Message: "The MDM server does not accept the API key."})
	h.put(mdmPath, mdmServer(object{"api_key": "wrong"})).refused(422, "invalid_request", "/api_key")
	require.Equal(t, before.body, h.get(mdmPath).ok(200), "the old setting stays")
	require.Equal(t, "correct-horse", h.mdmSecrets().APIKey)
	require.Equal(t, []settings.MDMSecrets{
		{APIKey: "correct-horse", WebhookSecret: "battery-staple-1"}, {APIKey: "wrong", WebhookSecret: "battery-staple-1"},
	}, h.mdm.asked)

	h.call(http.MethodPut, mdmPath, mdmServer(nil), match(`"99"`)).refused(422, "invalid_request", "/api_key")
	h.mdm.refuse = nil
	h.call(http.MethodPut, mdmPath, mdmServer(nil), match(`"99"`)).refused(412, "precondition_failed")
	h.mdm.refuse = fault.New(fault.Unavailable, "away")
	h.put(mdmPath, object{"mode": "builtin"}).ok(200) // nobody else is asked for it
}
