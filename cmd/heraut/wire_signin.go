package main

import (
	"context"
	"crypto/tls"
	"net/http"

	"heraut/console/signin"
	"heraut/internal/secrets"
	"heraut/people"
	"heraut/settings"
	"heraut/store"
)

// signin is what signing in to the console needs, but its pages.
func (p *parts) signin() signin.Dependencies {
	return signin.Dependencies{Store: p.store, OIDC: p.settings.oidc, BaseURL: p.consoleURL(), Log: p.log, HTTP: p.providers}
}

// consoleURL is where browsers find the console: at the public address, else
// on this machine; empty where neither is known.
func (p *parts) consoleURL() string {
	if p.config.PublicURL != "" {
		return p.config.PublicURL
	}
	return p.local
}

// signInURL is the address of a one-time link with the token, for everyone but
// the first administrator; empty where the console has no address.
func (p *parts) signInURL(token string) string {
	if p.consoleURL() == "" {
		return ""
	}
	return signin.LinkURL(p.consoleURL(), token, false)
}

// openProviders makes the client that asks identity providers.
func (p *parts) openProviders() error {
	authorities, err := roots(p.config.OIDCCA)
	if err != nil {
		return err
	}
	p.providers = signin.ProviderClient(&http.Transport{
		Proxy: http.ProxyFromEnvironment, ForceAttemptHTTP2: true,
		TLSClientConfig: &tls.Config{RootCAs: authorities, MinVersion: tls.VersionTLS12},
	})
	return nil
}

// oidc is the identity provider of administrators, with its client secret.
func (s storedSettings) oidc(ctx context.Context) (settings.OIDC, error) {
	var set settings.OIDC
	_, secret, err := s.store.SettingWithSecret(ctx, settings.NameOIDC, &set)
	set.ClientSecret = string(secret)
	return set, wrap(err, "reading the settings of the identity provider")
}

// identityProviders asks providers for the API.
type identityProviders struct{ parts *parts }

// CheckOIDC implements office.IdentityProviders.
func (i identityProviders) CheckOIDC(ctx context.Context, set settings.OIDC) error {
	return signin.CheckProvider(ctx, i.parts.providers, set)
}

// RedirectURL implements office.IdentityProviders.
func (i identityProviders) RedirectURL() string {
	if i.parts.consoleURL() == "" {
		return ""
	}
	return signin.RedirectURL(i.parts.consoleURL())
}

// newSignInLink makes a one-time link for an administrator, or with an empty
// id for the first one, and gives its address. Only a hash of it is kept.
func newSignInLink(ctx context.Context, s *store.Store, actor people.Actor, baseURL, administratorID string) (address string, link people.SignInLink, err error) {
	token, life := secrets.NewToken(), signInLinkLife
	if administratorID == "" {
		life = firstLinkLife
	}
	link, err = s.CreateSignInLink(ctx, actor, administratorID, secrets.LinkHash(token), life)
	return signin.LinkURL(baseURL, token, administratorID == ""), link, err
}
