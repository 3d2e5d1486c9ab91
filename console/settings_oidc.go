package console

import (
	"errors"
	"maps"
	"net/http"
	"slices"
	"strings"

	"heraut/fault"
	"heraut/people"
	"heraut/settings"
)

// oidcPage is the identity provider that administrators sign in at.
type oidcPage struct {
	Form form
	// Set tells that there is a provider, Secret that it has a client secret.
	Set, Secret bool
	Roles       []people.Role
	// RedirectURL is what the provider must be told; empty: there is no address.
	RedirectURL string
}

var oidcFields = []string{"issuer", "client_id", "client_secret", "public_client", "role_claim", "roles", "default_role", "button_label", "version"}

func (v *visit) oidcSettings() error {
	set, version, err := v.storedOIDC()
	if err != nil {
		return err
	}
	return v.showOIDC(http.StatusOK, newForm(map[string]string{
		"issuer": set.Issuer, "client_id": set.ClientID, "role_claim": set.RoleClaim, "roles": linesOfRoles(set.Roles),
		"default_role": set.DefaultRole, "button_label": set.ButtonLabel, "version": textVersion(version),
	}))
}

// storedOIDC is the provider as it is stored; the zero one with version 0
// where there is none.
func (v *visit) storedOIDC() (settings.OIDC, int64, error) {
	set, version, err := v.Settings.OIDC(v.ctx())
	if fault.Is(err, fault.NotFound) {
		err = nil
	}
	return set, version, err
}

func (v *visit) showOIDC(status int, f form) error {
	stored, _, err := v.storedOIDC()
	if err != nil {
		return err
	}
	secret, err := v.Settings.OIDCSecretSet(v.ctx())
	if err != nil {
		return err
	}
	p := oidcPage{Form: f, Set: stored.Set(), Secret: secret, Roles: roles, RedirectURL: v.Settings.Providers.RedirectURL()}
	return v.showSettings(status, "settings/oidc", "sign_in", p)
}

// linesOfRoles writes a line for each value: "ict = admin".
func linesOfRoles(mapped map[string]string) string {
	lines := make([]string, 0, len(mapped))
	for _, value := range slices.Sorted(maps.Keys(mapped)) {
		lines = append(lines, value+" = "+mapped[value])
	}
	return strings.Join(lines, "\n")
}

// rolesOfLines reads what linesOfRoles wrote. The last sign counts, for a value
// may hold others.
func rolesOfLines(text string) (map[string]string, error) {
	mapped := map[string]string{}
	for line := range strings.Lines(text) {
		if strings.TrimSpace(line) == "" {
			continue
		}
		at := strings.LastIndex(line, "=")
		if at < 0 {
			return nil, fault.Invalid(fault.Field{Pointer: "/roles", Message: "Write a value and its role on each line, such as ict = admin."})
		}
		mapped[strings.TrimSpace(line[:at])] = strings.TrimSpace(line[at+1:])
	}
	return mapped, nil
}

func (v *visit) putOIDC() error {
	f, err := v.submitted(oidcFields...)
	if err != nil {
		return err
	}
	if err := v.saveOIDC(f); err != nil {
		return v.showRefused(&f, onOneField(err), func(status int) error { return v.showOIDC(status, f) })
	}
	return v.done("/settings/sign-in", "saved", 0)
}

func (v *visit) saveOIDC(f form) error {
	mapped, err := rolesOfLines(f.Values["roles"])
	if err != nil {
		return err
	}
	set := settings.OIDC{
		Issuer: f.Values["issuer"], ClientID: f.Values["client_id"], RoleClaim: f.Values["role_claim"], Roles: mapped,
		DefaultRole: f.Values["default_role"], ButtonLabel: f.Values["button_label"],
	}
	var secret *string
	if given := f.Values["client_secret"]; given != "" || f.Values["public_client"] == "on" {
		secret = &given
	}
	_, err = v.Settings.PutOIDC(v.ctx(), v.actor(), set, secret, versionOf(f))
	return err
}

// onOneField gathers what is wrong with any of the roles at their one field.
func onOneField(err error) error {
	found, ok := errors.AsType[*fault.Error](err)
	if !ok {
		return err
	}
	moved := *found
	moved.Fields = slices.Clone(found.Fields)
	for i, field := range moved.Fields {
		if strings.HasPrefix(field.Pointer, "/roles/") {
			moved.Fields[i].Pointer = "/roles"
		}
	}
	return &moved
}

func (v *visit) askDeleteOIDC() error {
	set, _, err := v.Settings.OIDC(v.ctx())
	if err != nil {
		return err
	}
	return v.showSettings(http.StatusOK, "settings/oidc-delete", "sign_in", set)
}

func (v *visit) deleteOIDC() error {
	if err := v.Settings.DeleteOIDC(v.ctx(), v.actor()); err != nil {
		return err
	}
	return v.done("/settings/sign-in", "provider_deleted", 0)
}

func (v *visit) oidcState() (string, error) {
	set, _, err := v.storedOIDC()
	if err != nil || !set.Set() {
		return v.t("settings.sign_in.state.none"), err
	}
	return v.t("settings.sign_in.state", "issuer", set.Issuer), nil
}
