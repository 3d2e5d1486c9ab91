package signin

import (
	"errors"
	"net/http"
	"net/url"
	"strconv"

	"github.com/labstack/echo/v4"

	"heraut/fault"
)

// maxForm bounds our own forms, in bytes.
const maxForm = 16 << 10

// showSignIn answers GET /sign-in. Who is signed in goes on at once.
func (s *SignIn) showSignIn(c echo.Context) error {
	next := local(c.QueryParam("next"))
	ctx, err := s.load(c)
	if err != nil {
		return err
	}
	switch _, ok, err := s.signedIn(ctx); {
	case err != nil:
		return err
	case ok:
		return c.Redirect(http.StatusSeeOther, next)
	}
	return s.show(c, http.StatusOK, FormPage{Next: next})
}

func (s *SignIn) show(c echo.Context, status int, p FormPage) error {
	var err error
	if p.OIDC, err = s.button(c, p.Next); err != nil {
		return err
	}
	return s.Pages.Show(c, status, pageSignIn, p)
}

func (s *SignIn) button(c echo.Context, next string) (OIDCButton, error) {
	set, err := s.OIDC(c.Request().Context())
	if err != nil || !set.Set() {
		return OIDCButton{}, err
	}
	return OIDCButton{Shown: true, Label: set.ButtonLabel, Href: oidcStartPath + "?next=" + url.QueryEscape(next)}, nil
}

// signIn answers POST /sign-in.
func (s *SignIn) signIn(c echo.Context) error {
	form, err := readForm(c)
	if err != nil {
		return err
	}
	next := local(form.Get("next"))
	problem, err := s.enter(c, form.Get("login"), form.Get("passphrase"))
	switch {
	case err != nil:
		return err
	case problem != nil:
		return s.show(c, problem.status, FormPage{Next: next, Login: form.Get("login"), Errors: problem.errors, Wait: problem.wait})
	}
	return c.Redirect(http.StatusSeeOther, next)
}

// problem is why a sign-in did not succeed, for the page.
type problem struct {
	status int
	errors Errors
	wait   int // seconds
}

// enter signs in with a login and a passphrase. A problem is the person's to
// solve; an error is not.
func (s *SignIn) enter(c echo.Context, login, passphrase string) (*problem, error) {
	a, err := s.gate.check(c.Request().Context(), networkOf(c), login, passphrase)
	if err != nil {
		return s.problemOf(c, err)
	}
	if err := s.begin(c, a); err != nil {
		return nil, err
	}
	withAdministrator(c, a)
	s.note(c, a, "sign_in")
	return nil, nil
}

func (s *SignIn) problemOf(c echo.Context, err error) (*problem, error) {
	switch fault.CodeOf(err) {
	case fault.Unauthenticated:
		return &problem{http.StatusUnauthorized, Errors{"form": "signin.error.wrong"}, 0}, nil
	case fault.RateLimited:
		wait := seconds(waitOf(err))
		c.Response().Header().Set(echo.HeaderRetryAfter, strconv.Itoa(wait))
		return &problem{http.StatusTooManyRequests, Errors{"form": "signin.error.wait"}, wait}, nil
	case fault.Unavailable:
		return &problem{http.StatusServiceUnavailable, Errors{"form": "signin.error.busy"}, 0}, nil
	}
	return nil, err
}

// signOut answers POST /sign-out. Sessions in other browsers go on.
func (s *SignIn) signOut(c echo.Context) error {
	ctx, err := s.load(c)
	if err != nil {
		return err
	}
	a, ok, err := s.signedIn(ctx)
	if err != nil {
		return err
	}
	if err := s.end(c); err != nil {
		return err
	}
	if ok {
		s.note(c, a, "sign_out")
	}
	return c.Redirect(http.StatusSeeOther, signInPath)
}

// readForm reads one of our own forms.
func readForm(c echo.Context) (url.Values, error) {
	r := c.Request()
	if r.PostForm == nil { // else Required has read it
		r.Body = http.MaxBytesReader(c.Response(), r.Body, maxForm)
	}
	if err := r.ParseForm(); err != nil {
		if _, tooLarge := errors.AsType[*http.MaxBytesError](err); tooLarge {
			return nil, fault.New(fault.TooLarge, "This form is too large.")
		}
		return nil, fault.New(fault.Malformed, "This is not a form.")
	}
	return r.PostForm, nil
}
