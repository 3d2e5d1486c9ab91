package main

import (
	"encoding/pem"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"heraut/people"
	"heraut/settings"
)

// TestProviderWithACertificateOfOnesOwn: schools run identity providers whose
// certificate no system knows.
func TestProviderWithACertificateOfOnesOwn(t *testing.T) {
	s := newOffice(t)
	mux := http.NewServeMux()
	provider := httptest.NewTLSServer(mux)
	t.Cleanup(provider.Close)
	mux.HandleFunc("GET /.well-known/openid-configuration", func(w http.ResponseWriter, _ *http.Request) {
		_, _ = fmt.Fprintf(w, `{"issuer":"%[1]s","authorization_endpoint":"%[1]s/a","token_endpoint":"%[1]s/t","jwks_uri":"%[1]s/k"}`, provider.URL) // the test sees it
	})
	mux.HandleFunc("GET /k", func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, `{"keys":[{}]}`) })
	set := settings.OIDC{Issuer: provider.URL, ClientID: "heraut", DefaultRole: "viewer"}
	check := identityProviders{s.parts}.CheckOIDC
	require.ErrorContains(t, check(t.Context(), set), "Discovery failed at "+provider.URL)

	s.parts.config.OIDCCA = filepath.Join(t.TempDir(), "ca.pem")
	certificate := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: provider.Certificate().Raw})
	require.NoError(t, os.WriteFile(s.parts.config.OIDCCA, certificate, 0o600))
	require.NoError(t, s.parts.openProviders())
	require.NoError(t, check(t.Context(), set))
}

func TestIdentityProviderIsReadWithItsSecret(t *testing.T) {
	s := newOffice(t)
	none, err := s.parts.settings.oidc(t.Context())
	require.NoError(t, err)
	require.False(t, none.Set())
	_, err = s.parts.store.PutSetting(t.Context(), people.System("test"), settings.NameOIDC, settings.OIDC{Issuer: "https://id.example.org"}, []byte("hush"), nil)
	require.NoError(t, err)
	set, err := s.parts.signin().OIDC(t.Context())
	require.NoError(t, err)
	require.Equal(t, settings.OIDC{Issuer: "https://id.example.org", ClientSecret: "hush"}, set)
}
