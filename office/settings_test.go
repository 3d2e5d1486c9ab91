package office_test

import (
	"context"
	"encoding/json"
	"encoding/pem"
	"errors"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"heraut/fault"
	"heraut/office"
	"heraut/people"
	"heraut/settings"
)

// cabinet keeps settings in memory, as the store does.
type cabinet struct {
	docs    map[string][]byte
	secrets map[string][]byte
}

func newCabinet() *cabinet { return &cabinet{docs: map[string][]byte{}, secrets: map[string][]byte{}} }

func (c *cabinet) Setting(_ context.Context, name string, into any) (int64, error) {
	if doc, is := c.docs[name]; is {
		return 1, json.Unmarshal(doc, into)
	}
	return 0, nil
}

func (c *cabinet) SettingSecret(_ context.Context, name string) ([]byte, error) {
	return c.secrets[name], nil
}

func (c *cabinet) PutSetting(_ context.Context, _ people.Actor, name string, doc any, secret []byte, _ *int64) (int64, error) {
	written, err := json.Marshal(doc)
	c.docs[name] = written
	if secret != nil {
		c.secrets[name] = secret
	}
	return 1, err
}

func (c *cabinet) DeleteSetting(_ context.Context, _ people.Actor, name string) error {
	delete(c.docs, name)
	delete(c.secrets, name)
	return nil
}

// reader takes every certificate, with its text as the topic.
type reader struct{}

func (reader) ReadCertificate(cert, _ []byte, _ people.PushKind) (settings.PushCertificate, error) {
	return settings.PushCertificate{Topic: string(cert), PEM: string(cert)}, nil
}

// busy is a provider and an MDM server that answer so.
type busy struct{ err error }

func (b busy) CheckOIDC(context.Context, settings.OIDC) error { return b.err }
func (busy) RedirectURL() string                              { return "" }
func (b busy) CheckMDM(context.Context, settings.MDMServer, settings.MDMSecrets) error {
	return b.err
}

var setup = people.System("test")

func TestPasswordStaysWithItsServer(t *testing.T) {
	kept := newCabinet()
	s := office.Settings{Store: kept}
	mail := settings.DefaultMail()
	mail.Mode, mail.From, mail.Relay.Host, mail.Relay.Username = settings.MailRelay, "it@example.org", "smtp.example.org", "it"
	password := "hunter2"
	_, err := s.PutMail(t.Context(), setup, mail, &password, nil)
	require.NoError(t, err)
	_, err = s.PutMail(t.Context(), setup, mail, nil, nil)
	require.NoError(t, err)
	require.Equal(t, password, string(kept.secrets[settings.NameMail]))
	elsewhere := mail
	elsewhere.Relay.Host = "evil.example.org"
	_, err = s.PutMail(t.Context(), setup, elsewhere, nil, nil)
	require.ErrorContains(t, err, "/relay/password")
	require.Contains(t, string(kept.docs[settings.NameMail]), "smtp.example.org", "the old one stays")
	direct := settings.DefaultMail()
	direct.From = "it@example.org"
	_, err = s.PutMail(t.Context(), setup, direct, nil, nil)
	require.NoError(t, err)
	require.Empty(t, kept.secrets[settings.NameMail], "without a relay there is no password")
}

func TestKeysStayOutOfTheCertificate(t *testing.T) {
	kept := newCabinet()
	s := office.Settings{Store: kept, Certificates: reader{}}
	cert := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: []byte("c")})
	key := pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: []byte("k")})
	for _, both := range [][]byte{append(append([]byte{}, cert...), key...), append(append([]byte{}, key...), cert...)} {
		c, err := s.PutCertificate(t.Context(), setup, people.PushAlert, both, key, false)
		require.NoError(t, err)
		require.Equal(t, string(cert), c.PEM)
	}
	c, err := s.PutCertificate(t.Context(), setup, people.PushAlert, []byte("no PEM"), key, false)
	require.NoError(t, err)
	require.Equal(t, "no PEM", c.PEM, "whoever reads it says what is wrong")
	require.NoError(t, s.DeleteCertificate(t.Context(), setup, people.PushAlert))
	require.True(t, fault.Is(s.DeleteCertificate(t.Context(), setup, people.PushAlert), fault.NotFound))
}

func TestNothingIsSavedBeforeOthersHaveAnswered(t *testing.T) {
	kept := newCabinet()
	away := errors.New("away")
	s := office.Settings{Store: kept, Providers: busy{away}, MDMServers: busy{away}}
	_, err := s.PutOIDC(t.Context(), setup, settings.OIDC{Issuer: "https://id.example.org", ClientID: "heraut", DefaultRole: "viewer"}, nil, nil)
	require.ErrorIs(t, err, away)
	key, webhook := "key", strings.Repeat("w", 16)
	set := settings.DefaultMDMServer()
	set.Mode, set.URL = settings.MDMExternal, "https://mdm.example.org"
	_, err = s.PutMDM(t.Context(), setup, set, office.MDMKeys{APIKey: &key, WebhookSecret: &webhook}, nil)
	require.ErrorIs(t, err, away)
	require.Empty(t, kept.docs)
	require.Empty(t, kept.secrets)
}

func TestLinksThatLeadNowhere(t *testing.T) {
	links := office.SignInLinks{URL: func(string) string { return "" }}
	require.True(t, fault.Is(links.Check(), fault.Conflict))
	_, err := links.New(t.Context(), setup, "a")
	require.True(t, fault.Is(err, fault.Conflict), "before anything is kept")
}
