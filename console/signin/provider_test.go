package signin_test

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"sync"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/stretchr/testify/require"

	"heraut/console/signin"
	"heraut/settings"
)

const clientSecret = "secret of the client"

// provider is a small identity provider on loopback, over TLS. Its person has
// always signed in there already.
type provider struct {
	t      *testing.T
	server *httptest.Server
	key    *rsa.PrivateKey

	mu sync.Mutex
	// claims are added to, or replace, those of the ID tokens.
	claims map[string]any
	// forge signs with a key that is not the provider's.
	forge bool
	// away makes the token endpoint fail.
	away  bool
	codes map[string]grant
	// document is added to the discovery document.
	document map[string]any
}

// grant is what a code was given for.
type grant struct{ challenge, nonce, redirect string }

func newProvider(t *testing.T) *provider {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	require.NoError(t, err)
	p := &provider{t: t, key: key, codes: map[string]grant{}, claims: map[string]any{}, document: map[string]any{}}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /.well-known/openid-configuration", p.discovery)
	mux.HandleFunc("GET /keys", p.keys)
	mux.HandleFunc("GET /authorize", p.authorize)
	mux.HandleFunc("POST /token", p.token)
	p.server = httptest.NewTLSServer(mux)
	t.Cleanup(p.server.Close)
	return p
}

func (p *provider) set(claims map[string]any) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.claims = claims
}

func (p *provider) client() *http.Client { return signin.ProviderClient(p.server.Client().Transport) }

func (p *provider) settings() settings.OIDC {
	return settings.OIDC{
		Issuer: p.server.URL, ClientID: "heraut", ClientSecret: clientSecret, RoleClaim: "realm.roles",
		Roles: map[string]string{"teachers": "operator", "ict": "admin"}, ButtonLabel: "School",
	}
}

func (p *provider) discovery(w http.ResponseWriter, _ *http.Request) {
	p.mu.Lock()
	defer p.mu.Unlock()
	doc := map[string]any{
		"issuer": p.server.URL, "authorization_endpoint": p.server.URL + "/authorize", "token_endpoint": p.server.URL + "/token",
		"jwks_uri": p.server.URL + "/keys", "id_token_signing_alg_values_supported": []string{"RS256"},
	}
	maps.Copy(doc, p.document)
	p.write(w, doc)
}

func (p *provider) keys(w http.ResponseWriter, _ *http.Request) {
	p.write(w, jose.JSONWebKeySet{Keys: []jose.JSONWebKey{{Key: p.key.Public(), KeyID: "k1", Algorithm: "RS256", Use: "sig"}}})
}

func (p *provider) write(w http.ResponseWriter, doc any) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(doc) // the test sees what is missing
}

// authorize sends the person back at once.
func (p *provider) authorize(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	if q.Get("code_challenge_method") != "S256" || q.Get("client_id") != "heraut" || q.Get("response_type") != "code" {
		http.Error(w, "not a sign-in", http.StatusBadRequest)
		return
	}
	p.mu.Lock()
	code := rand.Text()
	p.codes[code] = grant{q.Get("code_challenge"), q.Get("nonce"), q.Get("redirect_uri")}
	p.mu.Unlock()
	http.Redirect(w, r, q.Get("redirect_uri")+"?"+url.Values{"code": {code}, "state": {q.Get("state")}}.Encode(), http.StatusFound)
}

// token gives an ID token for a code, once, to whoever knows the verifier.
func (p *provider) token(w http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.away {
		http.Error(w, "away", http.StatusServiceUnavailable)
		return
	}
	_, secret, _ := r.BasicAuth()
	given, known := p.codes[r.PostFormValue("code")]
	delete(p.codes, r.PostFormValue("code"))
	sum := sha256.Sum256([]byte(r.PostFormValue("code_verifier")))
	if !known || secret != url.QueryEscape(clientSecret) || given.redirect != r.PostFormValue("redirect_uri") ||
		base64.RawURLEncoding.EncodeToString(sum[:]) != given.challenge {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(http.StatusBadRequest)
		p.write(w, map[string]string{"error": "invalid_grant"})
		return
	}
	p.write(w, map[string]any{"access_token": "a", "token_type": "Bearer", "id_token": p.idToken(given.nonce)})
}

func (p *provider) idToken(nonce string) string {
	all := map[string]any{
		"iss": p.server.URL, "aud": "heraut", "sub": "s-1", "nonce": nonce, "name": "Zoë Ünal", "email": "zoe@example.org",
		"email_verified": true, "iat": time.Now().Unix(), "exp": time.Now().Add(time.Hour).Unix(),
		"realm": map[string]any{"roles": []string{"everybody", "teachers"}},
	}
	maps.Copy(all, p.claims)
	key := p.key
	if p.forge {
		var err error
		if key, err = rsa.GenerateKey(rand.Reader, 2048); err != nil {
			panic(err)
		}
	}
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.RS256, Key: jose.JSONWebKey{Key: key, KeyID: "k1"}}, nil)
	if err != nil {
		panic(err)
	}
	payload, err := json.Marshal(all)
	if err != nil {
		panic(err)
	}
	signed, err := signer.Sign(payload)
	if err != nil {
		panic(err)
	}
	text, err := signed.CompactSerialize()
	if err != nil {
		panic(err)
	}
	return text
}
