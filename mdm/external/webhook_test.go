package external_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"heraut/content"
	"heraut/fault"
	"heraut/mdm/external"
)

func TestWebhookTakesWhatIsSigned(t *testing.T) {
	h := newHook(t)
	body := []byte(`{"topic":"mdm.Connect","acknowledge_event":{"status":"Idle"}}`)
	right := sign(body, webhookKey)
	for name, c := range map[string]struct {
		signatures []string
		status     int
	}{
		"signed":            {[]string{right}, http.StatusOK},
		"no signature":      {nil, http.StatusUnauthorized},
		"empty":             {[]string{""}, http.StatusUnauthorized},
		"another key":       {[]string{sign(body, "another")}, http.StatusUnauthorized},
		"another body":      {[]string{sign(append(body, ' '), webhookKey)}, http.StatusUnauthorized},
		"no base64":         {[]string{"=" + right[1:]}, http.StatusUnauthorized},
		"cut":               {[]string{right[:40]}, http.StatusUnauthorized},
		"two of them":       {[]string{right, right}, http.StatusUnauthorized},
		"hex, as others do": {[]string{strings.Repeat("ab", 32)}, http.StatusUnauthorized},
	} {
		t.Run(name, func(t *testing.T) {
			status, _ := h.send(t, body, c.signatures...)
			require.Equal(t, c.status, status)
		})
	}
}

func TestWebhookWithoutAKeyTakesNothing(t *testing.T) {
	body := []byte(`{"topic":"mdm.Connect","acknowledge_event":{"status":"Idle"}}`)
	for name, c := range map[string]struct {
		err    error
		status int
	}{
		"none":                   {nil, http.StatusUnauthorized},
		"it can not be read now": {errors.New("no database"), http.StatusServiceUnavailable},
	} {
		t.Run(name, func(t *testing.T) {
			key := func(context.Context) (content.Secret, error) { return "", c.err }
			w := httptest.NewRecorder()
			r := httptest.NewRequest(http.MethodPost, "/", strings.NewReader(string(body)))
			r.Header.Set("X-Hmac-Signature", sign(body, ""))
			external.NewWebhook(key, &ledger{}, nil).ServeHTTP(w, r)
			require.Equal(t, c.status, w.Code)
		})
	}
}

func TestWebhookRefuses(t *testing.T) {
	h := newHook(t)
	connect := func(payload []byte) object {
		return object{"topic": "mdm.Connect", "acknowledge_event": object{"status": "Acknowledged", "command_uuid": "C-1", "raw_payload": payload}}
	}
	checkin := func(payload []byte) object {
		return object{"topic": "mdm.TokenUpdate", "checkin_event": object{"raw_payload": payload}}
	}
	deep := strings.Repeat("<array>", 100_000) + strings.Repeat("</array>", 100_000)
	bomb := `<!DOCTYPE plist [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;">]><plist><dict><key>Status</key><string>&b;</string></dict></plist>`
	for name, e := range map[string]object{
		"no topic":              {"checkin_event": object{}},
		"no event":              {"topic": "mdm.TokenUpdate"},
		"the other event":       {"topic": "mdm.Connect", "checkin_event": object{}},
		"odd payload":           {"topic": "mdm.CheckOut", "checkin_event": object{"udid": "U-1", "raw_payload": "not base64"}},
		"odd time":              {"topic": "mdm.CheckOut", "created_at": "yesterday", "checkin_event": object{}},
		"no payload":            checkin(nil),
		"not a plist":           checkin([]byte("hello")),
		"cut plist":             checkin(message("UDID", "U-1")[:200]),
		"binary plist":          checkin([]byte("bplist00\xa1\x00")),
		"entities":              connect([]byte(bomb)),
		"an entity from afar":   connect([]byte(`<!DOCTYPE x SYSTEM "file:///etc/passwd"><plist><dict/></plist>`)),
		"100,000 levels":        connect([]byte("<plist>" + deep + "</plist>")),
		"200,001 elements":      connect([]byte("<plist><array>" + strings.Repeat("<true/>", 200_001) + "</array></plist>")),
		"a number for a string": connect(message("Status", raw("<integer>1</integer>"))),
		"a device in disguise":  checkin(message("UDID", "U-1:U-2")),
		"nobody's":              {"topic": "mdm.CheckOut", "checkin_event": object{"raw_payload": message("MessageType", "CheckOut")}},
	} {
		t.Run(name, func(t *testing.T) {
			status, words := h.post(t, e)
			require.Equal(t, http.StatusBadRequest, status)
			require.NotEmpty(t, words)
			require.NotContains(t, words, "passwd")
			require.Empty(t, h.ledger.heard())
		})
	}
}

func TestWebhookRefusesWhatIsNoEvent(t *testing.T) {
	h := newHook(t)
	for name, c := range map[string]struct {
		body   string
		status int
	}{
		"no JSON":   {"hello", http.StatusBadRequest},
		"an array":  {"[]", http.StatusBadRequest},
		"too long":  {`{"topic":"` + strings.Repeat("a", 8<<20) + `"}`, http.StatusRequestEntityTooLarge},
		"very deep": {strings.Repeat(`{"a":`, 20_000) + "1" + strings.Repeat("}", 20_000), http.StatusBadRequest},
	} {
		t.Run(name, func(t *testing.T) {
			status, _ := h.send(t, []byte(c.body), sign([]byte(c.body), webhookKey))
			require.Equal(t, c.status, status)
		})
	}
	response, err := http.Get(h.url)
	require.NoError(t, err)
	require.NoError(t, response.Body.Close())
	require.Equal(t, http.StatusMethodNotAllowed, response.StatusCode)
	require.Equal(t, http.MethodPost, response.Header.Get("Allow"))
}

func TestWebhookPassesOverWhatIsNotOurs(t *testing.T) {
	h := newHook(t)
	for name, e := range map[string]object{
		"an idle poll":           {"topic": "mdm.Connect", "acknowledge_event": object{"status": "Idle", "raw_payload": message("Status", "Idle")}},
		"a report of no command": {"topic": "mdm.Connect", "acknowledge_event": object{"status": "Acknowledged"}},
		"a bootstrap token":      {"topic": "mdm.SetBootstrapToken", "checkin_event": object{"raw_payload": []byte("odd")}},
		"a topic of tomorrow":    {"topic": "mdm.Tomorrow", "tomorrow_event": object{}},
	} {
		t.Run(name, func(t *testing.T) {
			status, _ := h.post(t, e)
			require.Equal(t, http.StatusOK, status)
			require.Empty(t, h.ledger.heard())
		})
	}
}

func TestWebhookSaysWhenTheLedgerFails(t *testing.T) {
	h := newHook(t)
	e := object{"topic": "mdm.CheckOut", "checkin_event": object{"udid": "U-1", "raw_payload": message("UDID", "U-1")}}
	h.ledger.err = errors.New("database of table secrets is away")
	status, words := h.post(t, e)
	require.Equal(t, http.StatusInternalServerError, status)
	require.NotContains(t, words, "database")
	h.ledger.err = nil
	status, _ = h.post(t, e)
	require.Equal(t, http.StatusOK, status)

	h.ledger.err = fault.Invalid(fault.Field{Pointer: "/topic", Message: "Give the topic."})
	status, words = h.post(t, e)
	require.Equal(t, http.StatusBadRequest, status)
	require.Contains(t, words, "Give the topic.")
}
