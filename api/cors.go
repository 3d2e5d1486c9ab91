package api

import (
	"net/http"

	"github.com/labstack/echo/v4"
)

const (
	sessionOperation = "createEngineSession"
	sessionPath      = "/v1/engine-session"
)

// fromUI lets a page of the Temporal UI, and of no other origin, ask for its
// session: browsers keep the cookie only where this is allowed.
func (s *server) fromUI(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		s.allowUI(c)
		return next(c)
	}
}

func (s *server) allowUI(c echo.Context) (allowed bool) {
	header := c.Response().Header()
	header.Add(echo.HeaderVary, echo.HeaderOrigin)
	origin := c.Request().Header.Get(echo.HeaderOrigin)
	if origin == "" || origin != s.d.UIOrigin {
		return false
	}
	header.Set(echo.HeaderAccessControlAllowOrigin, origin)
	header.Set(echo.HeaderAccessControlAllowCredentials, "true")
	return true
}

// sessionOptions answers the browser's question before it sends a key.
func (s *server) sessionOptions(c echo.Context) error {
	header := c.Response().Header()
	header.Set(echo.HeaderAllow, "OPTIONS, POST")
	if s.allowUI(c) {
		header.Set(echo.HeaderAccessControlAllowMethods, http.MethodPost)
		header.Set(echo.HeaderAccessControlAllowHeaders, echo.HeaderAuthorization)
	}
	return c.NoContent(http.StatusNoContent)
}
