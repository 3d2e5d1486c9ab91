package api

import (
	"io"
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"heraut/fault"
)

const (
	notificationsPath = "/apple/notifications"
	// maxNotification bounds a notification, in bytes; one of a hundred
	// elements, the most that there are, takes some thirty thousand.
	maxNotification = 256 << 10
	// notifiedWithin bounds how long Apple waits for the answer.
	notifiedWithin = 15 * time.Second
)

// notified takes a notification of Apple's. A stranger's counts for the
// address that it came from, as any request without a working key does.
func (s *server) notified(c echo.Context) error {
	r := c.Request()
	body, err := io.ReadAll(http.MaxBytesReader(c.Response(), r.Body, maxNotification))
	if err != nil {
		return readError(err)
	}
	authorization := ""
	if values := r.Header.Values(echo.HeaderAuthorization); len(values) == 1 { // two of them are none
		authorization = values[0]
	}
	err = s.d.Notifications.Arrived(r.Context(), authorization, body)
	if fault.Is(err, fault.Unauthenticated) {
		return s.refuse(c.RealIP(), err)
	}
	if err != nil {
		return err
	}
	return c.NoContent(http.StatusNoContent)
}
