package office

import (
	"context"
	"time"

	"github.com/google/uuid"

	"heraut/fault"
	"heraut/internal/secrets"
	"heraut/people"
	"heraut/settings"
)

const (
	// enrollmentLife is how long a link that enrolls a device works.
	enrollmentLife = 7 * 24 * time.Hour
	// enrollmentLink is the number of such a link's token: it has one.
	enrollmentLink = 0
)

// Links makes links by which people enroll their devices at the user portal.
type Links struct {
	// PublicURL is the address at which people reach Heraut, without a slash at
	// the end; empty: links can not be made.
	PublicURL string
	Secrets   *secrets.Keyring
	Store     LinkStore
	// MDM tells whose MDM server devices enroll at.
	MDM func(ctx context.Context) (settings.MDMServer, error)
}

// LinkStore keeps links by the hashes of their token and of their code.
type LinkStore interface {
	CreateEnrollmentLink(ctx context.Context, actor people.Actor, l people.EnrollmentLink, hash, codeHash []byte, life time.Duration) (people.EnrollmentLink, error)
}

// Invite is what is told of a link: once, for only hashes are kept.
type Invite struct {
	URL, Code string
	ExpiresAt time.Time
}

// Check refuses links that would lead nowhere: without a public address, and
// while devices enroll at a server that the organization keeps.
func (l Links) Check(ctx context.Context) error {
	if l.PublicURL == "" {
		return fault.New(fault.Conflict, "A link leads nowhere yet: start Heraut with --public-url, the address at which people reach it.")
	}
	server, err := l.MDM(ctx)
	if err == nil && server.Mode == settings.MDMExternal {
		return fault.New(fault.Conflict, "Devices enroll at your own MDM server (settings/mdm), and not here.")
	}
	return err
}

// New keeps a new link of a user. Fault: not_found.
func (l Links) New(ctx context.Context, actor people.Actor, userID string) (people.EnrollmentLink, error) {
	link := people.EnrollmentLink{ID: uuid.NewString(), UserID: userID}
	hash := secrets.LinkHash(l.Secrets.Link(secrets.LinkEnroll, link.ID, enrollmentLink))
	return l.Store.CreateEnrollmentLink(ctx, actor, link, hash, l.Secrets.CodeHash(l.Secrets.Code(link.ID)), enrollmentLife)
}

// Show makes what is told of a link of its id, so that an answer that was lost
// can be given again.
func (l Links) Show(link people.EnrollmentLink) Invite {
	return Invite{
		URL:  l.PublicURL + "/enroll/" + l.Secrets.Link(secrets.LinkEnroll, link.ID, enrollmentLink),
		Code: l.Secrets.Code(link.ID), ExpiresAt: link.ExpiresAt,
	}
}
