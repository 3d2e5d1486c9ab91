package signin

import (
	"github.com/labstack/echo/v4"

	"heraut/people"
)

// note writes who signed in or out into the audit log. Where it can not be
// written, nobody is kept out for it: the log of the process tells.
func (s *SignIn) note(c echo.Context, a people.Administrator, action string) {
	ctx := c.Request().Context()
	if err := s.Store.NoteSignIn(ctx, a, action); err != nil {
		s.Log.WarnContext(ctx, "A sign-in was not noted.", "administrator_id", a.ID, "action", action, "error", err)
	}
}
