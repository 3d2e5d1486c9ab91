package push_test

import (
	"crypto/x509"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"heraut/invitation"
	"heraut/people"
	"heraut/push"
	apnssim "heraut/simulator/apns"
)

const (
	alertTopic = "org.example.school"
	mdmTopic   = "com.apple.mgmt.External.11111111-2222-3333-4444-555555555555"
)

// bench is a client and the service it talks to.
type bench struct {
	sim    *apnssim.Server
	client *push.Client
	kind   people.PushKind
}

func newBench(t *testing.T, kind people.PushKind) bench {
	t.Helper()
	sim, err := apnssim.New(apnssim.Options{})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, sim.Close()) })
	b := bench{sim: sim, kind: kind}
	b.client = b.newClient(t, time.Now().AddDate(1, 0, 0), push.Options{})
	return b
}

// newClient makes a client whose certificate ends at notAfter.
func (b bench) newClient(t *testing.T, notAfter time.Time, o push.Options) *push.Client {
	t.Helper()
	certPEM, keyPEM, err := b.sim.IssueCertificateUntil(b.topic(), notAfter)
	require.NoError(t, err)
	certificate, err := push.ParseCertificate(certPEM, keyPEM, b.kind)
	require.NoError(t, err)
	o.BaseURL = b.sim.URL()
	if o.RootCAs == nil {
		o.RootCAs = x509.NewCertPool()
		require.True(t, o.RootCAs.AppendCertsFromPEM(b.sim.CAPEM()))
	}
	client, err := push.NewClient(certificate, o)
	require.NoError(t, err)
	t.Cleanup(client.Close)
	return client
}

func (b bench) topic() string {
	if b.kind == people.PushMDM {
		return mdmTopic
	}
	return alertTopic
}

func (b bench) notification() push.Notification {
	return push.Notification{
		ID: "invitation-1", Kind: b.kind, Token: strings.Repeat("0a", 32), Topic: b.topic(), PushMagic: "magic",
		ApnsID: push.ApnsID([]byte("secret"), "invitation-1/first/1"), CollapseID: "invitation-1",
		Expiration: time.Now().Add(time.Hour), Title: "Title", Body: "Body", Link: "https://school.example/i/x",
	}
}

func (b bench) push(t *testing.T) invitation.Outcome {
	t.Helper()
	return b.client.Push(t.Context(), b.notification())
}

func (b bench) script(t *testing.T, rules ...apnssim.Rule) {
	t.Helper()
	require.NoError(t, b.sim.SetScript(apnssim.Script{Rules: rules}))
}

func TestPushWakesAnMDMClient(t *testing.T) {
	b := newBench(t, people.PushMDM)
	n := b.notification()
	n.Token = strings.ToUpper(n.Token)
	n.PushMagic = `m"ag<ic`

	require.Equal(t, invitation.Outcome{Class: invitation.Taken, Code: 200, Answer: "200"}, b.client.Push(t.Context(), n))

	got := b.sim.Received()[0]
	require.JSONEq(t, `{"mdm":"m\"ag<ic"}`, string(got.Payload))
	require.Equal(t, "mdm", got.PushType)
	require.Equal(t, mdmTopic, got.Topic)
	require.Equal(t, strings.ToLower(n.Token), got.Token)
	require.Equal(t, n.ApnsID, got.ApnsID)
	require.Equal(t, n.CollapseID, got.CollapseID)
	require.Equal(t, n.Expiration.Unix(), got.Expiration.Unix())
}

func TestPushShowsAnAlert(t *testing.T) {
	b := newBench(t, people.PushAlert)
	require.Equal(t, invitation.Taken, b.push(t).Class)

	got := b.sim.Received()[0]
	require.Equal(t, "alert", got.PushType)
	require.Equal(t, apnssim.Content{Title: "Title", Body: "Body", Link: "https://school.example/i/x"}, got.Content())
}

func TestPushAlwaysExpires(t *testing.T) {
	b := newBench(t, people.PushAlert)
	n := b.notification()
	n.Expiration = time.Time{}
	require.Equal(t, invitation.Taken, b.client.Push(t.Context(), n).Class)
	require.Greater(t, b.sim.Received()[0].Expiration, time.Now().Add(24*time.Hour))
}

func TestPushHashesACollapseIDThatDoesNotFit(t *testing.T) {
	b := newBench(t, people.PushAlert)
	for _, id := range []string{strings.Repeat("x", 65), "two words", "line\nbreak"} {
		n := b.notification()
		n.CollapseID = id
		require.Equal(t, invitation.Taken, b.client.Push(t.Context(), n).Class)
	}
	for _, got := range b.sim.Received() {
		require.Regexp(t, `^[0-9a-f]{64}$`, got.CollapseID)
	}
}

func TestPushRefusesWhatCanNotBeSent(t *testing.T) {
	mdm, alert := newBench(t, people.PushMDM), newBench(t, people.PushAlert)
	cases := map[string]struct {
		b      bench
		change func(*push.Notification)
	}{
		"no token":           {alert, func(n *push.Notification) { n.Token = "" }},
		"a path as token":    {alert, func(n *push.Notification) { n.Token = "../../x?y=" }},
		"odd hex":            {alert, func(n *push.Notification) { n.Token = "abc" }},
		"endless token":      {alert, func(n *push.Notification) { n.Token = strings.Repeat("ab", 201) }},
		"apns-id not a uuid": {alert, func(n *push.Notification) { n.ApnsID = "1" }},
		"upper case apns-id": {alert, func(n *push.Notification) { n.ApnsID = strings.ToUpper(n.ApnsID) }},
		"unknown kind":       {alert, func(n *push.Notification) { n.Kind = "voip" }},
		"too large":          {alert, func(n *push.Notification) { n.Link = "https://x/" + strings.Repeat("x", 4096) }},
		"no push magic":      {mdm, func(n *push.Notification) { n.PushMagic = "" }},
		"large push magic":   {mdm, func(n *push.Notification) { n.PushMagic = strings.Repeat("x", 4096) }},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			n := c.b.notification()
			c.change(&n)
			got := c.b.client.Push(t.Context(), n)
			require.Equal(t, invitation.Refused, got.Class)
			require.NotEmpty(t, got.Answer)
		})
	}
	require.Zero(t, mdm.sim.Total()+alert.sim.Total())
}

// TestPushToAnotherTopic: another channel may stand in, and the token is spared
// for a certificate that fits.
func TestPushToAnotherTopic(t *testing.T) {
	for _, kind := range []people.PushKind{people.PushMDM, people.PushAlert} {
		b := newBench(t, kind)
		n := b.notification()
		n.Topic = "com.apple.mgmt.of.before"
		got := b.client.Push(t.Context(), n)
		require.Equal(t, invitation.TokenDead, got.Class)
		require.Contains(t, got.Answer, "not that of the installed push certificate")
		require.False(t, got.DeadSince.IsZero(), "without a time it would be dead from now on")
		require.True(t, got.DeadSince.Before(time.Now().AddDate(-20, 0, 0)))
		require.Zero(t, b.sim.Total())
	}
}

func TestPushGoesOnAtOnce(t *testing.T) {
	b := newBench(t, people.PushAlert)
	outcomes := make(chan invitation.Outcome)
	for range 500 {
		go func() { outcomes <- b.client.Push(t.Context(), b.notification()) }()
	}
	for range 500 {
		require.Equal(t, invitation.Taken, (<-outcomes).Class)
	}
	require.Equal(t, 500, b.sim.Total())
}

func TestNewClientRefusesAnAddressThatIsNotHTTPS(t *testing.T) {
	for _, address := range []string{"http://x", "https://", "https://x/3/device", "https://u:p@x", "x:443", "https://x?y", "::"} {
		_, err := push.NewClient(push.Certificate{}, push.Options{BaseURL: address})
		require.Error(t, err, address)
	}
	for _, address := range []string{"", "https://127.0.0.1:2197", "https://api.push.apple.com/"} {
		_, err := push.NewClient(push.Certificate{}, push.Options{BaseURL: address})
		require.NoError(t, err, address)
	}
}

func TestPushDoesNotFollowARedirect(t *testing.T) {
	b := newBench(t, people.PushAlert)
	b.script(t, apnssim.Rule{Status: http.StatusTemporaryRedirect})
	require.Equal(t, invitation.RouteDown, b.push(t).Class)
}
