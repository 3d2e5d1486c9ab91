package console

import (
	"net/http"

	"heraut/office"
	"heraut/settings"
)

// appearancePage is how the organization shows itself.
type appearancePage struct {
	Form form
	settings.Logo

	// Src is where the logo is served; empty: there is none.
	Src string
}

func (v *visit) appearance() error {
	set, version, err := v.Settings.Invitations(v.ctx())
	if err != nil {
		return err
	}
	return v.showAppearance(http.StatusOK, newForm(map[string]string{
		"organization_name": set.OrganizationName, "version": textVersion(version),
	}))
}

func (v *visit) showAppearance(status int, f form) error {
	logo, err := v.Settings.Logo(v.ctx())
	if err != nil {
		return err
	}
	p := appearancePage{Form: f, Logo: logo}
	if file := logo.File(); file != "" {
		p.Src = office.LogoPath + file
	}
	return v.showSettings(status, "settings/appearance", "appearance", p)
}

func (v *visit) putAppearance() error {
	f, err := v.submitted("organization_name", "version")
	if err != nil {
		return err
	}
	if _, err := v.Settings.Rename(v.ctx(), v.actor(), f.Values["organization_name"], versionOf(f)); err != nil {
		return v.showRefused(&f, err, func(status int) error { return v.showAppearance(status, f) })
	}
	return v.done("/settings/appearance", "saved", 0)
}

func (v *visit) putLogo() error {
	sent, err := v.received(2*settings.MaxLogo, "logo")
	if err != nil {
		return err
	}
	if err := v.Settings.PutLogo(v.ctx(), v.actor(), []byte(sent.Values["logo"])); err != nil {
		set, version, readErr := v.Settings.Invitations(v.ctx())
		if readErr != nil {
			return readErr
		}
		f := newForm(map[string]string{"organization_name": set.OrganizationName, "version": textVersion(version), "logo": ""})
		return v.showRefused(&f, err, func(status int) error { return v.showAppearance(status, f) })
	}
	return v.done("/settings/appearance", "logo_saved", 0)
}

func (v *visit) deleteLogo() error {
	if err := v.Settings.DeleteLogo(v.ctx(), v.actor()); err != nil {
		return err
	}
	return v.done("/settings/appearance", "logo_deleted", 0)
}

func (v *visit) appearanceState() (string, error) {
	set, _, err := v.Settings.Invitations(v.ctx())
	return set.OrganizationName, err
}
