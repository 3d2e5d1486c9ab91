package api_test

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/pem"
	"maps"
	"math/big"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"heraut/settings"
)

func (h *house) put(path string, body object) *reply {
	h.t.Helper()
	return h.call(http.MethodPut, path, body)
}

func TestMailSettings(t *testing.T) {
	h := newHouse(t)
	const path = "/v1/settings/mail"
	fresh := h.get(path).ok(200)
	require.Equal(t, object{"mode": "direct", "from": nil, "relay": nil, "per_minute": 0.0, "bounces": object{"domain": nil, "listen": nil}}, fresh)

	relay := object{"host": "smtp.isp.example", "port": 587, "tls": "starttls", "username": "school", "password": "correct horse"}
	set := h.put(path, object{"mode": "relay", "from": "i@school.example", "relay": relay, "per_minute": 60, "bounces": object{"domain": "b.school.example"}})
	set.ok(200)
	got := h.get(path)
	require.Equal(t, set.body, got.ok(200))
	require.NotContains(t, got.text, "horse")
	require.Equal(t, "correct horse", h.password())

	h.put(path, got.body).ok(200) // as read: the password stays
	require.Equal(t, "correct horse", h.password())
	relay["password"], relay["host"] = nil, "other.example"
	h.put(path, object{"mode": "relay", "from": "i@school.example", "relay": relay}).ok(200)
	require.Empty(t, h.password())
	audit := h.get("/v1/audit?object_id=mail")
	require.Len(t, items(audit.ok(200)), 3)
	require.NotContains(t, audit.text, "horse")
}

func (h *house) password() string {
	h.t.Helper()
	secret, err := h.store.SettingSecret(h.t.Context(), settings.NameMail)
	require.NoError(h.t, err)
	return string(secret)
}

func TestPasswordGoesToNoOtherServer(t *testing.T) {
	h := newHouse(t)
	body := func(change object) object {
		relay := object{"host": "smtp.isp.example", "username": "school"}
		maps.Copy(relay, change)
		return object{"mode": "relay", "from": "i@school.example", "relay": relay}
	}
	h.put("/v1/settings/mail", body(object{"password": "secret"})).ok(200)
	for _, change := range []object{{"host": "evil.example"}, {"port": 2525}, {"tls": "none"}, {"username": "x"}} {
		h.put("/v1/settings/mail", body(change)).refused(422, "invalid_request", "/relay/password")
	}
	require.Equal(t, "secret", h.password())
	h.put("/v1/settings/mail", object{"mode": "direct", "from": "i@school.example"}).ok(200)
	require.Empty(t, h.password(), "a relay that is gone takes its password along")
}

func TestMailSettingsRefusals(t *testing.T) {
	h := newHouse(t)
	for name, c := range map[string]struct {
		body     object
		pointers []string
	}{
		"nothing":        {object{}, []string{"/mode", "/from"}},
		"no from":        {object{"mode": "direct", "from": nil}, []string{"/from"}},
		"no relay":       {object{"mode": "relay", "from": "a@b.example"}, []string{"/relay/host"}},
		"port":           {object{"mode": "relay", "from": "a@b.example", "relay": object{"host": "h", "port": 0}}, []string{"/relay/port"}},
		"tls":            {object{"mode": "relay", "from": "a@b.example", "relay": object{"host": "h", "tls": "ssl"}}, []string{"/relay/tls"}},
		"from":           {object{"mode": "direct", "from": "Heraut <a@b.example>"}, []string{"/from"}},
		"rate":           {object{"mode": "direct", "from": "a@b.example", "per_minute": -1}, []string{"/per_minute"}},
		"password alone": {object{"mode": "relay", "from": "a@b.example", "relay": object{"host": "h", "password": "p"}}, []string{"/relay/username"}},
		"intake alone":   {object{"mode": "direct", "from": "a@b.example", "bounces": object{"listen": "127.0.0.1:2525"}}, []string{"/bounces/domain"}},
	} {
		t.Run(name, func(t *testing.T) {
			h.t = t
			h.put("/v1/settings/mail", c.body).refused(422, "invalid_request", c.pointers...)
		})
	}
	h.t = t
	require.Nil(t, h.get("/v1/settings/mail").ok(200)["from"], "the old setting stays")
}

func TestTestOfMail(t *testing.T) {
	h := newHouse(t)
	relay := object{"host": "smtp.isp.example", "username": "school", "password": "secret"}
	h.put("/v1/settings/mail", object{"mode": "relay", "from": "i@school.example", "relay": relay}).ok(200)
	got := h.post("/v1/settings/mail/test", nil).ok(200)
	require.Equal(t, []any{object{"name": "connect", "ok": false, "detail": "Port 25 is blocked."}}, got["steps"])
	require.Empty(t, h.mail.to)
	require.Equal(t, "secret", h.mail.settings.Relay.Password)
	h.post("/v1/settings/mail/test", object{"to": "me@school.example"}).ok(200)
	require.Equal(t, "me@school.example", h.mail.to)
}

func TestInvitationSettings(t *testing.T) {
	h := newHouse(t)
	const path = "/v1/settings/invitations"
	fresh := h.get(path).ok(200)
	require.Equal(t, "P30D", fresh["expires_after"])
	require.Len(t, fresh["reminders"], 3)

	set := h.put(path, object{
		"expires_after": "PT48H", "reminders": []object{{"after": "PT5S", "channel": "push"}}, "quiet_hours": nil,
		"default_channel": "both", "organization_name": "De Esdoorn", "default_language": "en",
	}).ok(200)
	require.Equal(t, set, h.get(path).ok(200))
	require.Equal(t, "P2D", set["expires_after"])
	require.Nil(t, set["quiet_hours"])
	require.Empty(t, h.put(path, object{"reminders": []object{}}).ok(200)["reminders"])
	require.Equal(t, fresh, h.put(path, object{}).ok(200), "what is absent takes its default")

	for _, c := range []struct {
		body object
		at   string
	}{
		{object{"expires_after": "30 days"}, "/expires_after"},
		{object{"expires_after": "P"}, "/expires_after"},
		{object{"expires_after": "PT0S"}, "/expires_after"},
		{object{"expires_after": "P1M"}, "/expires_after"},
		{object{"reminders": []object{{"after": "P2D", "channel": "fax"}}}, "/reminders/0/channel"},
		{object{"reminders": []object{{"after": "P2D", "channel": "mail"}, {"after": "P1D", "channel": "mail"}}}, "/reminders/1/after"},
		{object{"reminders": []object{{"after": "P2D", "channel": "mail"}, {"after": "P31D", "channel": "mail"}}}, "/reminders/1/after"},
		{object{"reminders": []object{{"after": "P2D", "channel": "mail"}}, "expires_after": "P2D"}, "/reminders/0/after"},
		{object{"quiet_hours": object{"from": "21:00", "to": "25:00", "time_zone": "Europe/Amsterdam"}}, "/quiet_hours/to"},
		{object{"quiet_hours": object{"from": "21:00", "to": "07:00", "time_zone": "Mars/Base"}}, "/quiet_hours/time_zone"},
		{object{"quiet_hours": object{"from": "21:00", "to": "07:00"}}, "/quiet_hours/time_zone"},
		{object{"default_language": nil}, "/default_language"},
		{object{"time_zone": "Mars/Base"}, "/time_zone"},
		{object{"time_zone": "UTC", "quiet_hours": object{"from": "21:00", "to": "07:00", "time_zone": "Europe/Amsterdam"}}, "/time_zone"},
	} {
		h.put(path, c.body).refused(422, "invalid_request", c.at)
	}
}

// TestTimeZoneOfTheOrganization: clients that know quiet hours alone keep the
// zone that they set by them, with and without quiet hours.
func TestTimeZoneOfTheOrganization(t *testing.T) {
	h := newHouse(t)
	const path = "/v1/settings/invitations"
	require.Equal(t, "Europe/Amsterdam", h.get(path).ok(200)["time_zone"])
	night := object{"from": "21:00", "to": "07:00", "time_zone": "America/Curacao"}
	require.Equal(t, "America/Curacao", h.put(path, object{"quiet_hours": night}).ok(200)["time_zone"])
	for range 2 {
		require.Equal(t, "America/Curacao", h.put(path, object{"quiet_hours": nil}).ok(200)["time_zone"])
	}
	both := h.put(path, object{"time_zone": "Asia/Tokyo"}).ok(200)
	require.Equal(t, "Asia/Tokyo", both["time_zone"])
	quiet, is := both["quiet_hours"].(object)
	require.True(t, is)
	require.Equal(t, object{"from": "21:00", "to": "07:00", "time_zone": "Asia/Tokyo"}, quiet)
	require.Equal(t, "UTC", h.put(path, object{"quiet_hours": nil, "time_zone": "UTC"}).ok(200)["time_zone"])
}

func TestDefaultRemindersComeBeforeTheEnd(t *testing.T) {
	h := newHouse(t)
	for expires, n := range map[string]int{"PT5S": 0, "P2D": 0, "P3D": 1, "P10D": 2, "P30D": 3} {
		require.Len(t, h.put("/v1/settings/invitations", object{"expires_after": expires}).ok(200)["reminders"], n, expires)
	}
}

func TestPushCertificates(t *testing.T) {
	h := newHouse(t)
	require.Empty(t, items(h.get("/v1/settings/push").ok(200)))
	cert, key := selfSigned(t, "nl.school.selfservice")
	body := object{"certificate_pem": cert, "private_key_pem": key}
	got := h.put("/v1/settings/push/alert", body)
	require.Equal(t, "nl.school.selfservice", got.ok(200)["topic"])
	require.NotContains(t, got.text, "PRIVATE KEY")
	list := h.get("/v1/settings/push")
	require.Equal(t, []object{got.body}, items(list.ok(200)))
	secret, err := h.store.SettingSecret(t.Context(), "push/alert")
	require.NoError(t, err)
	require.Equal(t, key, string(secret))

	h.put("/v1/settings/push/alert", object{"certificate_pem": "x", "private_key_pem": key}).refused(422, "invalid_request", "/certificate_pem")
	h.put("/v1/settings/push/alert", object{"certificate_pem": cert}).refused(422, "invalid_request", "/private_key_pem")
	h.put("/v1/settings/push/fax", body).refused(404, "not_found")
	require.Len(t, items(h.get("/v1/settings/push").ok(200)), 1, "the old one stays")
	h.call(http.MethodDelete, "/v1/settings/push/alert", nil).ok(http.StatusNoContent)
	h.call(http.MethodDelete, "/v1/settings/push/alert", nil).refused(404, "not_found")
}

// selfSigned makes a certificate for a topic, with its key.
func selfSigned(t *testing.T, topic string) (cert, key string) {
	t.Helper()
	return signedUntil(t, topic, time.Now().Add(90*24*time.Hour))
}

func signedUntil(t *testing.T, topic string, until time.Time) (cert, key string) {
	t.Helper()
	private, err := rsa.GenerateKey(rand.Reader, 2048)
	require.NoError(t, err)
	userID := asn1.ObjectIdentifier{0, 9, 2342, 19200300, 100, 1, 1}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), NotBefore: time.Now().Add(-time.Hour), NotAfter: until,
		Subject: pkix.Name{ExtraNames: []pkix.AttributeTypeAndValue{{Type: userID, Value: topic}}},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &private.PublicKey, private)
	require.NoError(t, err)
	pkcs8, err := x509.MarshalPKCS8PrivateKey(private)
	require.NoError(t, err)
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})),
		string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: pkcs8}))
}

func TestPreflight(t *testing.T) {
	h := newHouse(t)
	checks := h.get("/v1/preflight").ok(200)["checks"]
	require.Equal(t, []any{object{"name": "database", "ok": true, "detail": "The database answers."}}, checks)
}
