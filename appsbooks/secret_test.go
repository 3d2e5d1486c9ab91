package appsbooks_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"testing"

	"github.com/stretchr/testify/require"

	"heraut/appsbooks"
	appsbookssim "heraut/simulator/appsbooks"
)

func TestSecretsDoNotShow(t *testing.T) {
	user := appsbooks.User{ClientUserID: "u-1", InviteCode: "the-code"}
	token := &appsbooks.Token{Raw: "the-code"}
	config := appsbooks.ClientConfig{NotificationToken: "the-code"}
	var log bytes.Buffer
	for _, one := range []any{user, token, config, appsbooks.Secret("the-code"), []appsbooks.User{user}} {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
			require.NotContains(t, fmt.Sprintf(verb, one), "the-code", verb)
			require.NotContains(t, fmt.Sprintf(verb, one), fmt.Sprintf("%x", "the-code"), verb)
		}
		text, err := json.Marshal(one)
		require.NoError(t, err)
		require.Contains(t, string(text), "[redacted]")
		slog.New(slog.NewTextHandler(&log, nil)).Info("text", "one", one)
		slog.New(slog.NewJSONHandler(&log, nil)).Info("json", "one", one)
	}
	require.NotContains(t, log.String(), "the-code")
	require.Empty(t, fmt.Sprint(appsbooks.Secret("")), "it shows whether there is one")
	require.NoError(t, json.Unmarshal([]byte(`{"inviteCode":"plain"}`), &user))
	require.Equal(t, "plain", string(user.InviteCode), "it is read as it is")
}

func TestLogHoldsNoSecret(t *testing.T) {
	p := newPlace(t, appsbookssim.Options{})
	p.create(t, appsbooks.NewUser{ClientUserID: "u-1", Email: "person@example.org"})
	u, _, err := p.client.ActiveUser(t.Context(), "u-1")
	require.NoError(t, err)
	_, err = p.client.InviteURL(t.Context(), u.InviteCode)
	require.NoError(t, err)
	for _, rule := range []appsbookssim.Rule{
		{Status: 401, Number: 9621}, {Status: 503, Number: 9729}, {Status: 200, Body: string(u.InviteCode)}, {Break: appsbookssim.Reset},
	} {
		p.script(t, rule)
		_, _, err := p.client.ActiveUser(t.Context(), "u-1")
		require.Error(t, err)
		for _, secret := range []string{string(p.token.Raw), string(u.InviteCode), "person@example.org"} {
			require.NotContains(t, fmt.Sprintf("%+v", err), secret)
			require.NotContains(t, p.log.String(), secret)
		}
	}
	require.Contains(t, p.log.String(), `"number":9621`)
}
