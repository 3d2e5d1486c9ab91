package signin

import (
	"net/http"
	"net/url"

	"github.com/labstack/echo/v4"

	"heraut/fault"
	"heraut/internal/secrets"
	"heraut/people"
)

// showAccount answers GET /account.
func (s *SignIn) showAccount(c echo.Context) error {
	a, _ := Administrator(c.Request().Context())
	return s.account(c, http.StatusOK, AccountPage{Administrator: a})
}

func (s *SignIn) account(c echo.Context, status int, p AccountPage) error {
	p.MinLength = secrets.MinPassphrase
	return s.Pages.Show(c, status, pageAccount, p)
}

// changeAccount answers POST /account, which has two forms.
func (s *SignIn) changeAccount(c echo.Context) error {
	form, err := readForm(c)
	if err != nil {
		return err
	}
	a, _ := Administrator(c.Request().Context())
	if form.Get("change") == "passphrase" {
		return s.changePassphrase(c, a, form)
	}
	return s.changePreferences(c, a, form)
}

func (s *SignIn) changePreferences(c echo.Context, a people.Administrator, form url.Values) error {
	ctx := c.Request().Context()
	changed, err := s.Store.UpdateAdministrator(ctx, a.Actor(), a.ID, nil, func(a people.Administrator) (people.Administrator, error) {
		a.Name, a.Language, a.Theme = form.Get("name"), form.Get("language"), people.Theme(form.Get("theme"))
		return a, nil
	})
	if fault.Is(err, fault.InvalidRequest) {
		a.Name = form.Get("name")
		return s.account(c, http.StatusUnprocessableEntity, AccountPage{Administrator: a, Errors: Errors{"name": "signin.error.name"}})
	}
	if err != nil {
		return err
	}
	withAdministrator(c, changed) // the answer is in the new language already
	return s.account(c, http.StatusOK, AccountPage{Administrator: changed, Saved: "signin.account.saved"})
}

// changePassphrase ends every session of the administrator, and begins a new
// one for this browser.
func (s *SignIn) changePassphrase(c echo.Context, a people.Administrator, form url.Values) error {
	refuse := func(status int, found Errors, wait int) error {
		return s.account(c, status, AccountPage{Administrator: a, Errors: found, Wait: wait})
	}
	if found := checkNewPassphrase(form); len(found) > 0 {
		return refuse(http.StatusUnprocessableEntity, found, 0)
	}
	ctx := c.Request().Context()
	_, err := s.gate.check(ctx, networkOf(c), a.Login, form.Get("current_passphrase"))
	if err != nil {
		problem, err := s.problemOf(c, err)
		if err != nil {
			return err
		}
		text := problem.errors["form"]
		if problem.status == http.StatusUnauthorized {
			// 401 would say that nobody is signed in.
			problem.status, text = http.StatusUnprocessableEntity, "signin.error.current"
		}
		return refuse(problem.status, Errors{"current": text}, problem.wait)
	}
	hash, err := s.passphrases.Hash(ctx, form.Get("passphrase"))
	if err != nil {
		return err
	}
	changed, err := s.Store.SetPassphrase(ctx, a.Actor(), a.ID, hash)
	if err != nil {
		return err
	}
	if err := s.begin(c, changed); err != nil {
		return err
	}
	return s.account(c, http.StatusOK, AccountPage{Administrator: changed, Saved: "signin.account.passphrase.saved"})
}
