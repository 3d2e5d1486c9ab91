package api

import (
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"heraut/fault"
	"heraut/internal/throttle"
	"heraut/people"
)

// authenticate finds out who calls and whether the role suffices.
func (s *server) authenticate(o *operation) echo.MiddlewareFunc {
	return func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(c echo.Context) error {
			r := c.Request()
			key, err := s.keyOf(r)
			if fault.Is(err, fault.Unauthenticated) {
				return s.refuse(c.RealIP(), err)
			}
			if err != nil {
				return err
			}
			if wait := s.byKey.Take(key.ID); wait > 0 {
				return tooMany(wait)
			}
			if !key.Role.Includes(o.role) {
				return fault.New(fault.Forbidden, "This needs an API key with the role "+string(o.role)+".")
			}
			c.SetRequest(r.WithContext(withCaller(r.Context(), key)))
			return next(c)
		}
	}
}

// refuse answers a request without a working key. Only such requests count
// for an address: no stranger can spend the requests of others behind it.
func (s *server) refuse(address string, err error) error {
	if wait := s.byAddress.Take(throttle.Network(address)); wait > 0 {
		return tooMany(wait)
	}
	return err
}

func (s *server) keyOf(r *http.Request) (people.APIKey, error) {
	token, found := bearer(r.Header)
	if !found {
		return people.APIKey{}, fault.New(fault.Unauthenticated, "Give an API key as Authorization: Bearer heraut_...")
	}
	return s.d.Keys.Authenticate(r.Context(), token)
}

// bearer reads the one Authorization header; two of them are none.
func bearer(h http.Header) (string, bool) {
	values := h.Values("Authorization")
	if len(values) != 1 {
		return "", false
	}
	scheme, token, _ := strings.Cut(values[0], " ")
	token = strings.TrimSpace(token)
	return token, strings.EqualFold(scheme, "bearer") && token != ""
}
