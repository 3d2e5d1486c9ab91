package push_test

import (
	"context"
	"crypto/x509"
	"net"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"heraut/internal/freeport"
	"heraut/invitation"
	"heraut/people"
	"heraut/push"
	apnssim "heraut/simulator/apns"
)

func TestAConnectionThatBreaksUnderWayIsLater(t *testing.T) {
	for _, rule := range []apnssim.Rule{
		{Break: apnssim.GoAway, Reason: "Shutdown"},
		{Break: apnssim.GoAway},
		{Break: apnssim.Reset},
		{Break: apnssim.ResetStream},
		{Break: apnssim.Reset, Taken: true},
	} {
		t.Run(string(rule.Break)+rule.Reason, func(t *testing.T) {
			b := newBench(t, people.PushAlert)
			require.Equal(t, invitation.Taken, b.push(t).Class)
			rule.Count = 1
			b.script(t, rule)
			got := b.push(t)
			require.Equal(t, invitation.Later, got.Class, got.Answer)
			require.Positive(t, got.RetryAfter)
			require.NotContains(t, got.Answer, b.notification().Token)
			require.Equal(t, invitation.Taken, b.push(t).Class, "a new connection takes the repeat")
		})
	}
}

func TestGoAwayForTheCertificateStopsTheRoute(t *testing.T) {
	b := newBench(t, people.PushAlert)
	require.Equal(t, invitation.Taken, b.push(t).Class)
	b.script(t, apnssim.Rule{Break: apnssim.GoAway, Reason: "BadCertificate"})
	got := b.push(t)
	require.Equal(t, invitation.RouteDown, got.Class)
	require.Contains(t, got.Answer, "BadCertificate")
}

func TestAHangingStreamIsLater(t *testing.T) {
	b := newBench(t, people.PushAlert)
	client := b.newClient(t, time.Now().AddDate(1, 0, 0), push.Options{Timeout: 100 * time.Millisecond})
	require.Equal(t, invitation.Taken, client.Push(t.Context(), b.notification()).Class)
	b.script(t, apnssim.Rule{Break: apnssim.Hang, Count: 1})
	got := client.Push(t.Context(), b.notification())
	require.Equal(t, invitation.Later, got.Class)
	require.Contains(t, got.Answer, "did not answer")
	require.Equal(t, invitation.Taken, client.Push(t.Context(), b.notification()).Class)
}

func TestACanceledPushDecidesNothing(t *testing.T) {
	b := newBench(t, people.PushAlert)
	client := b.newClient(t, time.Now().AddDate(1, 0, 0), push.Options{MaxConcurrent: 1})
	b.script(t, apnssim.Rule{Break: apnssim.Hang})
	ctx, cancel := context.WithCancel(t.Context())
	outcomes := make(chan invitation.Outcome)
	for range 2 {
		go func() { outcomes <- client.Push(ctx, b.notification()) }()
	}
	require.Eventually(t, func() bool { return b.sim.Played()[0] == 1 }, 5*time.Second, time.Millisecond)
	cancel()
	for range 2 {
		require.Equal(t, invitation.Later, (<-outcomes).Class)
	}
}

func TestNothingToConnectToIsRouteDown(t *testing.T) {
	b := newBench(t, people.PushAlert)
	require.Equal(t, invitation.Taken, b.push(t).Class)
	certificate := parse(t, b)
	closed, err := freeport.Address()
	require.NoError(t, err)

	for name, o := range map[string]push.Options{
		"reached":     {BaseURL: "https://" + closed},
		"not trusted": {BaseURL: b.sim.URL(), RootCAs: x509.NewCertPool()},
		"not found":   {BaseURL: "https://apns.invalid"},
	} {
		client, err := push.NewClient(certificate, o)
		require.NoError(t, err)
		got := client.Push(t.Context(), b.notification())
		require.Equal(t, invitation.RouteDown, got.Class)
		require.Contains(t, got.Answer, name)
		require.NotContains(t, got.Answer, b.notification().Token)
	}
}

func TestAServerThatNeverSpeaksIsRouteDown(t *testing.T) {
	b := newBench(t, people.PushAlert)
	silent, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer func() { require.NoError(t, silent.Close()) }()
	client, err := push.NewClient(parse(t, b), push.Options{BaseURL: "https://" + silent.Addr().String(), Timeout: 100 * time.Millisecond})
	require.NoError(t, err)
	require.Equal(t, invitation.RouteDown, client.Push(t.Context(), b.notification()).Class)
}

func parse(t *testing.T, b bench) push.Certificate {
	t.Helper()
	certPEM, keyPEM, err := b.sim.IssueCertificate(b.topic())
	require.NoError(t, err)
	certificate, err := push.ParseCertificate(certPEM, keyPEM, b.kind)
	require.NoError(t, err)
	return certificate
}

func TestAnExpiredCertificateStopsTheRoute(t *testing.T) {
	b := newBench(t, people.PushAlert)
	certificate := parse(t, b)
	certificate.NotAfter = time.Now().Add(-time.Hour)
	client, err := push.NewClient(certificate, push.Options{BaseURL: b.sim.URL()})
	require.NoError(t, err)
	got := client.Push(t.Context(), b.notification())
	require.Equal(t, invitation.RouteDown, got.Class)
	require.Contains(t, got.Answer, "expired on")
}

func TestACertificateRefusedInTheHandshakeStopsTheRoute(t *testing.T) {
	b := newBench(t, people.PushAlert)
	expired := parse(t, b)
	certPEM, keyPEM, err := b.sim.IssueCertificateUntil(alertTopic, time.Now().Add(-time.Hour))
	require.NoError(t, err)
	expired.TLS, err = tlsPair(certPEM, keyPEM)
	require.NoError(t, err)
	roots := x509.NewCertPool()
	require.True(t, roots.AppendCertsFromPEM(b.sim.CAPEM()))
	client, err := push.NewClient(expired, push.Options{BaseURL: b.sim.URL(), RootCAs: roots})
	require.NoError(t, err)
	for range 20 {
		got := client.Push(t.Context(), b.notification())
		require.Equal(t, invitation.RouteDown, got.Class, got.Answer)
		require.Contains(t, got.Answer, "certificate")
	}
}
