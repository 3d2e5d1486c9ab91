package signin

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"heraut/fault"
	"heraut/settings"
)

const (
	// providerTimeout bounds one request to an identity provider.
	providerTimeout = 10 * time.Second
	// providerAnswer bounds an answer of one, in bytes.
	providerAnswer = 1 << 20
	// discoveryLife is how long a discovery document is good for.
	discoveryLife = 10 * time.Minute
)

// ProviderClient makes the client that asks identity providers, on a transport
// (nil: the usual one): with a time limit, and answers of a bounded size.
func ProviderClient(transport http.RoundTripper) *http.Client {
	if transport == nil {
		transport = http.DefaultTransport
	}
	return &http.Client{Timeout: providerTimeout, Transport: bounded{transport}}
}

type bounded struct{ http.RoundTripper }

// RoundTrip implements http.RoundTripper.
func (b bounded) RoundTrip(r *http.Request) (*http.Response, error) {
	answer, err := b.RoundTripper.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	body := answer.Body
	answer.Body = struct {
		io.Reader
		io.Closer
	}{io.LimitReader(body, providerAnswer), body}
	return answer, nil
}

// providers remembers the discovery document of the provider in use.
type providers struct {
	client *http.Client
	now    func() time.Time

	mu    sync.Mutex
	found *oidc.Provider
	of    string // the issuer
	at    time.Time
}

func newProviders(client *http.Client, now func() time.Time) *providers {
	if client == nil {
		client = ProviderClient(nil)
	}
	return &providers{client: client, now: now}
}

// discover reads the provider's discovery document, or remembers it.
func (p *providers) discover(ctx context.Context, issuer string) (*oidc.Provider, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.found != nil && p.of == issuer && p.now().Sub(p.at) < discoveryLife {
		return p.found, nil
	}
	// The provider keeps the context for its keys, which outlive the request.
	found, err := oidc.NewProvider(oidc.ClientContext(context.WithoutCancel(ctx), p.client), issuer)
	if err != nil {
		return nil, fmt.Errorf("discovering the identity provider: %w", err)
	}
	p.found, p.of, p.at = found, issuer, p.now()
	return found, nil
}

// clientOf is Heraut as the provider knows it.
func clientOf(p *oidc.Provider, set settings.OIDC, baseURL string) *oauth2.Config {
	return &oauth2.Config{
		ClientID: set.ClientID, ClientSecret: set.ClientSecret, Endpoint: p.Endpoint(),
		RedirectURL: RedirectURL(baseURL), Scopes: []string{oidc.ScopeOpenID, "profile", "email"},
	}
}

// CheckProvider asks an identity provider what signing in there needs, before
// it becomes a setting. The fault names the step that fails, and what to do.
func CheckProvider(ctx context.Context, client *http.Client, set settings.OIDC) error {
	if err := set.Check(); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(oidc.ClientContext(ctx, client), 2*providerTimeout)
	defer cancel()
	p, err := oidc.NewProvider(ctx, set.Issuer)
	if err != nil {
		return refused("Discovery", set.Issuer+"/.well-known/openid-configuration", err)
	}
	var offered discovery
	if err := p.Claims(&offered); err != nil {
		return refused("Discovery", set.Issuer, err)
	}
	if err := offered.check(); err != nil {
		return refused("Discovery", set.Issuer, err)
	}
	if err := offered.fetchKeys(ctx, client); err != nil {
		return refused("Reading the signing keys", offered.Keys, err)
	}
	return nil
}

func refused(step, address string, err error) error {
	return fault.Invalid(fault.Field{Pointer: "/issuer", Message: step + " failed at " + address + ": " + plain(err) + "."})
}

// plain is an error's text on one line of a bearable length.
func plain(err error) string {
	text := strings.TrimSuffix(strings.Join(strings.Fields(err.Error()), " "), ".")
	if runes := []rune(text); len(runes) > 300 {
		return string(runes[:300]) + "…"
	}
	return text
}

// discovery is what we need of a discovery document.
type discovery struct {
	Authorization string   `json:"authorization_endpoint"`
	Token         string   `json:"token_endpoint"`
	Keys          string   `json:"jwks_uri"`
	PKCE          []string `json:"code_challenge_methods_supported"`
}

func (d discovery) check() error {
	switch {
	case d.Authorization == "":
		return errors.New("it names no authorization_endpoint")
	case d.Token == "":
		return errors.New("it names no token_endpoint")
	case d.Keys == "":
		return errors.New("it names no jwks_uri")
	}
	return nil
}

// fetchKeys looks whether the signing keys can be read.
func (d discovery) fetchKeys(ctx context.Context, client *http.Client) error {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, d.Keys, http.NoBody)
	if err != nil {
		return err
	}
	answer, err := client.Do(r)
	if err != nil {
		return err
	}
	defer func() { _ = answer.Body.Close() }() // it was read, or is not wanted
	if answer.StatusCode != http.StatusOK {
		return fmt.Errorf("it answers %s", answer.Status)
	}
	return readKeys(answer.Body)
}
