package signin

import (
	"context"
	"crypto/subtle"
	"errors"
	"fmt"
	"net/http"

	"github.com/coreos/go-oidc/v3/oidc"
	"github.com/labstack/echo/v4"
	"golang.org/x/oauth2"

	"heraut/fault"
	"heraut/people"
	"heraut/settings"
)

// The reasons of the page oidc-failed.
const (
	failedOff      = "signin.oidc.off"      // there is no identity provider
	failedExpired  = "signin.oidc.expired"  // the state is not of this browser, or is over
	failedRefused  = "signin.oidc.refused"  // the provider says no
	failedAway     = "signin.oidc.away"     // the provider can not be asked
	failedToken    = "signin.oidc.token"    //nolint:gosec // the key of a text: the ID token is not right
	failedRole     = "signin.oidc.role"     // nobody gave the person a role
	failedTaken    = "signin.oidc.taken"    // the login is somebody else's
	failedLast     = "signin.oidc.last"     // the last admin would be one no longer
	failedIdentity = "signin.oidc.identity" // the provider says too little of the person
)

// failure is why signing in at the provider did not succeed.
type failure struct {
	status int
	reason string
	cause  error // nil where the reason says it all
}

// Error implements error.
func (f *failure) Error() string { return f.reason }

// Unwrap gives the cause.
func (f *failure) Unwrap() error { return f.cause }

func fail(status int, reason string, cause error) error { return &failure{status, reason, cause} }

// startOIDC answers GET /oidc/start: on to the identity provider.
func (s *SignIn) startOIDC(c echo.Context) error {
	next := local(c.QueryParam("next"))
	if wait := s.gate.networks.Take(networkOf(c)); wait > 0 {
		return fault.New(fault.RateLimited, "Too many requests. Wait a moment.")
	}
	address, err := s.leaveFor(c, next)
	if err != nil {
		return s.failedOIDC(c, next, err)
	}
	return c.Redirect(http.StatusSeeOther, address)
}

// leaveFor notes the flow in the session and gives the provider's address.
func (s *SignIn) leaveFor(c echo.Context, next string) (string, error) {
	ctx, err := s.load(c)
	if err != nil {
		return "", err
	}
	set, provider, err := s.provider(ctx)
	if err != nil {
		return "", err
	}
	f := newFlow(set.Issuer, next, s.Now())
	if err := s.putFlows(ctx, append(s.flows(ctx), f)); err != nil {
		return "", err
	}
	if err := s.save(c); err != nil {
		return "", err
	}
	return clientOf(provider, set, s.BaseURL).AuthCodeURL(f.State, oidc.Nonce(f.Nonce), oauth2.S256ChallengeOption(f.Verifier)), nil
}

func (s *SignIn) provider(ctx context.Context) (settings.OIDC, *oidc.Provider, error) {
	set, err := s.OIDC(ctx)
	if err != nil {
		return set, nil, err
	}
	if !set.Set() {
		return set, nil, fail(http.StatusNotFound, failedOff, nil)
	}
	p, err := s.providers.discover(ctx, set.Issuer)
	if err != nil {
		return set, nil, fail(http.StatusBadGateway, failedAway, err)
	}
	return set, p, nil
}

// finishOIDC answers GET /oidc/callback, where the provider sends people back.
func (s *SignIn) finishOIDC(c echo.Context) error {
	ctx, err := s.load(c)
	if err != nil {
		return err
	}
	f, ok, err := s.takeFlow(ctx, c.QueryParam("state"))
	if err != nil {
		return err
	}
	if !ok {
		return s.failedOIDC(c, home, fail(http.StatusBadRequest, failedExpired, nil))
	}
	a, err := s.identify(ctx, f, c.QueryParam("error"), c.QueryParam("code"))
	if err != nil {
		if saveErr := s.save(c); saveErr != nil { // the state is used up
			return saveErr
		}
		return s.failedOIDC(c, f.Next, err)
	}
	if err := s.begin(c, a); err != nil {
		return err
	}
	s.note(c, a, "sign_in")
	return c.Redirect(http.StatusSeeOther, f.Next)
}

// identify asks the provider who has come back, and the store whom that is.
func (s *SignIn) identify(ctx context.Context, f flow, refusal, code string) (people.Administrator, error) {
	if refusal != "" || code == "" {
		return people.Administrator{}, fail(http.StatusForbidden, failedRefused, errors.New("the provider answers "+plain(errors.New(refusal))))
	}
	set, provider, err := s.provider(ctx)
	if err != nil {
		return people.Administrator{}, err
	}
	if set.Issuer != f.Issuer {
		return people.Administrator{}, fail(http.StatusBadRequest, failedExpired, nil) // another provider was set meanwhile
	}
	who, err := s.exchange(ctx, provider, set, f, code)
	if err != nil {
		return people.Administrator{}, err
	}
	if who.Role == "" {
		return people.Administrator{}, fail(http.StatusForbidden, failedRole, nil)
	}
	a, err := s.Store.AdministratorByIdentity(ctx, who)
	switch {
	case fault.Is(err, fault.Conflict) && takenLogin(err):
		return a, fail(http.StatusConflict, failedTaken, err)
	case fault.Is(err, fault.Conflict):
		return a, fail(http.StatusConflict, failedLast, err)
	case fault.Is(err, fault.InvalidRequest):
		return a, fail(http.StatusUnprocessableEntity, failedIdentity, err)
	}
	return a, err
}

// exchange turns the code into claims that the provider has signed for this
// very flow.
func (s *SignIn) exchange(ctx context.Context, p *oidc.Provider, set settings.OIDC, f flow, code string) (people.Identity, error) {
	asking := oidc.ClientContext(ctx, s.providers.client)
	token, err := clientOf(p, set, s.BaseURL).Exchange(asking, code, oauth2.VerifierOption(f.Verifier))
	if err != nil {
		return people.Identity{}, exchangeFailed(err)
	}
	raw, _ := token.Extra("id_token").(string)
	verified, err := p.VerifierContext(asking, &oidc.Config{ClientID: set.ClientID, Now: s.Now}).Verify(asking, raw)
	if err != nil {
		return people.Identity{}, fail(http.StatusForbidden, failedToken, err)
	}
	if subtle.ConstantTimeCompare([]byte(verified.Nonce), []byte(f.Nonce)) != 1 {
		return people.Identity{}, fail(http.StatusForbidden, failedToken, errors.New("the nonce is not of this sign-in"))
	}
	var said claims
	if err := verified.Claims(&said); err != nil {
		return people.Identity{}, fail(http.StatusForbidden, failedToken, err)
	}
	return said.identity(verified.Issuer, verified.Subject, set), nil
}

// exchangeFailed tells a provider that refuses from one that is away.
func exchangeFailed(err error) error {
	if refused, ok := errors.AsType[*oauth2.RetrieveError](err); ok && refused.Response.StatusCode < http.StatusInternalServerError {
		// The answer's body may hold what was asked: its code alone is told.
		return fail(http.StatusForbidden, failedRefused, fmt.Errorf("the token endpoint answers %s: %s", refused.Response.Status, refused.ErrorCode))
	}
	return fail(http.StatusBadGateway, failedAway, err)
}

// failedOIDC shows why, and a way back. What the person can not mend is told
// in the log, without anything of the person.
func (s *SignIn) failedOIDC(c echo.Context, next string, err error) error {
	f, ok := errors.AsType[*failure](err)
	if !ok {
		return err
	}
	if f.cause != nil {
		s.Log.WarnContext(c.Request().Context(), "Signing in at the identity provider failed.", "reason", f.reason, "error", plain(f.cause))
	}
	return s.Pages.Show(c, f.status, pageOIDCFailed, OIDCFailedPage{Reason: f.reason, Back: signInFor(next)})
}
