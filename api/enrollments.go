package api

import (
	"context"

	"heraut/invitation"
)

// ListEnrollments answers GET /v1/enrollments.
func (h *handlers) ListEnrollments(ctx context.Context, r ListEnrollmentsRequestObject) (ListEnrollmentsResponseObject, error) {
	group := valueOf(r.Params.GroupID)
	p, err := h.page("enrollments", group, r.Params.Limit, r.Params.Cursor)
	if err != nil {
		return nil, err
	}
	page, err := h.d.Enrollments.ListEnrollments(ctx, group, p.after, p.limit)
	if err != nil {
		return nil, err
	}
	next, err := p.next(page.Next)
	return ListEnrollments200JSONResponse{Items: shown(page.Items, showEnrollment), NextCursor: next}, err
}

// DeleteEnrollment answers DELETE /v1/enrollments/{user_id}.
func (h *handlers) DeleteEnrollment(ctx context.Context, r DeleteEnrollmentRequestObject) (DeleteEnrollmentResponseObject, error) {
	if err := h.d.Enrollments.DeleteEnrollment(ctx, actor(ctx), r.UserID); err != nil {
		return nil, err
	}
	h.office.ContentChanged(ctx)
	return DeleteEnrollment204Response{}, nil
}

func showEnrollment(e invitation.Enrollment) Enrollment {
	return Enrollment{
		UserID: e.UserID, FullName: e.FullName, EnrolledAt: e.EnrolledAt.UTC(), Source: string(e.Source), Location: orNull[string](e.Location),
	}
}
