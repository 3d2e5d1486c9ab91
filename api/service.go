package api

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"heraut/fault"
)

// readyWithin bounds the checks of /readyz: a probe does not wait longer.
const readyWithin = 3 * time.Second

// service serves what people who run Heraut ask for, and what Apple tells.
func (s *server) service() {
	s.echo.GET("/livez", func(c echo.Context) error { return c.String(http.StatusOK, "ok\n") })
	s.echo.GET("/readyz", s.readyz)
	s.echo.GET("/openapi.yaml", func(c echo.Context) error {
		return c.Blob(http.StatusOK, "application/yaml", contract)
	})
	s.echo.OPTIONS(sessionPath, s.sessionOptions)
	s.echo.POST(notificationsPath, s.notified, within(notifiedWithin))
	if s.d.Metrics != nil {
		s.echo.GET("/metrics", echo.WrapHandler(s.d.Metrics))
	}
}

func (s *server) readyz(c echo.Context) error {
	ctx, cancel := context.WithTimeout(c.Request().Context(), readyWithin)
	defer cancel()
	select {
	case <-s.d.Stopping:
		return fault.New(fault.Unavailable, "The server is stopping.")
	default:
	}
	if err := s.d.Database.Ping(ctx); err != nil {
		return notReady("The database does not answer.", err)
	}
	if err := s.d.Engine.Healthy(ctx); err != nil {
		return notReady("The engine does not answer.", err)
	}
	return c.String(http.StatusOK, "ok\n")
}

// notReady says which part is away; the log has the reason.
func notReady(sentence string, err error) error {
	return fmt.Errorf("%w: %w", fault.New(fault.Unavailable, sentence), err)
}
