package external_test

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"heraut/invitation"
	"heraut/mdm/external"
)

const uuid = "3F6A0000-0000-4000-8000-00000000C001"

// double answers as NanoMDM does, one answer a call.
type double struct {
	*httptest.Server

	mu      sync.Mutex
	answers []reply
	calls   []string
	bodies  []string
}

type reply struct {
	status int
	body   string
	header http.Header
}

func newDouble(t *testing.T, answers ...reply) *double {
	t.Helper()
	d := &double{answers: answers}
	d.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		user, password, _ := r.BasicAuth()
		body, _ := io.ReadAll(r.Body) // a broken one shows in bodies
		d.mu.Lock()
		defer d.mu.Unlock()
		d.calls = append(d.calls, r.Method+" "+r.URL.EscapedPath())
		d.bodies = append(d.bodies, string(body))
		if len(d.answers) == 0 || user != "nanomdm" || password != apiKey {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		next := d.answers[0]
		d.answers = d.answers[1:]
		maps.Copy(w.Header(), next.header)
		w.WriteHeader(next.status)
		_, _ = io.WriteString(w, next.body) // a client that is gone asks for nothing more
	}))
	t.Cleanup(d.Close)
	return d
}

func newClient(t *testing.T, url string, change ...func(*external.Options)) *external.Client {
	t.Helper()
	o := external.Options{URL: url, APIKey: apiKey}
	for _, f := range change {
		f(&o)
	}
	client, err := external.NewClient(o)
	require.NoError(t, err)
	t.Cleanup(client.Close)
	return client
}

// result writes an answer for one id.
func result(t *testing.T, id string, entry, rest object) string {
	t.Helper()
	all := object{"command_uuid": uuid, "request_type": "InviteToProgram"}
	if entry != nil {
		all["status"] = object{id: entry}
	}
	maps.Copy(all, rest)
	text, err := json.MarshalIndent(all, "", "\t")
	require.NoError(t, err)
	return string(text)
}

func TestEnqueueDecidesByTheBody(t *testing.T) {
	const dead = "push HTTP status: 410: APNs push error: Unregistered: timestamp 1700000000000"
	for name, c := range map[string]struct {
		status  int
		entry   object
		rest    object
		class   invitation.Class
		code    int
		inQueue bool
		words   string
	}{
		"queued and woken": {200, object{"push_result": "E0-1"}, nil, invitation.Taken, 200, true, "woke"},
		"queued, the token is dead": {
			500, object{"push_error": dead}, nil, invitation.TokenDead, 410, true, "Unregistered",
		},
		"queued, a certificate that APNs refuses": {
			500, object{"push_error": "push HTTP status: 403: APNs push error: BadCertificate"}, nil, invitation.RouteDown, 403, true, "BadCertificate",
		},
		"queued, APNs says nothing that can be read": {
			500, object{"push_error": "push HTTP status: 403: decoding JSON push error: EOF"}, nil, invitation.RouteDown, 403, true, "403",
		},
		"queued, too many pushes": {
			500, object{"push_error": "push HTTP status: 429: APNs push error: TooManyRequests"}, nil, invitation.Later, 429, true, "TooManyRequests",
		},
		"queued, APNs is down": {
			500, object{"push_error": "push HTTP status: 503: APNs push error: Shutdown"}, nil, invitation.Later, 503, true, "Shutdown",
		},
		"queued, APNs finds the push wrong": {
			500, object{"push_error": "push HTTP status: 400: APNs push error: PayloadEmpty"}, nil, invitation.Refused, 400, true, "PayloadEmpty",
		},
		"queued, no push certificate": {
			500, nil,
			object{"push_error": `retrieving push cert for topic "com.apple.mgmt.External.1": key not found`},
			invitation.RouteDown, 500, true, "no push certificate",
		},
		"queued, APNs out of reach": {
			500,
			object{"push_error": `Post "https://api.push.apple.com/3/device/abcdef": dial tcp: lookup api.push.apple.com: no such host`},
			nil,
			invitation.RouteDown, 500, true, "does not reach APNs",
		},
		"queued, the connection to APNs broke": {
			500, object{"push_error": `Post "https://api.push.apple.com/3/device/abcdef": EOF`}, nil, invitation.Later, 500, true, "EOF",
		},
		"queued, an error without words":      {500, object{"push_error": ""}, nil, invitation.Later, 500, true, "without words"},
		"queued by filekv for nobody":         {500, object{"push_error": "push data missing for id"}, nil, invitation.TokenDead, 500, true, "does not know"},
		"refused by PostgreSQL for nobody":    {500, nil, object{"command_error": `pq: insert or update on table "enrollment_queue" violates foreign key constraint "enrollment_queue_id_fkey"`}, invitation.TokenDead, 500, false, "does not know"},
		"refused by MySQL for nobody":         {500, nil, object{"command_error": "Error 1452 (23000): Cannot add or update a child row: a foreign key constraint fails"}, invitation.TokenDead, 500, false, "does not know"},
		"the database is away":                {500, nil, object{"command_error": "dial tcp 10.0.0.1:5432: connect: connection refused"}, invitation.Later, 500, false, "did not queue"},
		"an error under the command's name":   {500, nil, object{"status": object{uuid: object{"command_error": "enqueue for it: disk full"}}}, invitation.Later, 500, false, "disk full"},
		"a command that can not be read":      {500, nil, object{"command_error": "decoding command: parse error: EOF: raw content: " + string(command(uuid))}, invitation.Refused, 500, false, "parse error: EOF"},
		"a status that lies about an error":   {200, object{"command_error": "disk full"}, nil, invitation.Later, 200, false, "disk full"},
		"a top error beside one of the entry": {500, object{"push_error": dead}, object{"push_error": "some failed"}, invitation.TokenDead, 410, true, "Unregistered"},
	} {
		t.Run(name, func(t *testing.T) {
			d := newDouble(t, reply{status: c.status, body: result(t, device, c.entry, c.rest)})
			got := newClient(t, d.URL).Enqueue(t.Context(), device, uuid, command(uuid))
			require.Equal(t, c.class, got.Class, got.Answer)
			require.Equal(t, c.code, got.Code)
			require.Equal(t, c.inQueue, got.InQueue)
			require.Contains(t, got.Answer, c.words)
			require.LessOrEqual(t, len(got.Answer), 500)
			for _, secret := range []string{apiKey, "abcdef", "inviteCode", "0123456789abcdef"} {
				require.NotContains(t, got.Answer, secret)
			}
			require.Equal(t, c.class == invitation.TokenDead, !got.DeadSince.IsZero())
			require.Equal(t, []string{"PUT /v1/enqueue/" + device}, d.calls)
			require.Equal(t, []string{string(command(uuid))}, d.bodies)
		})
	}
}

func TestTokenIsDeadSinceAPNsSaysSo(t *testing.T) {
	for text, want := range map[string]time.Time{
		"410: APNs push error: Unregistered: timestamp 1700000000000":  time.UnixMilli(1700000000000).UTC(),
		"410: APNs push error: Unregistered":                           time.Now().UTC(),
		"410: APNs push error: Unregistered: timestamp 99999999999999": time.Now().UTC(),
		"400: APNs push error: BadDeviceToken":                         time.Now().UTC(),
	} {
		d := newDouble(t, reply{status: 500, body: result(t, device, object{"push_error": "push HTTP status: " + text}, nil)})
		got := newClient(t, d.URL).Push(t.Context(), device)
		require.Equal(t, invitation.TokenDead, got.Class, text)
		require.WithinDuration(t, want, got.DeadSince, time.Minute, text)
	}
}

func TestRepeatedCommandIsASuccess(t *testing.T) {
	for storage, words := range map[string]string{
		"filekv":     "command already exists: " + uuid,
		"PostgreSQL": `pq: duplicate key value violates unique constraint "commands_pkey"`,
		"MySQL":      "Error 1062 (23000): Duplicate entry '" + uuid + "' for key 'commands.PRIMARY'",
	} {
		t.Run(storage, func(t *testing.T) {
			d := newDouble(t,
				reply{status: 500, body: result(t, "", nil, object{"command_error": words})},
				reply{status: 200, body: fmt.Sprintf(`{"status":{%q:{"push_result":"E0-1"}}}`, device)})
			got := newClient(t, d.URL).Enqueue(t.Context(), device, uuid, command(uuid))
			require.Equal(t, invitation.Taken, got.Class)
			require.True(t, got.InQueue)
			require.Equal(t, []string{"PUT /v1/enqueue/" + device, "GET /v1/push/" + device}, d.calls)
		})
	}
}

func TestRepeatedCommandIsQueuedEvenWhenItsPushFails(t *testing.T) {
	d := newDouble(t,
		reply{status: 500, body: result(t, "", nil, object{"command_error": "command already exists: " + uuid})},
		reply{status: 503})
	got := newClient(t, d.URL).Enqueue(t.Context(), device, uuid, command(uuid))
	require.Equal(t, invitation.RouteDown, got.Class)
	require.True(t, got.InQueue)
}

func TestIdsStandWhole(t *testing.T) {
	const shared = "0B5A:anna+x@school.example"
	d := newDouble(t, reply{status: 200, body: result(t, shared, object{"push_result": "E0-1"}, nil)})
	got := newClient(t, d.URL+"/nano/").Enqueue(t.Context(), shared, uuid, command(uuid))
	require.Equal(t, invitation.Taken, got.Class)
	require.Equal(t, []string{"PUT /nano/v1/enqueue/0B5A:anna+x@school.example"}, d.calls)
}

func TestWhatIsNoIDIsNotAsked(t *testing.T) {
	d := newDouble(t)
	client := newClient(t, d.URL)
	for _, id := range []string{"", ".", "..", "a,b", "a/../b", `a\b`, "a b", "a\nb", "a\xffb", strings.Repeat("a", 401)} {
		require.Equal(t, invitation.Refused, client.Push(t.Context(), id).Class, "%q", id)
		require.Equal(t, invitation.Refused, client.Enqueue(t.Context(), id, uuid, command(uuid)).Class, "%q", id)
	}
	require.Equal(t, invitation.Refused, client.Enqueue(t.Context(), device, "", command(uuid)).Class)
	require.Equal(t, invitation.Refused, client.Enqueue(t.Context(), device, uuid, nil).Class)
	require.Empty(t, d.calls)
}
