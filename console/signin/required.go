package signin

import (
	"context"
	"net/http"
	"net/url"
	"strings"

	"github.com/labstack/echo/v4"

	"heraut/fault"
	"heraut/people"
)

type administratorKey struct{}

// Administrator is who is signed in, behind Required; false without anybody.
func Administrator(ctx context.Context) (people.Administrator, bool) {
	a, ok := ctx.Value(administratorKey{}).(people.Administrator)
	return a, ok
}

func withAdministrator(c echo.Context, a people.Administrator) {
	r := c.Request()
	c.SetRequest(r.WithContext(context.WithValue(r.Context(), administratorKey{}, a)))
}

// Required lets only who is signed in through, and puts the administrator into
// the request's context. Others are led to the sign-in, and from there to what
// they asked for; a form that they sent is kept for after it.
func (s *SignIn) Required(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		ctx, err := s.load(c)
		if err != nil {
			return err
		}
		a, ok, err := s.signedIn(ctx)
		switch {
		case err != nil:
			return err
		case ok:
			withAdministrator(c, a)
			return next(c)
		case c.Request().Method == http.MethodPost:
			return s.again(c, next)
		}
		return s.leadToSignIn(c)
	}
}

// Allow lets only administrators whose role includes the one named through. It
// stands behind Required.
func (s *SignIn) Allow(role people.Role) echo.MiddlewareFunc {
	return func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(c echo.Context) error {
			a, _ := Administrator(c.Request().Context())
			if !a.Role.Includes(role) {
				return fault.New(fault.Forbidden, "This needs the role "+string(role)+".")
			}
			return next(c)
		}
	}
}

// leadToSignIn answers each kind of request so that the browser ends on the
// sign-in page: a redirect that a script follows would land in a piece of the
// page.
func (s *SignIn) leadToSignIn(c echo.Context) error {
	r := c.Request()
	c.Response().Header().Set(echo.HeaderCacheControl, "no-store")
	switch {
	case r.Header.Get("HX-Request") != "":
		c.Response().Header().Set("HX-Redirect", signInFor(currentPage(r)))
		return c.NoContent(http.StatusUnauthorized)
	case strings.Contains(r.Header.Get(echo.HeaderAccept), "text/event-stream"), r.Method != http.MethodGet && r.Method != http.MethodHead:
		return c.NoContent(http.StatusUnauthorized)
	}
	return c.Redirect(http.StatusSeeOther, signInFor(r.URL.RequestURI()))
}

// currentPage is the address in the browser's bar, as htmx tells it.
func currentPage(r *http.Request) string {
	u, err := url.Parse(r.Header.Get("HX-Current-URL"))
	if err != nil {
		return home
	}
	return u.RequestURI()
}

func signInFor(next string) string {
	if next = local(next); next == home {
		return signInPath
	}
	return signInPath + "?next=" + url.QueryEscape(next)
}

// Valid tells whether the request carries the session of an operator or an
// admin, for what is not one of the console's routes: the codec of the
// Temporal UI.
func (s *SignIn) Valid(r *http.Request) bool {
	ctx, err := s.manager.Load(r.Context(), s.token(r.Cookies()))
	if err != nil {
		return false
	}
	a, ok, err := s.signedIn(ctx)
	return err == nil && ok && a.Role.Includes(people.Operator)
}

// token is the session's token among the request's cookies.
func (s *SignIn) token(cookies []*http.Cookie) string {
	for _, cookie := range cookies {
		if cookie.Name == s.manager.Cookie.Name {
			return cookie.Value
		}
	}
	return ""
}
