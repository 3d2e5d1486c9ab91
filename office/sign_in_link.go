package office

import (
	"context"
	"time"

	"heraut/fault"
	"heraut/internal/secrets"
	"heraut/people"
)

// signInLinkLife is how long a link that sets a passphrase works: an invited
// colleague may have a weekend off.
const signInLinkLife = 72 * time.Hour

// SignInLinks makes one-time links by which administrators set a passphrase.
type SignInLinks struct {
	Store SignInLinkStore
	// URL is the address of a link with the token; empty where the console has
	// no address.
	URL func(token string) string
}

// SignInLinkStore keeps links by the hash of their token.
type SignInLinkStore interface {
	// CreateSignInLink keeps a one-time link for life, in place of those that
	// the administrator had.
	CreateSignInLink(ctx context.Context, actor people.Actor, administratorID string, hash []byte, life time.Duration) (people.SignInLink, error)
}

// SignInLink is what is told of a link: once, for only its hash is kept.
type SignInLink struct {
	URL       string
	ExpiresAt time.Time
}

// Check refuses links that would lead nowhere, before there is an account that
// nobody can use.
func (l SignInLinks) Check() error {
	if l.URL("") == "" {
		return fault.New(fault.Conflict, "A link leads nowhere yet: start Heraut with --public-url, the address at which people reach it.")
	}
	return nil
}

// New makes a link for an administrator; it ends those made before.
func (l SignInLinks) New(ctx context.Context, actor people.Actor, administratorID string) (SignInLink, error) {
	if err := l.Check(); err != nil {
		return SignInLink{}, err
	}
	token := secrets.NewToken()
	kept, err := l.Store.CreateSignInLink(ctx, actor, administratorID, secrets.LinkHash(token), signInLinkLife)
	return SignInLink{URL: l.URL(token), ExpiresAt: kept.ExpiresAt}, err
}
