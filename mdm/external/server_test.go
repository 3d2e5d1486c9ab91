package external_test

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"heraut/content"
	"heraut/invitation"
	"heraut/mdm/external"
	"heraut/settings"
)

// desk is where an administrator sets the server.
type desk struct {
	set    settings.MDMServer
	hidden settings.MDMSecrets
	err    error
	reads  atomic.Int32
}

func (d *desk) read(context.Context) (settings.MDMServer, settings.MDMSecrets, error) {
	d.reads.Add(1)
	return d.set, d.hidden, d.err
}

func newDesk(url string) *desk {
	return &desk{
		set:    settings.MDMServer{Mode: settings.MDMExternal, URL: url, AnswerWithin: settings.Duration(time.Hour)},
		hidden: settings.MDMSecrets{APIKey: apiKey, WebhookSecret: webhookKey},
	}
}

func TestServerCarriesCommands(t *testing.T) {
	d := newDouble(t,
		reply{status: 200, body: result(t, device, object{"push_result": "E0-1"}, nil)},
		reply{status: 200, body: result(t, device, object{"push_result": "E0-2"}, nil)})
	set := newDesk(d.URL)
	server := external.NewServer(set.read, external.Options{})
	for range 2 {
		got := server.Carry(t.Context(), invitation.Message{EnrollmentID: device}, uuid, command(uuid))
		require.Equal(t, invitation.Taken, got.Class, got.Answer)
	}
	require.Equal(t, []string{"PUT /v1/enqueue/" + device, "PUT /v1/enqueue/" + device}, d.calls)
	require.EqualValues(t, 1, set.reads.Load(), "settings are not read for each command")
}

func TestServerThatIsNotSet(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*desk)
		words  string
	}{
		"built in":     {func(d *desk) { d.set = settings.DefaultMDMServer() }, "No MDM server"},
		"no address":   {func(d *desk) { d.set.URL = "" }, "address"},
		"can not tell": {func(d *desk) { d.err = errors.New("no database") }, "no database"},
	} {
		t.Run(name, func(t *testing.T) {
			set := newDesk("http://127.0.0.1:1")
			c.change(set)
			got := external.NewServer(set.read, external.Options{}).Carry(t.Context(), invitation.Message{EnrollmentID: device}, uuid, command(uuid))
			require.Equal(t, invitation.RouteDown, got.Class)
			require.Contains(t, got.Answer, c.words)
			require.NotContains(t, got.Answer, apiKey)
		})
	}
}

func TestServerFollowsItsSettings(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		set := newDesk("http://127.0.0.1:1")
		server := external.NewServer(set.read, external.Options{})
		secret := func() content.Secret {
			s, err := server.WebhookSecret(t.Context())
			require.NoError(t, err)
			return s
		}
		require.Equal(t, content.Secret(webhookKey), secret())
		within, on, err := server.AnswerWithin(t.Context())
		require.NoError(t, err)
		require.True(t, on)
		require.Equal(t, time.Hour, within)

		set.hidden.WebhookSecret = "another-key-of-the-webhook"
		require.Equal(t, content.Secret(webhookKey), secret(), "for a moment the old one counts")
		<-time.After(6 * time.Second)
		require.Equal(t, content.Secret("another-key-of-the-webhook"), secret())

		set.set = settings.DefaultMDMServer()
		<-time.After(6 * time.Second)
		require.Empty(t, secret(), "events of no server are awaited")
		_, on, err = server.AnswerWithin(t.Context())
		require.NoError(t, err)
		require.False(t, on)

		set.err = errors.New("no database")
		<-time.After(6 * time.Second)
		_, err = server.WebhookSecret(t.Context())
		require.ErrorContains(t, err, "no database")
	})
}
