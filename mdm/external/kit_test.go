package external_test

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"heraut/content"
	"heraut/invitation"
	"heraut/mdm/external"
	"heraut/people"
)

const (
	apiKey     = "key-of-the-api"
	webhookKey = "key-of-the-webhook"
	inviteURL  = "https://buy.itunes.apple.com/invite?inviteCode=0123456789abcdef0123456789abcdef&mt=8"
)

// command is an InviteToProgram command (source: Apple's
// application.invitetoprogram.yaml).
func command(uuid string) []byte {
	return []byte(`<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0"><dict><key>CommandUUID</key><string>` + uuid + `</string><key>Command</key><dict>
<key>RequestType</key><string>InviteToProgram</string><key>ProgramID</key><string>com.apple.cloudvpp</string>
<key>InvitationURL</key><string>` + strings.ReplaceAll(inviteURL, "&", "&amp;") + `</string></dict></dict></plist>`)
}

// message writes a device's message; values are strings, or []byte for data.
func message(pairs ...any) []byte {
	var b strings.Builder
	b.WriteString(`<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0"><dict>`)
	for i := 0; i < len(pairs); i += 2 {
		switch v := pairs[i+1].(type) {
		case []byte:
			fmt.Fprintf(&b, "<key>%s</key><data>%s</data>", pairs[i], base64.StdEncoding.EncodeToString(v))
		case raw:
			fmt.Fprintf(&b, "<key>%s</key>%s", pairs[i], v)
		default:
			fmt.Fprintf(&b, "<key>%s</key><string>%s</string>", pairs[i], v)
		}
	}
	b.WriteString("</dict></plist>")
	return []byte(b.String())
}

// raw is a value that is XML already.
type raw string

// object is JSON.
type object = map[string]any

func sign(body []byte, key string) string {
	mac := hmac.New(sha256.New, []byte(key))
	mac.Write(body)
	return base64.StdEncoding.EncodeToString(mac.Sum(nil))
}

// hook is a webhook on a socket with a ledger that remembers.
type hook struct {
	url    string
	ledger *ledger
}

func newHook(t *testing.T) *hook {
	t.Helper()
	h := &hook{ledger: &ledger{}}
	key := func(context.Context) (content.Secret, error) { return webhookKey, nil }
	server := httptest.NewServer(external.NewWebhook(key, h.ledger, nil))
	t.Cleanup(server.Close)
	h.url = server.URL
	return h
}

// post sends an event, signed as it should be.
func (h *hook) post(t *testing.T, e object) (status int, words string) {
	t.Helper()
	body, err := json.Marshal(e)
	require.NoError(t, err)
	return h.send(t, body, sign(body, webhookKey))
}

// take posts an event that must be taken.
func (h *hook) take(t *testing.T, e object) {
	t.Helper()
	status, words := h.post(t, e)
	require.Equal(t, http.StatusOK, status, words)
}

func (h *hook) send(t *testing.T, body []byte, signatures ...string) (status int, words string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, h.url, strings.NewReader(string(body)))
	require.NoError(t, err)
	for _, s := range signatures {
		r.Header.Add("X-Hmac-Signature", s)
	}
	response, err := http.DefaultClient.Do(r)
	require.NoError(t, err)
	defer response.Body.Close()
	said, err := io.ReadAll(response.Body)
	require.NoError(t, err)
	return response.StatusCode, strings.TrimSpace(string(said))
}

// ledger remembers what it is told.
type ledger struct {
	mu      sync.Mutex
	err     error
	devices []people.EnrolledDevice
	renewed []people.MDMChannel
	left    []string
	reports []told
	story   []string
}

// told is an answer to a command.
type told struct {
	uuid string
	invitation.Report
}

func (l *ledger) keep(what string, f func()) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.err == nil {
		l.story = append(l.story, what)
		f()
	}
	return l.err
}

func (l *ledger) DeviceEnrolled(_ context.Context, d people.EnrolledDevice) error {
	return l.keep("enrolled", func() { l.devices = append(l.devices, d) })
}

func (l *ledger) ChannelRenewed(_ context.Context, c people.MDMChannel) error {
	return l.keep("renewed", func() { l.renewed = append(l.renewed, c) })
}

func (l *ledger) DeviceLeft(_ context.Context, enrollmentID string, _ time.Time) error {
	return l.keep("left", func() { l.left = append(l.left, enrollmentID) })
}

func (l *ledger) CommandReported(_ context.Context, uuid string, r invitation.Report) error {
	return l.keep("reported", func() { l.reports = append(l.reports, told{uuid, r}) })
}

// heard lists what the ledger was told, in order.
func (l *ledger) heard() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.story)
}
