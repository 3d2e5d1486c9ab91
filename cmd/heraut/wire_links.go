package main

import (
	"bytes"
	"errors"

	"heraut/internal/secrets"
	"heraut/invitation"
)

// links makes and checks the links of invitation pages.
type links struct {
	keys      *secrets.Keyring
	publicURL string
}

var (
	errNoPublicURL = errors.New("set --public-url, the address at which people reach this server: invitations need a link")
	errRetiredKey  = errors.New("the key of this invitation's link was retired; cancel it and invite again")
)

// page is the address of a message's invitation page: the same on every try,
// also after the keys were rotated.
func (l links) page(m invitation.Message) (string, error) {
	if l.publicURL == "" {
		return "", errNoPublicURL
	}
	for _, id := range l.keys.IDs() {
		token, ok := l.keys.LinkByKey(id, secrets.LinkPage, m.InvitationID, pageLink)
		if ok && bytes.Equal(secrets.LinkHash(token), m.LinkHash) {
			return l.publicURL + "/i/" + token, nil
		}
	}
	return "", errRetiredKey
}

// forMail is the page and the address that ends reminders.
func (l links) forMail(m invitation.Message) (page, stop string, err error) {
	page, err = l.page(m)
	return page, page + "/stop", err
}

// Hash implements portal.Links.
func (l links) Hash(token string) []byte { return secrets.LinkHash(token) }

// Verify implements portal.Links.
func (l links) Verify(token, invitationID string) bool {
	return l.keys.VerifyLink(token, secrets.LinkPage, invitationID, pageLink)
}

// VerifyEnrollment implements portal.Links.
func (l links) VerifyEnrollment(token, linkID string) bool {
	return l.keys.VerifyLink(token, secrets.LinkEnroll, linkID, enrollLink)
}
