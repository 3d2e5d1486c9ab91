package console

import (
	"net/http"
	"strconv"

	"heraut/settings"
)

// mailPage is how mail leaves, and what the test of it found.
type mailPage struct {
	Form form
	// Password tells that one is stored.
	Password bool
	TLSModes []settings.TLSMode
	// Steps are those of the test; Failed is the one that it ended at.
	Steps  []settings.Check
	Failed string
}

var mailFields = []string{
	"relay", "relay.host", "relay.port", "relay.tls", "relay.username", "relay.password", "from", "per_minute", "bounces.domain", "bounces.listen", "version",
}

func (v *visit) mailSettings() error {
	f, err := v.storedMail()
	if err != nil {
		return err
	}
	return v.showMail(http.StatusOK, mailPage{Form: f})
}

// storedMail is the form as it is stored.
func (v *visit) storedMail() (form, error) {
	mail, version, err := v.Settings.Mail(v.ctx())
	f := newForm(map[string]string{
		"relay.host": mail.Relay.Host, "relay.port": strconv.Itoa(mail.Relay.Port), "relay.tls": string(mail.Relay.TLS),
		"relay.username": mail.Relay.Username, "from": mail.From, "per_minute": strconv.Itoa(mail.PerMinute),
		"bounces.domain": mail.Bounces.Domain, "bounces.listen": mail.Bounces.Listen, "version": textVersion(version),
	})
	if mail.Mode == settings.MailRelay {
		f.Values["relay"] = "on"
	}
	return f, err
}

func (v *visit) showMail(status int, p mailPage) error {
	stored, err := v.Settings.MailPasswordSet(v.ctx())
	if err != nil {
		return err
	}
	p.Password, p.TLSModes = stored, []settings.TLSMode{settings.TLSStartTLS, settings.TLSImplicit, settings.TLSNone}
	return v.showSettings(status, "settings/mail", "mail", p)
}

func (v *visit) putMail() error {
	f, err := v.submitted(mailFields...)
	if err != nil {
		return err
	}
	if _, err := v.Settings.PutMail(v.ctx(), v.actor(), mailOf(f), newSecret(f, "relay.username", "relay.password"), versionOf(f)); err != nil {
		return v.showRefused(&f, err, func(status int) error { return v.showMail(status, mailPage{Form: f}) })
	}
	v.checks.forget()
	return v.done("/settings/mail", "saved", 0)
}

// mailOf puts the fields of the form into settings.
func mailOf(f form) settings.Mail {
	mail := settings.Mail{
		Mode: settings.MailDirect, From: f.Values["from"], PerMinute: number(f.Values["per_minute"], -1),
		Relay: settings.Relay{
			Host: f.Values["relay.host"], Port: number(f.Values["relay.port"], 0), TLS: settings.TLSMode(f.Values["relay.tls"]),
			Username: f.Values["relay.username"],
		},
		Bounces: settings.Bounces{Domain: f.Values["bounces.domain"], Listen: f.Values["bounces.listen"]},
	}
	if f.Values["relay"] == "on" {
		mail.Mode = settings.MailRelay
	}
	return mail
}

// newSecret is a secret as a form gives it; nil keeps what is stored. Without
// the name that it belongs to there is none.
func newSecret(f form, name, field string) *string {
	secret := f.Values[field]
	if secret == "" && f.Values[name] != "" {
		return nil
	}
	return &secret
}

// testMail tries the way mail leaves, as it is stored.
func (v *visit) testMail() error {
	tested, err := v.submitted("to")
	if err != nil {
		return err
	}
	f, err := v.storedMail()
	if err != nil {
		return err
	}
	f.Values["to"] = tested.Values["to"]
	steps, err := v.Settings.TestMail(v.ctx(), tested.Values["to"])
	if err != nil {
		return v.showRefused(&f, err, func(status int) error { return v.showMail(status, mailPage{Form: f}) })
	}
	p := mailPage{Form: f, Steps: steps}
	for i := range steps {
		steps[i].Detail = v.detail(steps[i].Detail)
		if !steps[i].OK && p.Failed == "" {
			p.Failed = steps[i].Name
		}
	}
	v.checks.forget()
	return v.showMail(http.StatusOK, p)
}
