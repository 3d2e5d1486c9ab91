package api

import (
	"context"

	"heraut/office"
	"heraut/people"
	"heraut/settings"
)

// CreateEnrollmentLink answers POST /v1/users/{id}/enrollment-link. The link
// is made of its id, so that an answer that was lost can be given again.
func (h *handlers) CreateEnrollmentLink(ctx context.Context, r CreateEnrollmentLinkRequestObject) (CreateEnrollmentLinkResponseObject, error) {
	links := h.links()
	if err := links.Check(ctx); err != nil {
		return nil, err
	}
	link, err := h.enrollmentLink(ctx, links, r.ID)
	if err != nil {
		return nil, err
	}
	shown := links.Show(link)
	return CreateEnrollmentLink201JSONResponse{URL: shown.URL, Code: shown.Code, ExpiresAt: shown.ExpiresAt.UTC()}, nil
}

func (h *handlers) links() office.Links {
	return office.Links{
		PublicURL: h.d.PublicURL, Secrets: h.d.Secrets, Store: h.d.EnrollmentLinks,
		MDM: func(ctx context.Context) (settings.MDMServer, error) {
			server, _, err := h.settings.MDM(ctx)
			return server, err
		},
	}
}

func (h *handlers) enrollmentLink(ctx context.Context, links office.Links, userID string) (people.EnrollmentLink, error) {
	if id, made := madeBefore(ctx, "enrollment_link"); made {
		return h.d.EnrollmentLinks.EnrollmentLink(ctx, id)
	}
	return links.New(ctx, actor(ctx), userID)
}
