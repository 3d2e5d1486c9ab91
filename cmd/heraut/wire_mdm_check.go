package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"heraut/content"
	"heraut/fault"
	"heraut/mdm/external"
	"heraut/settings"
)

// mdmCheckWithin bounds what anybody waits for an MDM server elsewhere.
const mdmCheckWithin = 10 * time.Second

// mdmServers asks MDM servers elsewhere whether they would take commands.
type mdmServers struct{ parts *parts }

// CheckMDM implements office.MDMServers.
func (m mdmServers) CheckMDM(ctx context.Context, set settings.MDMServer, keys settings.MDMSecrets) error {
	_, err := m.ask(ctx, set, keys)
	f, ok := errors.AsType[*fault.Error](err)
	switch {
	case !ok:
		return err
	case f.Code == fault.Unauthenticated:
		return fault.Invalid(fault.Field{Pointer: "/api_key", Message: f.Message})
	}
	return fault.Invalid(fault.Field{Pointer: "/url", Message: f.Message})
}

// ask tells the server's version. Errors that the server is to blame for are
// faults.
func (m mdmServers) ask(ctx context.Context, set settings.MDMServer, keys settings.MDMSecrets) (version string, err error) {
	authorities, err := roots(m.parts.config.MDMCA)
	if err != nil {
		return "", err
	}
	client, err := external.NewClient(external.Options{URL: set.URL, APIKey: content.Secret(keys.APIKey), RootCAs: authorities, Timeout: mdmCheckWithin})
	if err != nil {
		return "", err
	}
	defer client.Close()
	if version, err = client.Version(ctx); err != nil {
		return "", err
	}
	return version, client.Check(ctx)
}

// mdm is the line "mdm": at whose MDM server devices are enrolled, and whether
// it works.
func (p preflight) mdm(ctx context.Context) settings.Check {
	const name = "mdm"
	set, secret, err := p.parts.settings.mdmServer(ctx)
	if err != nil {
		return settings.Check{Name: name, Detail: err.Error()}
	}
	if set.Mode != settings.MDMExternal {
		return settings.Check{Name: name, OK: true, Detail: "Devices enroll at Heraut's own MDM server."}
	}
	var keys settings.MDMSecrets
	if err := json.Unmarshal(secret, &keys); err != nil {
		return settings.Check{Name: name, Detail: "The keys of the MDM server can not be read; set them again (PUT /v1/settings/mdm)."}
	}
	version, err := mdmServers{p.parts}.ask(ctx, set, keys)
	if err != nil {
		return settings.Check{Name: name, Detail: err.Error() + " Until then no invitation goes over it."}
	}
	return settings.Check{Name: name, OK: true, Detail: fmt.Sprintf("Your own MDM server, NanoMDM (version %s), answers and takes the API key.", version) + p.noToken(ctx)}
}

// noToken says what inviting by MDM needs besides; nothing where it is there.
func (p preflight) noToken(ctx context.Context) string {
	tokens, err := p.parts.store.ContentTokens(ctx)
	switch {
	case err != nil:
		return " " + err.Error()
	case len(tokens) > 0:
		return ""
	}
	return " Devices can enroll; they are invited by MDM once a content token is installed (PUT /v1/settings/content-token)."
}

// noMDMCertificate tells what it means for enrolled devices that no MDM push
// certificate is installed.
func (p preflight) noMDMCertificate(ctx context.Context, name string, enrolled int) settings.Check {
	set, _, err := p.parts.settings.mdmServer(ctx)
	switch {
	case err != nil:
		return settings.Check{Name: name, Detail: err.Error()}
	case set.Mode == settings.MDMExternal:
		return settings.Check{Name: name, OK: true, Detail: "No MDM push certificate is installed here: your own MDM server wakes its devices with its own."}
	case enrolled > 0 && p.noToken(ctx) == "":
		return settings.Check{Name: name, Detail: fmt.Sprintf(
			"Devices that are enrolled by MDM (%d) can not be woken: install the MDM push certificate that they enrolled with (PUT /v1/settings/push/mdm).", enrolled)}
	}
	return settings.Check{Name: name, OK: true, Detail: "No MDM push certificate is installed (PUT /v1/settings/push/mdm): devices can not enroll here, and none is invited by MDM."}
}
