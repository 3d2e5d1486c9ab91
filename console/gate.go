package console

import (
	"html/template"

	"github.com/labstack/echo/v4"

	"heraut/console/signin"
	"heraut/people"
)

// gatePage is a page that is made whole by package signin, for our frame.
type gatePage struct {
	Title string
	Body  template.HTML
}

// Show implements signin.Pages.
func (c *Console) Show(e echo.Context, status int, name string, data any) error {
	v, err := c.enter(e)
	if err != nil {
		return err
	}
	title, err := c.templates.Render(v.words.Lang, name, "title", data)
	if err != nil {
		return err
	}
	body, err := c.templates.Render(v.words.Lang, name, "main", data)
	if err != nil {
		return err
	}
	// Both come from our own templates, which have escaped what is in them.
	return v.show(status, "home/gate", nil, gatePage{Title: string(title), Body: template.HTML(body)}) //nolint:gosec // see above
}

// gate is who lets administrators in, and keeps what they prefer.
type gate struct{ *signin.SignIn }

// prefer keeps the language and the theme of the one who is signed in.
func (g gate) prefer(e echo.Context, language string, theme people.Theme) error {
	ctx := e.Request().Context()
	me, _ := signin.Administrator(ctx)
	_, err := g.Store.UpdateAdministrator(ctx, me.Actor(), me.ID, nil, func(a people.Administrator) (people.Administrator, error) {
		a.Language, a.Theme = language, theme
		return a, nil
	})
	return err
}
