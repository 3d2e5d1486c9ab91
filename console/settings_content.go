package console

import (
	"errors"
	"net/http"

	"heraut/console/page"
	"heraut/fault"
	"heraut/settings"
)

// maxToken bounds the form with a content token, in bytes.
const maxToken = 1 << 18

// tokensPage are the content tokens, and the form that installs another.
type tokensPage struct {
	Tokens []tokenShown
	Form   form
	// Owner is the service that has claimed the location of a refused token,
	// and Other the organization that a refused token is of, beside that of the
	// installed ones. With either, the form offers to take over.
	Owner, Other, Ours string
}

// tokenShown is one content token. The token itself is never shown.
type tokenShown struct {
	settings.ContentToken

	Expires page.Moment
	// Default tells that people belong to it who are not said to belong
	// elsewhere; said only where there are several.
	Default bool
}

func (v *visit) contentSettings() error {
	return v.showTokens(http.StatusOK, tokensPage{Form: newForm(map[string]string{})})
}

func (v *visit) showTokens(status int, p tokensPage) error {
	tokens, err := v.Store.ContentTokens(v.ctx())
	if err != nil {
		return err
	}
	for i, t := range tokens {
		p.Tokens = append(p.Tokens, tokenShown{ContentToken: t.ContentToken, Expires: v.clock.On(t.ExpiresAt), Default: i == 0 && len(tokens) > 1})
	}
	return v.showSettings(status, "settings/content", "content", p)
}

func (v *visit) putToken() error {
	f, err := v.received(maxToken, "token_file", "take_over")
	if err != nil {
		return err
	}
	_, err = v.Settings.PutToken(v.ctx(), v.actor(), f.Values["token_file"], f.Values["take_over"] == "on")
	f.Values["token_file"] = "" // a page never holds it
	if err != nil {
		p := tokensPage{Form: f}
		if found, ok := asConflict(err); ok {
			p.claimed(found)
		}
		return v.showRefused(&p.Form, err, func(status int) error { return v.showTokens(status, p) })
	}
	v.Office.ContentChanged(v.ctx()) // so that the location's apps and books can be assigned
	v.checks.forget()
	v.counts.forget()
	return v.done("/settings/content", "token_installed", 0)
}

// claimed says who has what the token would take over.
func (p *tokensPage) claimed(f *fault.Error) {
	if owner, ok := f.Details["owner"].(settings.LocationOwner); ok {
		p.Owner = owner.Name
	}
	given, _ := f.Details["given"].(map[string]string)
	installed, _ := f.Details["installed"].(map[string]string)
	p.Other, p.Ours = given["organization"], installed["organization"]
}

// tokenEnd is what the end of a content token takes along.
type tokenEnd struct {
	settings.ContentToken

	// Refused tells that somebody depends on it: so many users and groups belong
	// to the location, and so many users are registered there at Apple.
	Refused                   bool
	Users, Groups, Registered int
}

// token is the content token of the location that the path names.
func (v *visit) token() (settings.ContentToken, error) {
	tokens, err := v.Store.ContentTokens(v.ctx())
	if err != nil {
		return settings.ContentToken{}, err
	}
	for _, t := range tokens {
		if t.UID == v.id() {
			return t.ContentToken, nil
		}
	}
	return settings.ContentToken{}, fault.New(fault.NotFound, "There is no content token.")
}

func (v *visit) askDeleteToken() error {
	t, err := v.token()
	if err != nil {
		return err
	}
	return v.showSettings(http.StatusOK, "settings/content-delete", "content", tokenEnd{ContentToken: t})
}

// deleteToken removes a token; where somebody depends on it, it asks again and
// says who.
func (v *visit) deleteToken() error {
	f, err := v.submitted("force")
	if err != nil {
		return err
	}
	t, err := v.token()
	if err != nil {
		return err
	}
	err = v.Settings.RemoveToken(v.ctx(), v.actor(), t.UID, f.Values["force"] == "on")
	if found, ok := errors.AsType[*fault.Error](err); ok && found.Code == fault.Conflict && found.Details != nil {
		end := tokenEnd{ContentToken: t, Refused: true}
		end.Users, _ = found.Details["users"].(int)
		end.Groups, _ = found.Details["groups"].(int)
		end.Registered, _ = found.Details["registered"].(int)
		return v.showSettings(http.StatusConflict, "settings/content-delete", "content", end)
	}
	if err != nil {
		return err
	}
	v.Office.ContentChanged(v.ctx())
	v.checks.forget()
	v.counts.forget()
	return v.done("/settings/content", "token_deleted", 0)
}

func (v *visit) contentState() (string, error) {
	tokens, err := v.Store.ContentTokens(v.ctx())
	switch len(tokens) {
	case 0:
		return v.t("settings.not_set"), err
	case 1:
		return v.t("settings.content.state", "location", tokens[0].Location, "day", v.clock.Day(tokens[0].ExpiresAt)), err
	}
	return v.t("settings.content.state.many", "n", len(tokens)), err
}
