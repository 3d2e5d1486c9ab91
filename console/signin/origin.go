package signin

import (
	"net/http"
	"net/url"

	"github.com/labstack/echo/v4"

	"heraut/fault"
)

// newOrigin refuses what another site makes a browser send. The public address
// counts as our own also where a proxy changes the Host header.
func newOrigin(baseURL string) (*http.CrossOriginProtection, error) {
	p := http.NewCrossOriginProtection()
	u, err := url.Parse(baseURL)
	if err != nil || u.Host == "" {
		return p, err
	}
	err = p.AddTrustedOrigin(u.Scheme + "://" + u.Host)
	return p, err
}

// SameOrigin refuses requests that change something and come from another
// site. It stands before every route of the console, before Required too. The
// pages need the Referrer-Policy same-origin: under no-referrer browsers that
// send no Sec-Fetch-Site name no origin either.
func (s *SignIn) SameOrigin(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		if err := s.origin.Check(c.Request()); err != nil {
			return fault.New(fault.Forbidden, "This form was sent from another site. Open the console and try it there.")
		}
		return next(c)
	}
}
