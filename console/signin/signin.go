// Package signin lets administrators into the console: with a passphrase or at
// an identity provider, by sessions that the store keeps and can end at once.
//
// The pages are the console's: this package says which is shown, with what.
package signin

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"github.com/alexedwards/scs/v2"
	"github.com/labstack/echo/v4"

	"heraut/internal/secrets"
	"heraut/people"
	"heraut/settings"
)

// Store keeps administrators, sessions and one-time links.
type Store interface {
	Administrator(ctx context.Context, id string) (people.Administrator, error)
	Credentials(ctx context.Context, login string) (a people.Administrator, passphrase string, err error)
	AdministratorByIdentity(ctx context.Context, who people.Identity) (people.Administrator, error)
	UpdateAdministrator(ctx context.Context, actor people.Actor, id string, ifVersion *int64,
		edit func(people.Administrator) (people.Administrator, error)) (people.Administrator, error)
	SetPassphrase(ctx context.Context, actor people.Actor, id, hash string) (people.Administrator, error)

	SignInLink(ctx context.Context, hash []byte) (people.SignInLink, error)
	UseSignInLink(ctx context.Context, hash []byte, first people.Administrator, passphrase string) (people.Administrator, error)

	SaveSession(ctx context.Context, hash string, n people.Session) error
	FindSession(ctx context.Context, hash string, idle time.Duration) (data string, found bool, err error)
	DeleteSession(ctx context.Context, hash string) error
	NoteSignIn(ctx context.Context, a people.Administrator, action string) error
}

// Pages shows a page of the console, in the language of its reader. page names
// a template of templates/signin; data is one of this package's *Page types.
type Pages interface {
	Show(c echo.Context, status int, page string, data any) error
}

// Dependencies are what signing in needs; all but HTTP and Now are required.
type Dependencies struct {
	Store Store
	Pages Pages
	// OIDC is the identity provider with its client secret; the zero one:
	// there is none.
	OIDC func(ctx context.Context) (settings.OIDC, error)
	// BaseURL is where browsers find the console, without a slash at its end.
	// Over https the session's cookie goes no other way.
	BaseURL string
	Log     *slog.Logger
	// HTTP asks identity providers; nil: a client with a time limit.
	HTTP *http.Client
	// Now is the clock of rate limits and of sign-ins under way; nil: the
	// machine's.
	Now func() time.Time
}

// SignIn lets administrators in. It is safe for concurrent use.
type SignIn struct {
	Dependencies
	manager     *scs.SessionManager
	passphrases *secrets.Passphrases
	gate        *gate
	origin      *http.CrossOriginProtection
	providers   *providers
}

// New makes the sign-in. The one error is of a BaseURL that is no address.
func New(d Dependencies) (*SignIn, error) {
	origin, err := newOrigin(d.BaseURL)
	if err != nil {
		return nil, fmt.Errorf("reading the console's address: %w", err)
	}
	if d.Now == nil {
		d.Now = time.Now
	}
	passphrases := secrets.NewPassphrases(hashesAtOnce)
	return &SignIn{
		Dependencies: d, origin: origin, passphrases: passphrases,
		manager:   newManager(d.Store, strings.HasPrefix(d.BaseURL, "https://"), d.Now),
		gate:      newGate(d.Store, passphrases, d.Now),
		providers: newProviders(d.HTTP, d.Now),
	}, nil
}

// The paths that Register serves.
const (
	signInPath     = "/sign-in"
	signOutPath    = "/sign-out"
	firstAdminPath = "/first-admin"
	passphrasePath = "/set-passphrase"
	accountPath    = "/account"
	oidcStartPath  = "/oidc/start"
	oidcBackPath   = "/oidc/callback"
)

// Register adds the routes to a server, behind the middleware that the console
// puts before all of its pages. Addresses of /first-admin and /set-passphrase
// carry a secret in their query: no log may hold it.
func (s *SignIn) Register(e *echo.Echo, m ...echo.MiddlewareFunc) {
	m = append(m, s.SameOrigin, guarded)
	e.GET(signInPath, s.showSignIn, m...)
	e.POST(signInPath, s.signIn, m...)
	e.POST(signOutPath, s.signOut, m...)
	for _, path := range []string{firstAdminPath, passphrasePath} {
		e.GET(path, s.showLink, m...)
		e.POST(path, s.useLink, m...)
	}
	e.GET(oidcStartPath, s.startOIDC, m...)
	e.GET(oidcBackPath, s.finishOIDC, m...)
	m = append(m, s.Required)
	e.GET(accountPath, s.showAccount, m...)
	e.POST(accountPath, s.changeAccount, m...)
}

// guarded keeps pages of secrets out of caches, and their addresses out of
// what other sites are told.
func guarded(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		h := c.Response().Header()
		h.Set(echo.HeaderCacheControl, "no-store")
		h.Set(echo.HeaderReferrerPolicy, "same-origin")
		return next(c)
	}
}

// RedirectURL is what an identity provider must be told.
func RedirectURL(baseURL string) string { return baseURL + oidcBackPath }

// LinkURL is the address of a one-time link with the token: of the first
// administrator, or of another one who sets a passphrase.
func LinkURL(baseURL, token string, first bool) string {
	if first {
		return baseURL + firstAdminPath + "?token=" + token
	}
	return baseURL + passphrasePath + "?token=" + token
}
