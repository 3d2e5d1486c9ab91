package main

import (
	"context"
	"crypto/x509"
	"encoding/json"
	"fmt"
	"os"

	"heraut/content"
	desk "heraut/office" // tests of this package have an office of their own
	"heraut/people"
	"heraut/portal"
	"heraut/settings"
	"heraut/store"
)

// storedSettings reads settings with their defaults and secrets.
type storedSettings struct{ store *store.Store }

func (s storedSettings) invitations(ctx context.Context) (settings.Invitations, error) {
	doc := settings.DefaultInvitations()
	_, err := s.store.Setting(ctx, settings.NameInvitations, &doc)
	return doc, wrap(err, "reading the settings for invitations")
}

func (s storedSettings) mail(ctx context.Context) (settings.Mail, error) {
	doc := settings.DefaultMail()
	if _, err := s.store.Setting(ctx, settings.NameMail, &doc); err != nil {
		return doc, wrap(err, "reading the settings for mail")
	}
	password, err := s.store.SettingSecret(ctx, settings.NameMail)
	doc.Relay.Password = string(password)
	return doc, wrap(err, "reading the password for mail")
}

func (s storedSettings) forMail(ctx context.Context) (settings.Mail, settings.Invitations, error) {
	m, err := s.mail(ctx)
	if err != nil {
		return m, settings.Invitations{}, err
	}
	texts, err := s.invitations(ctx)
	return m, texts, err
}

func (s storedSettings) certificate(ctx context.Context, kind people.PushKind) (settings.PushCertificate, []byte, error) {
	var doc settings.PushCertificate
	version, err := s.store.Setting(ctx, settings.NamePush(kind), &doc)
	if err != nil || version == 0 {
		return settings.PushCertificate{}, nil, wrap(err, "reading the push certificate for %s", kind)
	}
	key, err := s.store.SettingSecret(ctx, settings.NamePush(kind))
	return doc, key, wrap(err, "reading the key of the push certificate for %s", kind)
}

// organization is who invites, for the portal.
func (s storedSettings) organization(ctx context.Context) (portal.Organization, error) {
	doc, err := s.invitations(ctx)
	if err != nil {
		return portal.Organization{}, err
	}
	var logo settings.Logo
	if _, err := s.store.Setting(ctx, settings.NameLogo, &logo); err != nil {
		return portal.Organization{}, wrap(err, "reading the logo")
	}
	tokens, err := s.store.ContentTokens(ctx)
	return portal.Organization{
		Name: doc.OrganizationName, Language: doc.DefaultLanguage, AcceptsHere: len(tokens) == 0, Location: doc.Location(), Logo: logo,
	}, wrap(err, "looking for a content token")
}

// logoAddress is where mails find the organization's logo; empty: there is none.
func (s storedSettings) logoAddress(ctx context.Context, publicURL string) (string, error) {
	var logo settings.Logo
	if _, err := s.store.Setting(ctx, settings.NameLogo, &logo); err != nil || logo.File() == "" {
		return "", wrap(err, "reading the logo")
	}
	return publicURL + desk.LogoPath + logo.File(), nil
}

// logo is the picture of the organization's logo.
func (s storedSettings) logo(ctx context.Context) ([]byte, error) {
	picture, err := s.store.SettingSecret(ctx, settings.NameLogo)
	return picture, wrap(err, "reading the picture of the logo")
}

// mdmServer is the MDM server that carries invitations, with its secrets.
func (s storedSettings) mdmServer(ctx context.Context) (settings.MDMServer, []byte, error) {
	doc := settings.DefaultMDMServer()
	version, err := s.store.Setting(ctx, settings.NameMDMServer, &doc)
	if err != nil || version == 0 {
		return doc, nil, wrap(err, "reading the settings of the MDM server")
	}
	secret, err := s.store.SettingSecret(ctx, settings.NameMDMServer)
	return doc, secret, wrap(err, "reading the secrets of the MDM server")
}

// webhookSecret is the key that signs the events of an external MDM server;
// empty while there is none.
func (s storedSettings) webhookSecret(ctx context.Context) (content.Secret, error) {
	set, secret, err := s.mdmServer(ctx)
	if err != nil || set.Mode != settings.MDMExternal {
		return "", err
	}
	var keys settings.MDMSecrets
	if err := json.Unmarshal(secret, &keys); err != nil {
		return "", wrap(err, "reading the secrets of the MDM server")
	}
	return content.Secret(keys.WebhookSecret), nil
}

// roots reads authorities to trust beside the system's; an empty path means
// the system's alone.
func roots(path string) (*x509.CertPool, error) {
	if path == "" {
		return nil, nil
	}
	pem, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("reading authorities: %w", err)
	}
	pool, err := x509.SystemCertPool()
	if err != nil {
		pool = x509.NewCertPool()
	}
	if !pool.AppendCertsFromPEM(pem) {
		return nil, fmt.Errorf("the file %s holds no PEM certificate", path)
	}
	return pool, nil
}

func wrap(err error, format string, args ...any) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf(format+": %w", append(args, err)...)
}
