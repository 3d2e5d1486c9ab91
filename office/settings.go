package office

import (
	"context"

	"heraut/people"
	"heraut/settings"
)

// Settings reads and changes what an administrator sets. What it refuses is a
// fault with JSON pointers into the API's documents, and the old setting stays.
type Settings struct {
	Store        SettingsStore
	Tokens       TokenStore
	MailTester   MailTester
	Certificates Certificates
	Apple        ContentToken
	MDMServers   MDMServers
	Providers    IdentityProviders
}

// SettingsStore keeps documents by name (settings.Name), each with a secret
// beside it. Version 0 is the default that nobody set.
type SettingsStore interface {
	Setting(ctx context.Context, name string, into any) (version int64, err error)
	SettingSecret(ctx context.Context, name string) ([]byte, error)
	// PutSetting keeps a nil secret as it is and removes it for an empty one.
	PutSetting(ctx context.Context, actor people.Actor, name string, doc any, secret []byte, ifVersion *int64) (version int64, err error)
	DeleteSetting(ctx context.Context, actor people.Actor, name string) error
}

// TokenStore keeps the content tokens of locations.
type TokenStore interface {
	// ContentTokens lists them, the one that was installed first first.
	ContentTokens(ctx context.Context) ([]settings.InstalledToken, error)
	// RemoveContentToken forgets one. Faults: not_found; conflict, with numbers,
	// while somebody depends on it and force is not set.
	RemoveContentToken(ctx context.Context, actor people.Actor, location string, force bool) error
}

// MailTester tries the way mail leaves, by sending a mail to an address, or
// to the From address when it is empty.
type MailTester interface {
	TestMail(ctx context.Context, s settings.Mail, to string) ([]settings.Check, error)
}

// Certificates reads push certificates: what is wrong with one is an
// invalid_request fault.
type Certificates interface {
	ReadCertificate(certificatePEM, keyPEM []byte, kind people.PushKind) (settings.PushCertificate, error)
}

// ContentToken asks Apple about a content token. Faults: invalid_request at
// /token_file for one that is none, has expired or is refused by Apple;
// unavailable while Apple does not answer.
type ContentToken interface {
	// Read reads the text of a downloaded file and asks what it opens; secret is
	// what to keep of the file.
	Read(ctx context.Context, file string) (t settings.ContentToken, secret []byte, err error)
	// Claim makes the token's location this installation's. One that another
	// service has claimed is a conflict fault with its owner, unless takeOver.
	Claim(ctx context.Context, secret []byte, takeOver bool) (settings.ContentToken, error)
}

// MDMServers asks an MDM server that the organization keeps whether it would
// carry invitations: invalid_request faults at /url and /api_key say why not.
type MDMServers interface {
	CheckMDM(ctx context.Context, set settings.MDMServer, keys settings.MDMSecrets) error
}

// IdentityProviders asks whether administrators could sign in at a provider.
type IdentityProviders interface {
	// CheckOIDC says by invalid_request faults at /issuer which step fails.
	CheckOIDC(ctx context.Context, set settings.OIDC) error
	// RedirectURL is what the provider must be told; empty: there is no address.
	RedirectURL() string
}
