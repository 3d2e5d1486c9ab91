package appsbooks_test

import (
	"context"
	"crypto/tls"
	"errors"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"heraut/appsbooks"
	appsbookssim "heraut/simulator/appsbooks"
)

// asError gives the package's own error.
func asError(t *testing.T, err error) *appsbooks.Error {
	t.Helper()
	e, ok := errors.AsType[*appsbooks.Error](err)
	require.True(t, ok, "%v", err)
	return e
}

func TestErrorNumbers(t *testing.T) {
	p := newPlace(t, appsbookssim.Options{})
	classes := map[appsbooks.Class][]int{
		appsbooks.Retry: {9603, 9644, 9646, 9729},
		appsbooks.Stop:  {9601, 9621, 9622, 9625, 9634, 9637, 9647},
		appsbooks.Input: {
			9602, 9609, 9623, 9650, 9700, 9701, 9702, 9703, 9704, 9705, 9706, 9707, 9708, 9710, 9711, 9712, 9713,
			9714, 9715, 9717, 9718, 9719, 9720, 9721, 9723, 9724, 9725, 9728, 9811, 9818, 12345, 2147483647,
		},
	}
	for class, numbers := range classes {
		for _, number := range numbers {
			// Under the status that goes with it, and under 200 as Apple has done.
			for _, status := range []int{http.StatusBadRequest, http.StatusOK} {
				client := p.another(t, p.token) // a fresh one: a refusal keeps the next request back
				p.script(t, appsbookssim.Rule{Path: "/assets", Status: status, Number: number})
				err := client.Assets(t.Context(), appsbooks.AssetQuery{}, func([]appsbooks.Asset) error { return nil })
				e := asError(t, err)
				require.Equal(t, number, e.Number)
				require.Equal(t, class, e.Class, "%d under %d", number, status)
				require.Equal(t, class == appsbooks.Retry, e.RetryAfter > 0, number)
			}
		}
	}
}

func TestStatusWithoutANumber(t *testing.T) {
	for status, class := range map[int]appsbooks.Class{
		200: appsbooks.Retry, 302: appsbooks.Retry, // something in between
		400: appsbooks.Retry, 404: appsbooks.Retry, 405: appsbooks.Retry, 413: appsbooks.Retry, 415: appsbooks.Retry, 451: appsbooks.Retry,
		401: appsbooks.Stop, 403: appsbooks.Stop, 407: appsbooks.Stop, 410: appsbooks.Stop,
		408: appsbooks.Retry, 429: appsbooks.Retry, 500: appsbooks.Retry, 502: appsbooks.Retry, 503: appsbooks.Retry,
	} {
		p := newPlace(t, appsbookssim.Options{Script: appsbookssim.Script{Rules: []appsbookssim.Rule{
			{Path: "/status", Status: status, Body: "<html>hotel Wi-Fi</html>"},
		}}})
		_, err := p.client.EventStatus(t.Context(), "x")
		e := asError(t, err)
		require.Equal(t, class, e.Class, status)
		require.Zero(t, e.Number)
		require.ErrorContains(t, e, "asking Apps and Books for status: status")
	}
}

func TestAnswersThatMakeNoSense(t *testing.T) {
	p := newPlace(t, appsbookssim.Options{})
	for _, body := range []string{`[]`, `"x"`, `null`, `{"users":5}`, `{"users":[{"status":{}}]}`, `{"errorNumber":"many"}`, `{`} {
		p.script(t, appsbookssim.Rule{Path: "/users", Status: 200, Body: body})
		_, err := p.client.Users(t.Context(), appsbooks.UserQuery{}, func(u []appsbooks.User) error {
			require.Empty(t, u)
			return nil
		})
		require.Equal(t, appsbooks.Retry, asError(t, err).Class, body)
	}
	p.script(t, appsbookssim.Rule{Path: "/users/create", Status: 200, Body: `{}`})
	_, err := p.client.CreateUsers(t.Context(), newUsers(1))
	require.ErrorContains(t, err, "can not be read")
	p.script(t, appsbookssim.Rule{Path: "/users/create", Status: 400, Body: `{"errorNumber":9609,"errorInfo":["odd"]}`})
	_, err = p.client.CreateUsers(t.Context(), newUsers(1))
	require.Equal(t, appsbooks.UserNotFound, asError(t, err).Number)
}

func TestConnectionsThatBreak(t *testing.T) {
	p := newPlace(t, appsbookssim.Options{}, func(o *appsbooks.Options) { o.Timeout = 2 * time.Second })
	_, err := p.client.Service(t.Context())
	require.NoError(t, err)
	for _, way := range []appsbookssim.Break{appsbookssim.Hang, appsbookssim.Reset} {
		p.script(t, appsbookssim.Rule{Path: "/users/create", Break: way})
		_, err := p.client.CreateUsers(t.Context(), []appsbooks.NewUser{{ClientUserID: "u-1"}})
		e := asError(t, err)
		require.Equal(t, appsbooks.Retry, e.Class)
		require.Zero(t, e.Status)
		require.Positive(t, e.RetryAfter)
		require.NotContains(t, e.Error(), string(p.token.Raw))
	}
	p.script(t, appsbookssim.Rule{Path: "/status", Break: appsbookssim.Hang})
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err = p.client.EventStatus(ctx, "x")
	require.ErrorIs(t, err, context.Canceled)

	stranger := p.another(t, p.token, func(o *appsbooks.Options) { o.RootCAs = nil })
	_, err = stranger.Service(t.Context())
	_, untrusted := errors.AsType[*tls.CertificateVerificationError](err)
	require.True(t, untrusted, "%v", err)
}

func TestTokensThatDoNotWork(t *testing.T) {
	p := newPlace(t, appsbookssim.Options{})
	number := func(token appsbooks.Token) int {
		_, err := p.another(t, token).ClientConfig(t.Context())
		e := asError(t, err)
		require.Equal(t, appsbooks.Stop, e.Class)
		return e.Number
	}
	file := p.apple.Token(org, time.Now().Add(-time.Hour))
	expired := appsbooks.Token{Raw: appsbooks.Secret(file)}
	require.Equal(t, appsbooks.TokenExpired, number(expired))
	require.Equal(t, appsbooks.LoginRequired, number(appsbooks.Token{Raw: "unknown"}))
	p.apple.RevokeToken([]byte(p.token.Raw))
	require.Equal(t, appsbooks.TokenRevoked, number(p.token))
}
