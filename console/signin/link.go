package signin

import (
	"errors"
	"net/http"
	"net/url"

	"github.com/labstack/echo/v4"

	"heraut/fault"
	"heraut/internal/secrets"
	"heraut/people"
)

// showLink answers GET /first-admin and /set-passphrase. It uses nothing up:
// whatever fetches the address, only the form counts.
func (s *SignIn) showLink(c echo.Context) error {
	link, page, err := s.openLink(c, c.QueryParam("token"))
	if err != nil {
		return err
	}
	return s.Pages.Show(c, linkStatus(page), pageLink, page.of(link))
}

func linkStatus(page LinkPage) int {
	switch {
	case page.Unknown:
		return http.StatusNotFound
	case page.Over:
		return http.StatusGone
	}
	return http.StatusOK
}

// openLink looks the token up. Tokens have 256 bits, so that nobody finds one;
// the limit spares the store.
func (s *SignIn) openLink(c echo.Context, token string) (people.SignInLink, LinkPage, error) {
	page := LinkPage{Action: c.Request().URL.Path, Token: token, MinLength: secrets.MinPassphrase}
	network := networkOf(c)
	if !s.gate.networks.Left(network) {
		return people.SignInLink{}, page, fault.New(fault.RateLimited, "Too many requests. Wait a moment.")
	}
	link, err := s.Store.SignInLink(c.Request().Context(), secrets.LinkHash(token))
	if fault.Is(err, fault.NotFound) {
		s.gate.networks.Take(network)
		page.Unknown = true
		return link, page, nil
	}
	page.Over = err == nil && !link.Open()
	return link, page, err
}

// of adds whose link it is.
func (p LinkPage) of(link people.SignInLink) LinkPage {
	p.First = !p.Unknown && link.First()
	if !p.First {
		p.Name, p.Login = link.Administrator.Name, link.Administrator.Login
	}
	return p
}

// useLink answers the form of the page: the link is used up once everything in
// it is right, and the person is signed in.
func (s *SignIn) useLink(c echo.Context) error {
	form, err := readForm(c)
	if err != nil {
		return err
	}
	link, page, err := s.openLink(c, form.Get("token"))
	if err != nil {
		return err
	}
	page = page.of(link)
	if page.Unknown || page.Over {
		return s.Pages.Show(c, linkStatus(page), pageLink, page)
	}
	who := link.Administrator
	if page.First {
		who = people.Administrator{Name: form.Get("name"), Login: form.Get("login"), Role: people.Admin}.Clean()
		page.Name, page.Login = who.Name, who.Login
	}
	if page.Errors = checkLinkForm(who, page.First, form); len(page.Errors) > 0 {
		return s.Pages.Show(c, http.StatusUnprocessableEntity, pageLink, page)
	}
	return s.finishLink(c, page, who, form.Get("passphrase"))
}

func (s *SignIn) finishLink(c echo.Context, page LinkPage, who people.Administrator, passphrase string) error {
	ctx := c.Request().Context()
	hash, err := s.passphrases.Hash(ctx, passphrase)
	if err != nil {
		return err
	}
	a, err := s.Store.UseSignInLink(ctx, secrets.LinkHash(page.Token), who, hash)
	switch {
	case fault.Is(err, fault.Conflict) && takenLogin(err):
		page.Errors = Errors{"login": "signin.error.taken"}
		return s.Pages.Show(c, http.StatusConflict, pageLink, page)
	case fault.Is(err, fault.Conflict):
		page.Over = true // somebody was first
		return s.Pages.Show(c, http.StatusGone, pageLink, page)
	case err != nil:
		return err
	}
	if err := s.begin(c, a); err != nil {
		return err
	}
	s.note(c, a, "sign_in")
	return c.Redirect(http.StatusSeeOther, home)
}

// takenLogin tells a conflict about the login from one about the link.
func takenLogin(err error) bool {
	f, ok := errors.AsType[*fault.Error](err)
	return ok && len(f.Fields) > 0
}

func checkLinkForm(who people.Administrator, first bool, form url.Values) Errors {
	found := checkNewPassphrase(form)
	if first {
		f, _ := errors.AsType[*fault.Error](who.Check())
		if f != nil {
			for _, field := range f.Fields {
				found[field.Pointer[1:]] = "signin.error." + field.Pointer[1:]
			}
		}
	}
	return found
}

// checkNewPassphrase looks at a new passphrase that was typed twice.
func checkNewPassphrase(form url.Values) Errors {
	found := Errors{}
	passphrase := form.Get("passphrase")
	switch err := secrets.CheckPassphrase(passphrase); {
	case errors.Is(err, secrets.ErrPassphraseShort):
		found["passphrase"] = "signin.error.short"
	case err != nil:
		found["passphrase"] = "signin.error.long"
	case form.Get("repeat_passphrase") != passphrase:
		found["repeat"] = "signin.error.repeat"
	}
	return found
}
