package main

import (
	"context"
	"slices"

	"heraut/fault"
	"heraut/internal/secrets"
	"heraut/people"
	"heraut/settings"
	"heraut/store"
)

// enrollLink is the number of an enrollment link's token: it has one.
const enrollLink = 0

// makeProfile makes the profile that enrolls one device by a link, with texts
// in a language.
type makeProfile func(ctx context.Context, link people.EnrollmentLink, language string) ([]byte, error)

// enrollment is the user portal's way to enrollment links.
type enrollment struct {
	store    *store.Store
	settings storedSettings
	keys     *secrets.Keyring
	make     makeProfile
}

// ByLink implements portal.Enrollment.
func (e enrollment) ByLink(ctx context.Context, hash []byte) (people.EnrollmentLink, error) {
	return e.store.EnrollmentByLink(ctx, hash)
}

// ByCode implements portal.Enrollment. A link's code and its token were made
// with the same key.
func (e enrollment) ByCode(ctx context.Context, code string) (string, error) {
	ids := e.keys.IDs()
	slices.Reverse(ids)
	for i, hash := range e.keys.CodeHashes(code) { // the newest key's first
		link, err := e.store.EnrollmentByCode(ctx, hash)
		if fault.Is(err, fault.NotFound) {
			continue
		}
		if err != nil {
			return "", err
		}
		if token, ok := e.keys.LinkByKey(ids[i], secrets.LinkEnroll, link.ID, enrollLink); ok {
			return token, nil
		}
	}
	return "", fault.New(fault.NotFound, "There is no such code.")
}

// Profile implements portal.Enrollment.
func (e enrollment) Profile(ctx context.Context, link people.EnrollmentLink, language string) ([]byte, error) {
	server, _, err := e.settings.mdmServer(ctx)
	if err != nil {
		return nil, err
	}
	certificate, _, err := e.settings.certificate(ctx, people.PushMDM)
	switch {
	case err != nil:
		return nil, err
	case server.Mode == settings.MDMExternal:
		return nil, fault.New(fault.Unavailable, "Devices enroll at the organization's own MDM server.")
	case certificate.PEM == "":
		return nil, fault.New(fault.Unavailable, "No device can be enrolled before a push certificate for MDM is installed.")
	}
	return e.make(ctx, link, language)
}
