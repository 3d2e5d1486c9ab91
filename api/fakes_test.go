package api_test

import (
	"context"
	"errors"
	"sync"

	"heraut/api"
	"heraut/fault"
	"heraut/invitation"
	"heraut/people"
	"heraut/push"
	"heraut/settings"
)

var errEngineAway = errors.New("the engine is away")

// engine notes what it was told, and can be away.
type engine struct {
	mu     sync.Mutex
	away   bool
	told   []string
	starts []invitation.Start
}

func (e *engine) note(what string) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.away {
		return errEngineAway
	}
	e.told = append(e.told, what)
	return nil
}

func (e *engine) heard() []string {
	e.mu.Lock()
	defer e.mu.Unlock()
	list := e.told
	e.told = nil
	return list
}

func (e *engine) leave() {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.away = true
}

func (e *engine) Healthy(context.Context) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.away {
		return errEngineAway
	}
	return nil
}

func (e *engine) StartUser(_ context.Context, s invitation.Start) error {
	e.mu.Lock()
	e.starts = append(e.starts, s)
	e.mu.Unlock()
	return e.note("start user " + s.UserID)
}

func (e *engine) StartGroup(_ context.Context, id string) error { return e.note("start group " + id) }

func (e *engine) StartBulk(_ context.Context, id string) error { return e.note("start bulk " + id) }
func (e *engine) WakeUser(_ context.Context, id string) error  { return e.note("wake user " + id) }
func (e *engine) WakeGroup(_ context.Context, id string) error { return e.note("wake group " + id) }

func (e *engine) SyncNow(_ context.Context, id string) error { return e.note("sync " + id) }

func (e *engine) DistributeNow(context.Context) error { return e.note("distribute") }

// importer notes what it was given.
type importer struct {
	mu      sync.Mutex
	folders []string
	options []people.RosterOptions
}

func (i *importer) StartImport(_ people.Actor, _, folder string, o people.RosterOptions) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.folders, i.options = append(i.folders, folder), append(i.options, o)
}

// mailTester notes what it was to try.
type mailTester struct {
	settings settings.Mail
	to       string
}

func (m *mailTester) TestMail(_ context.Context, s settings.Mail, to string) ([]settings.Check, error) {
	m.settings, m.to = s, to
	return []settings.Check{{Name: "connect", OK: false, Detail: "Port 25 is blocked."}}, nil
}

// certificates reads real certificates.
type certificates struct{}

func (certificates) ReadCertificate(cert, key []byte, kind people.PushKind) (settings.PushCertificate, error) {
	c, err := push.ParseCertificate(cert, key, kind)
	return settings.PushCertificate{Topic: c.Topic, NotAfter: c.NotAfter, PEM: string(cert)}, err
}

type preflight struct{}

func (preflight) Check(context.Context) []settings.Check {
	return []settings.Check{{Name: "database", OK: true, Detail: "The database answers."}}
}

// brokenPeople fails as told.
type brokenPeople struct {
	api.People

	fail func() error
}

func (b brokenPeople) User(context.Context, string) (people.User, error) {
	return people.User{}, b.fail()
}

// identityProviders knows one that works.
type identityProviders struct{}

const goodIssuer = "https://id.example.org"

func (identityProviders) CheckOIDC(_ context.Context, set settings.OIDC) error {
	if set.Issuer != goodIssuer {
		return fault.Invalid(fault.Field{Pointer: "/issuer", Message: "Discovery failed."})
	}
	return nil
}

func (identityProviders) RedirectURL() string { return publicURL + "/oidc/callback" }
