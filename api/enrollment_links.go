package api

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

// CreateEnrollmentLink answers POST /v1/users/{id}/enrollment-link. The link
// is made of its id, so that an answer that was lost can be given again.
func (h *handlers) CreateEnrollmentLink(ctx context.Context, r CreateEnrollmentLinkRequestObject) (CreateEnrollmentLinkResponseObject, error) {
	if h.d.PublicURL == "" {
		return nil, fault.New(fault.Conflict, "A link leads nowhere yet: start Heraut with --public-url, the address at which people reach it.")
	}
	if err := h.enrollsHere(ctx); err != nil {
		return nil, err
	}
	link, err := h.enrollmentLink(ctx, r.ID)
	if err != nil {
		return nil, err
	}
	return CreateEnrollmentLink201JSONResponse{
		URL:  h.d.PublicURL + "/enroll/" + h.d.Secrets.Link(secrets.LinkEnroll, link.ID, enrollmentLink),
		Code: h.d.Secrets.Code(link.ID), ExpiresAt: link.ExpiresAt.UTC(),
	}, nil
}

// enrollsHere refuses links while devices enroll at a server that the
// organization keeps.
func (h *handlers) enrollsHere(ctx context.Context) error {
	server, _, err := h.mdmServer(ctx)
	if err == nil && server.Mode == settings.MDMExternal {
		return fault.New(fault.Conflict, "Devices enroll at your own MDM server (settings/mdm), and not here.")
	}
	return err
}

func (h *handlers) enrollmentLink(ctx context.Context, userID string) (people.EnrollmentLink, error) {
	if id, made := madeBefore(ctx, "enrollment_link"); made {
		return h.d.EnrollmentLinks.EnrollmentLink(ctx, id)
	}
	link := people.EnrollmentLink{ID: uuid.NewString(), UserID: userID}
	hash := secrets.LinkHash(h.d.Secrets.Link(secrets.LinkEnroll, link.ID, enrollmentLink))
	return h.d.EnrollmentLinks.CreateEnrollmentLink(ctx, actor(ctx), link, hash, h.d.Secrets.CodeHash(h.d.Secrets.Code(link.ID)), enrollmentLife)
}
