package console

import (
	"net/http"
	"slices"
	"strings"

	"heraut/console/page"
	"heraut/fault"
	"heraut/office"
	"heraut/people"
	"heraut/settings"
)

// maxCertificate bounds a certificate with its key, in bytes.
const maxCertificate = 1 << 18

// certificateForm is one push certificate, and the form that replaces it.
type certificateForm struct {
	Kind      people.PushKind
	Installed bool
	settings.PushCertificate

	Expires page.Moment
	Form    form
	// Given is the topic of a certificate that was refused for it; empty: none was.
	Given string
}

func (v *visit) pushSettings() error { return v.showCertificates(http.StatusOK, certificateForm{}) }

// showCertificates shows both kinds, one of them with its form as it was
// refused.
func (v *visit) showCertificates(status int, refused certificateForm) error {
	var all []certificateForm
	for _, kind := range office.PushKinds {
		one := certificateForm{Kind: kind, Form: newForm(map[string]string{})}
		if kind == refused.Kind {
			one = refused
		}
		var err error
		if one.PushCertificate, one.Installed, err = v.Settings.Certificate(v.ctx(), kind); err != nil {
			return err
		}
		one.Expires = v.clock.On(one.NotAfter)
		all = append(all, one)
	}
	return v.showSettings(status, "settings/push", "push", all)
}

// kind is the kind of push that the path names.
func (v *visit) kind() (people.PushKind, error) {
	kind := people.PushKind(v.c.Param("kind"))
	if !slices.Contains(office.PushKinds, kind) {
		return "", fault.New(fault.NotFound, "This page does not exist.")
	}
	return kind, nil
}

func (v *visit) putCertificate() error {
	kind, err := v.kind()
	if err != nil {
		return err
	}
	f, err := v.received(maxCertificate, "certificate_pem", "certificate_file", "private_key_pem", "private_key_file", "change_topic")
	if err != nil {
		return err
	}
	certificate, key := takeFile(f, "certificate"), takeFile(f, "private_key")
	if key == "" { // one file may hold both
		key = certificate
	}
	_, err = v.Settings.PutCertificate(v.ctx(), v.actor(), kind, []byte(certificate), []byte(key), f.Values["change_topic"] == "on")
	if err != nil {
		refused := certificateForm{Kind: kind, Form: f}
		if found, ok := asConflict(err); ok {
			refused.Given, _ = found.Details["given"].(string)
		}
		hideKeys(refused.Form)
		return v.showRefused(&refused.Form, err, func(status int) error { return v.showCertificates(status, refused) })
	}
	v.checks.forget()
	return v.done("/settings/push", "certificate_installed", 0)
}

// takeFile is a text that was chosen as a file or else typed.
func takeFile(f form, name string) string {
	if file := f.Values[name+"_file"]; file != "" {
		return file
	}
	return f.Values[name+"_pem"]
}

// hideKeys keeps private keys out of the page that shows a form again.
func hideKeys(f form) {
	f.Values["private_key_pem"], f.Values["private_key_file"], f.Values["certificate_file"] = "", "", ""
	if strings.Contains(f.Values["certificate_pem"], "PRIVATE KEY") {
		f.Values["certificate_pem"] = ""
	}
}

// asConflict is the conflict that an error is, with its details.
func asConflict(err error) (*fault.Error, bool) {
	if !fault.Is(err, fault.Conflict) {
		return nil, false
	}
	f := asFault(err)
	return f, f.Details != nil
}

func (v *visit) askDeleteCertificate() error {
	kind, err := v.kind()
	if err != nil {
		return err
	}
	c, installed, err := v.Settings.Certificate(v.ctx(), kind)
	if err != nil {
		return err
	}
	if !installed {
		return fault.New(fault.NotFound, "There is no push certificate of this kind.")
	}
	return v.showSettings(http.StatusOK, "settings/push-delete", "push", certificateForm{Kind: kind, PushCertificate: c})
}

func (v *visit) deleteCertificate() error {
	kind, err := v.kind()
	if err != nil {
		return err
	}
	if err := v.Settings.DeleteCertificate(v.ctx(), v.actor(), kind); err != nil {
		return err
	}
	v.checks.forget()
	return v.done("/settings/push", "certificate_deleted", 0)
}
