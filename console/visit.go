package console

import (
	"context"
	"net/http"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"heraut/console/page"
	"heraut/console/signin"
	"heraut/fault"
	"heraut/people"
)

// visit is one request of an administrator.
type visit struct {
	*Console
	c     echo.Context
	me    people.Administrator
	org   Organization
	words *page.Tongue
	clock page.Clock
	// section is the entry of the sidebar that the page belongs to.
	section string
	// stream is the address of the page's events; empty: nothing on it follows.
	stream string
}

// visit serves one route to an administrator whose role allows it.
func (c *Console) visit(e echo.Context, r route) error {
	v, err := c.enter(e)
	if err != nil {
		return err
	}
	if !v.me.Role.Includes(r.role) {
		return fault.New(fault.Forbidden, "Your role does not allow this.")
	}
	return r.show(v)
}

// enter says who asks, and in which language.
func (c *Console) enter(e echo.Context) (*visit, error) {
	org, err := c.Organization(e.Request().Context())
	if err != nil {
		return nil, err
	}
	me, _ := signin.Administrator(e.Request().Context())
	v := &visit{Console: c, c: e, me: me, org: org}
	v.words = languageOf(c.words, e.Request(), me, org)
	v.clock = page.Clock{Tongue: v.words, Zone: org.Location, Now: c.Now()}
	return v, nil
}

// languageOf chooses the language: the address's, the administrator's own, what the
// browser asks for, the organization's.
func languageOf(words *page.Words, r *http.Request, me people.Administrator, org Organization) *page.Tongue {
	accepted := words.Accepted(r.Header.Get("Accept-Language"))
	for _, lang := range []string{r.URL.Query().Get("lang"), me.Language, accepted, org.Language} {
		if lang == "nl" || lang == "en" {
			return words.In(lang)
		}
	}
	return words.In("")
}

func (v *visit) ctx() context.Context { return v.c.Request().Context() }

func (v *visit) actor() people.Actor { return v.me.Actor() }

func (v *visit) query(name string) string { return v.c.Request().URL.Query().Get(name) }

// wanted is what is searched for; a search for blanks is none.
func (v *visit) wanted() string { return strings.TrimSpace(v.query("q")) }

// id is the thing that the path names.
func (v *visit) id() string { return v.c.Param("id") }

// can tells templates and handlers whether a role is allowed.
func (v *visit) can(role people.Role) bool { return v.me.Role.Includes(role) }

// at says a time in the visitor's words.
func (v *visit) at(t time.Time) page.Moment { return v.clock.At(t) }

// t is a sentence in the visitor's language.
func (v *visit) t(key string, pairs ...any) string { return v.words.Must(key, pairs...) }

// live tells that htmx asks for a part of a page.
func (v *visit) live() bool {
	h := v.c.Request().Header
	return h.Get("HX-Request") == "true" && h.Get("HX-Boosted") != "true" && h.Get("HX-History-Restore-Request") != "true"
}

// target is the id of the element that htmx will fill.
func (v *visit) target() string { return v.c.Request().Header.Get("HX-Target") }
