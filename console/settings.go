package console

import (
	"context"
	"net/http"
	"strconv"

	"heraut/office"
	"heraut/people"
	"heraut/settings"
)

var settingsRoutes = []route{
	{get, "/settings", viewer, (*visit).settings},
	{get, "/preflight", viewer, (*visit).preflight},
	{get, "/settings/mail", viewer, (*visit).mailSettings},
	{post, "/settings/mail", admin, (*visit).putMail},
	{post, "/settings/mail/test", admin, (*visit).testMail},
	{get, "/settings/push", viewer, (*visit).pushSettings},
	{post, "/settings/push/:kind", admin, (*visit).putCertificate},
	{get, "/settings/push/:kind/delete", admin, (*visit).askDeleteCertificate},
	{post, "/settings/push/:kind/delete", admin, (*visit).deleteCertificate},
	{get, "/settings/content", viewer, (*visit).contentSettings},
	{post, "/settings/content", admin, (*visit).putToken},
	{get, "/settings/content/:id/delete", admin, (*visit).askDeleteToken},
	{post, "/settings/content/:id/delete", admin, (*visit).deleteToken},
	{get, "/settings/invitations", viewer, (*visit).inviteSettings},
	{post, "/settings/invitations", admin, (*visit).putInvitations},
	{post, "/settings/invitations/draft", admin, (*visit).draftInvitations},
	{get, "/settings/appearance", viewer, (*visit).appearance},
	{post, "/settings/appearance", admin, (*visit).putAppearance},
	{post, "/settings/appearance/logo", admin, (*visit).putLogo},
	{post, "/settings/appearance/logo/delete", admin, (*visit).deleteLogo},
	{get, "/settings/mdm", viewer, (*visit).mdmSettings},
	{post, "/settings/mdm", admin, (*visit).putMDM},
	{get, "/settings/sign-in", viewer, (*visit).oidcSettings},
	{post, "/settings/sign-in", admin, (*visit).putOIDC},
	{get, "/settings/sign-in/delete", admin, (*visit).askDeleteOIDC},
	{post, "/settings/sign-in/delete", admin, (*visit).deleteOIDC},
	{get, "/settings/keys", admin, (*visit).keySettings},
	{post, "/settings/keys", admin, (*visit).createKey},
	{get, "/settings/keys/:id/delete", admin, (*visit).askRevokeKey},
	{post, "/settings/keys/:id/delete", admin, (*visit).revokeKey},
	{get, "/settings/scim", admin, (*visit).scimSettings},
	{post, "/settings/scim", admin, (*visit).createSCIM},
	{get, "/settings/scim/:id/rotate", admin, (*visit).askRotateSCIM},
	{post, "/settings/scim/:id/rotate", admin, (*visit).rotateSCIM},
	{get, "/settings/scim/:id/delete", admin, (*visit).askDeleteSCIM},
	{post, "/settings/scim/:id/delete", admin, (*visit).deleteSCIM},
	{get, "/settings/administrators", admin, (*visit).administrators},
	{post, "/settings/administrators", admin, (*visit).inviteAdministrator},
	{get, "/settings/administrators/:id", admin, (*visit).administrator},
	{post, "/settings/administrators/:id", admin, (*visit).updateAdministrator},
	{post, "/settings/administrators/:id/link", admin, (*visit).linkAdministrator},
	{get, "/settings/administrators/:id/delete", admin, (*visit).askDeleteAdministrator},
	{post, "/settings/administrators/:id/delete", admin, (*visit).deleteAdministrator},
}

// settingsStore keeps what is listed under the settings.
type settingsStore interface {
	ContentTokens(ctx context.Context) ([]settings.InstalledToken, error)
	keysStore
	administratorsStore
}

// settingsAt are the pages of the settings, in their order. Those of admins
// show who has access.
var settingsAt = []struct {
	name, href string
	role       people.Role
	state      func(*visit) (string, error)
}{
	{"preflight", "/preflight", viewer, (*visit).preflightState},
	{"mail", "/settings/mail", viewer, (*visit).mailState},
	{"push", "/settings/push", viewer, (*visit).pushState},
	{"content", "/settings/content", viewer, (*visit).contentState},
	{"invitations", "/settings/invitations", viewer, (*visit).invitationsState},
	{"appearance", "/settings/appearance", viewer, (*visit).appearanceState},
	{"mdm", "/settings/mdm", viewer, (*visit).mdmState},
	{"sign_in", "/settings/sign-in", viewer, (*visit).oidcState},
	{"administrators", "/settings/administrators", admin, (*visit).administratorsState},
	{"keys", "/settings/keys", admin, (*visit).keysState},
	{"directories", "/settings/directories", viewer, (*visit).directoriesState},
	{"scim", "/settings/scim", admin, (*visit).scimState},
}

// settings shows the list of subjects alone.
func (v *visit) settings() error { return v.showSettings(http.StatusOK, "settings/list", "", nil) }

// showSettings shows one subject beside the list of all.
func (v *visit) showSettings(status int, page, name string, data any) error {
	v.section = "settings"
	pane := listPane{Noun: "settings"}
	for _, s := range settingsAt {
		if !v.can(s.role) {
			continue
		}
		state, err := s.state(v)
		if err != nil {
			return err
		}
		pane.Items = append(pane.Items, listItem{Name: v.t("settings." + s.name), Note: state, Href: s.href, Selected: s.name == name})
	}
	return v.show(status, page, pane, data)
}

// showRefused shows a form again with what is wrong with it; what is no fault
// of the form is returned.
func (v *visit) showRefused(f *form, err error, again func(status int) error) error {
	if err := v.refuse(f, err); err != nil {
		return err
	}
	return again(http.StatusUnprocessableEntity)
}

// textVersion is a version as forms carry it.
func textVersion(version int64) string { return strconv.FormatInt(version, 10) }

// number reads a number of a form; what is none is refused by the checks of
// the settings, for which bad is out of range.
func number(text string, bad int) int {
	n, err := strconv.Atoi(text)
	if err != nil {
		return bad
	}
	return n
}

func (v *visit) mailState() (string, error) {
	mail, _, err := v.Settings.Mail(v.ctx())
	switch {
	case mail.From == "":
		return v.t("settings.not_set"), err
	case mail.Mode == settings.MailRelay:
		return v.t("settings.mail.state.relay", "host", mail.Relay.Host), err
	}
	return v.t("settings.mail.state.direct"), err
}

func (v *visit) pushState() (string, error) {
	state := ""
	for _, kind := range office.PushKinds {
		c, installed, err := v.Settings.Certificate(v.ctx(), kind)
		if err != nil {
			return "", err
		}
		if !installed {
			continue
		}
		if state != "" {
			state += " · "
		}
		state += v.t("settings.push.state."+string(kind), "day", v.clock.Day(c.NotAfter))
	}
	if state == "" {
		state = v.t("settings.not_set")
	}
	return state, nil
}
