package portal

import (
	"context"
	"net/http"

	"github.com/labstack/echo/v4"

	"heraut/fault"
	"heraut/invitation"
	"heraut/people"
)

// visit is one request. The token and the view are set only once they have
// verified, so that no page can show or depend on anything else.
type visit struct {
	portal       *Portal
	c            echo.Context
	organization Organization
	token        string
	view         invitation.View       // of an invitation page
	link         people.EnrollmentLink // of a page of the user portal
	apple        atApple
	wrongCode    bool
}

func (v *visit) ctx() context.Context { return v.c.Request().Context() }

// opened lets only tokens that verify through to next.
func (p *Portal) opened(next func(*visit) error) echo.HandlerFunc {
	return p.admit(pageUnknown, "opening an invitation", (*visit).load, next)
}

// admit lets a visit through to next whose token load finds and verifies; all
// others get the one page that knows nothing.
func (p *Portal) admit(unknown kind, doing string, load func(*visit, string) (bool, error), next func(*visit) error) echo.HandlerFunc {
	return func(c echo.Context) error {
		v := &visit{portal: p, c: c}
		client := clientOf(c)
		if !p.misses.Left(client) {
			return v.tooMany()
		}
		found, err := load(v, c.Param("token"))
		switch {
		case err != nil:
			return v.away(doing, err)
		case !found:
			p.misses.Take(client)
			return v.show(http.StatusNotFound, unknown)
		}
		return next(v)
	}
}

// load looks the token up. It takes the same steps whether the token is
// malformed, strange or true.
func (v *visit) load(token string) (bool, error) {
	var err error
	if v.organization, err = v.portal.Organization(v.ctx()); err != nil {
		return false, err
	}
	view, err := v.portal.Invitations.ByLink(v.ctx(), v.portal.Links.Hash(token))
	known := !fault.Is(err, fault.NotFound)
	if known && err != nil {
		return false, err
	}
	if verified := v.portal.Links.Verify(token, view.ID); !known || !verified {
		return false, nil
	}
	v.token, v.view = token, view
	return true, nil
}

// nowhere answers every path below /i and /enroll that is no route.
func (p *Portal) nowhere(c echo.Context) error {
	v := &visit{portal: p, c: c}
	client := clientOf(c)
	if !p.misses.Left(client) {
		return v.tooMany()
	}
	p.misses.Take(client)
	var err error
	if v.organization, err = p.Organization(v.ctx()); err != nil {
		return v.away("answering a strange path", err)
	}
	return v.show(http.StatusNotFound, pageUnknown)
}

// back answers with the invitation's own page, in the language chosen here.
func (v *visit) back() error { return v.see("/i/" + v.token) }

// see sends the browser on with GET, so that reloading repeats nothing.
func (v *visit) see(path string) error {
	if chosen := v.chosenLanguage(); chosen != "" {
		path += "?lang=" + chosen
	}
	return v.c.Redirect(http.StatusSeeOther, path)
}

// away says that the store can not be asked now.
func (v *visit) away(doing string, err error) error {
	v.portal.Log.ErrorContext(v.ctx(), "a public page has no answer", "doing", doing, "error", err)
	v.c.Response().Header().Set(echo.HeaderRetryAfter, "10")
	return v.show(http.StatusServiceUnavailable, pageAway)
}

func (v *visit) tooMany() error {
	v.c.Response().Header().Set(echo.HeaderRetryAfter, "10")
	return v.show(http.StatusTooManyRequests, pageBusy)
}

// failed answers when the store would not do what the person asked.
func (v *visit) failed(doing string, err error) error {
	switch fault.CodeOf(err) {
	case fault.InvitationSettled: // somebody was quicker: the true page tells
		return v.back()
	case fault.NotFound: // deleted since it was opened
		v.token, v.view = "", invitation.View{}
		return v.show(http.StatusNotFound, pageUnknown)
	}
	return v.away(doing, err)
}
