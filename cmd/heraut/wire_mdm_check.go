package main

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"heraut/content"
	"heraut/mdm/external"
	"heraut/settings"
)

// mdmCheckWithin bounds what preflight waits for an MDM server elsewhere.
const mdmCheckWithin = 10 * time.Second

// mdmServer is the line "mdm_server", where the server is not the built-in one.
func (p preflight) mdmServer(ctx context.Context) []settings.Check {
	const name = "mdm_server"
	set, secret, err := p.parts.settings.mdmServer(ctx)
	if err == nil && set.Mode != settings.MDMExternal {
		return nil
	}
	version := ""
	if err == nil {
		version, err = p.askMDM(ctx, set, secret)
	}
	if err != nil {
		return []settings.Check{{Name: name, Detail: err.Error() + " Until then no invitation goes over it."}}
	}
	return []settings.Check{{Name: name, OK: true, Detail: fmt.Sprintf("NanoMDM (version %s) answers and takes the API key.", version)}}
}

// askMDM asks an MDM server elsewhere whether it would take commands.
func (p preflight) askMDM(ctx context.Context, set settings.MDMServer, secret []byte) (version string, err error) {
	var keys settings.MDMSecrets
	if err := json.Unmarshal(secret, &keys); err != nil {
		return "", wrap(err, "reading the secrets of the MDM server")
	}
	authorities, err := roots(p.parts.config.MDMCA)
	if err != nil {
		return "", err
	}
	client, err := external.NewClient(external.Options{URL: set.URL, APIKey: content.Secret(keys.APIKey), RootCAs: authorities})
	if err != nil {
		return "", err
	}
	defer client.Close()
	ctx, cancel := context.WithTimeout(ctx, mdmCheckWithin)
	defer cancel()
	if version, err = client.Version(ctx); err != nil {
		return "", err
	}
	return version, client.Check(ctx)
}
