package console

import (
	"net/http"

	"heraut/office"
	"heraut/settings"
)

// mdmPage is whose MDM server carries invitations.
type mdmPage struct {
	Form form
	// APIKey and WebhookSecret tell that they are stored.
	APIKey, WebhookSecret bool
	Units                 []unit
	// WebhookURL is where a server elsewhere is to tell its events; empty: there
	// is no address.
	WebhookURL string
}

var mdmFields = []string{"mode", "url", "api_key", "webhook_secret", "answer_within", "answer_within.unit", "version"}

func (v *visit) mdmSettings() error {
	set, version, err := v.Settings.MDM(v.ctx())
	if err != nil {
		return err
	}
	f := newForm(map[string]string{"mode": string(set.Mode), "url": set.URL, "version": textVersion(version)})
	putSpan(f, "answer_within", set.AnswerWithin)
	return v.showMDM(http.StatusOK, f)
}

func (v *visit) showMDM(status int, f form) error {
	p := mdmPage{Form: f, Units: units[:2]}
	var err error
	if p.APIKey, p.WebhookSecret, err = v.Settings.MDMKeysSet(v.ctx()); err != nil {
		return err
	}
	if v.Links.PublicURL != "" {
		p.WebhookURL = v.Links.PublicURL + office.MDMWebhook
	}
	return v.showSettings(status, "settings/mdm", "mdm", p)
}

func (v *visit) putMDM() error {
	f, err := v.submitted(mdmFields...)
	if err != nil {
		return err
	}
	set := settings.MDMServer{Mode: settings.MDMMode(f.Values["mode"]), AnswerWithin: span(f, "answer_within")}
	if set.Mode == settings.MDMExternal {
		set.URL = f.Values["url"]
	}
	keys := office.MDMKeys{APIKey: typed(f, "api_key"), WebhookSecret: typed(f, "webhook_secret")}
	if _, err := v.Settings.PutMDM(v.ctx(), v.actor(), set, keys, versionOf(f)); err != nil {
		return v.showRefused(&f, err, func(status int) error { return v.showMDM(status, f) })
	}
	v.checks.forget()
	return v.done("/settings/mdm", "saved", 0)
}

// typed is a secret that was typed; nil: the stored one stays.
func typed(f form, field string) *string {
	if secret := f.Values[field]; secret != "" {
		return &secret
	}
	return nil
}

func (v *visit) mdmState() (string, error) {
	set, _, err := v.Settings.MDM(v.ctx())
	if set.Mode == settings.MDMExternal {
		return v.t("settings.mdm.state.external", "url", set.URL), err
	}
	return v.t("settings.mdm.state.builtin"), err
}
