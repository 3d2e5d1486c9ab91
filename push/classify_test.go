package push_test

import (
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"heraut/invitation"
	"heraut/people"
	apnssim "heraut/simulator/apns"
)

// TestEveryAnswerOfAPNs goes through Apple's tables of status codes and of
// error strings, then through what no table holds.
func TestEveryAnswerOfAPNs(t *testing.T) {
	cases := []struct {
		status  int
		class   invitation.Class
		reasons string
	}{
		{200, invitation.Taken, "-"},
		{400, invitation.TokenDead, "BadDeviceToken DeviceTokenNotForTopic"},
		{400, invitation.RouteDown, "BadTopic MissingTopic TopicDisallowed"},
		{400, invitation.Refused, "InvalidPushType BadPriority BadExpirationDate BadMessageId BadCollapseId"},
		{400, invitation.Refused, "DuplicateHeaders MissingDeviceToken PayloadEmpty"},
		{400, invitation.Later, "IdleTimeout"},
		{403, invitation.RouteDown, "BadCertificate BadCertificateEnvironment Forbidden"},
		{403, invitation.RouteDown, "ExpiredProviderToken InvalidProviderToken MissingProviderToken"},
		{403, invitation.RouteDown, "UnrelatedKeyIdInToken BadEnvironmentKeyIdInToken"},
		{404, invitation.RouteDown, "BadPath"},
		{405, invitation.RouteDown, "MethodNotAllowed"},
		{410, invitation.TokenDead, "Unregistered ExpiredToken"},
		{413, invitation.Refused, "PayloadTooLarge"},
		{429, invitation.Later, "TooManyRequests TooManyProviderTokenUpdates"},
		{500, invitation.Later, "InternalServerError"},
		{503, invitation.Later, "ServiceUnavailable Shutdown"},

		{400, invitation.Refused, "Invented -"},
		{403, invitation.RouteDown, "Invented -"},
		{404, invitation.RouteDown, "-"},
		{407, invitation.RouteDown, "-"},
		{408, invitation.Later, "-"},
		{410, invitation.TokenDead, "Invented -"},
		{413, invitation.Refused, "-"},
		{418, invitation.RouteDown, "Invented"},
		{429, invitation.Later, "Invented -"},
		{502, invitation.Later, "-"},
		{599, invitation.Later, "Invented"},
	}
	b := newBench(t, people.PushAlert)
	for _, c := range cases {
		for reason := range strings.FieldsSeq(c.reasons) {
			t.Run(strconv.Itoa(c.status)+" "+reason, func(t *testing.T) {
				reason = strings.TrimPrefix(reason, "-")
				b.script(t, apnssim.Rule{Status: c.status, Reason: reason})
				got := b.push(t)
				require.Equal(t, c.class, got.Class)
				require.Equal(t, c.status, got.Code)
				require.True(t, strings.HasPrefix(got.Answer, strings.TrimSpace(strconv.Itoa(c.status)+" "+reason)), got.Answer)
				require.Equal(t, c.class == invitation.TokenDead, !got.DeadSince.IsZero())
			})
		}
	}
}

func TestRetryAfterReachesTheOutcome(t *testing.T) {
	b := newBench(t, people.PushAlert)
	for _, rule := range []apnssim.Rule{
		{Status: 429, Reason: "TooManyRequests", RetryAfter: 90},
		{Status: 503, Reason: "ServiceUnavailable", RetryAfter: 90},
	} {
		b.script(t, rule)
		require.Equal(t, 90*time.Second, b.push(t).RetryAfter)
	}
	b.script(t, apnssim.Rule{Status: 503, Reason: "Shutdown", RetryAfter: 1 << 40})
	require.Equal(t, 24*time.Hour, b.push(t).RetryAfter, "a wait that no one can mean is bounded")
}

func TestDeadSinceIsWhatAPNsSays(t *testing.T) {
	b := newBench(t, people.PushAlert)
	since := time.Date(2026, 3, 1, 12, 0, 0, 123_000_000, time.UTC)

	b.sim.Unregister(b.notification().Token, since)
	require.Equal(t, since, b.push(t).DeadSince, "to the millisecond")

	for _, impossible := range []int64{0, -1, 1 << 61} {
		b.script(t, apnssim.Rule{Status: 410, Reason: "Unregistered", Timestamp: impossible})
		require.WithinDuration(t, time.Now(), b.push(t).DeadSince, time.Minute)
	}
}

func TestAnAnswerThatIsNotAPNsDoesNoHarm(t *testing.T) {
	bodies := map[string]string{
		"html":        "<html><body>502</body></html>",
		"array":       "[1,2]",
		"wrong types": `{"reason":7,"timestamp":"x"}`,
		"lines":       "{\"reason\":\"a\\r\\nb\\u0000c\"}",
		"long":        `{"reason":"` + strings.Repeat("é", 1000) + `"}`,
		"endless":     strings.Repeat("x", 1<<20),
		"not utf-8":   "{\"reason\":\"\xff\xfe\"}",
	}
	b := newBench(t, people.PushAlert)
	for name, body := range bodies {
		t.Run(name, func(t *testing.T) {
			b.script(t, apnssim.Rule{Status: 502, Body: body})
			got := b.push(t)
			require.Equal(t, invitation.Later, got.Class)
			require.LessOrEqual(t, len(got.Answer), 500)
			require.NotContains(t, got.Answer, "\n")
		})
	}
	b.script(t, apnssim.Rule{Status: 200, Body: "<html>"})
	require.Equal(t, invitation.Taken, b.push(t).Class)
}
