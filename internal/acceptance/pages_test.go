package acceptance_test

import (
	"net/http"

	"github.com/oapi-codegen/nullable"

	"heraut/api/client"
)

// most is the largest page of a list.
const most client.Limit = 500

// walk reads every page of a list.
func walk[T any](read func(cursor *client.Cursor) ([]T, nullable.Nullable[client.NextCursor])) []T {
	var all []T
	var cursor *client.Cursor
	for {
		items, next := read(cursor)
		all = append(all, items...)
		after := value(next)
		if after == "" {
			return all
		}
		cursor = &after
	}
}

// invitations reads all invitations of a filter.
func (s *site) invitations(filter client.ListInvitationsParams) []client.Invitation {
	s.Helper()
	filter.Limit = new(most)
	return walk(func(cursor *client.Cursor) ([]client.Invitation, nullable.Nullable[client.NextCursor]) {
		filter.Cursor = cursor
		page := ask(s, http.StatusOK, func() (*client.ListInvitationsResponse, error) {
			return s.api.ListInvitationsWithResponse(s.Context(), &filter)
		}).JSON200
		return page.Items, page.NextCursor
	})
}

func (s *site) targets(plan string) []client.Target {
	s.Helper()
	return walk(func(cursor *client.Cursor) ([]client.Target, nullable.Nullable[client.NextCursor]) {
		page := ask(s, http.StatusOK, func() (*client.ListPlanTargetsResponse, error) {
			return s.api.ListPlanTargetsWithResponse(s.Context(), plan, &client.ListPlanTargetsParams{Limit: new(most), Cursor: cursor})
		}).JSON200
		return page.Items, page.NextCursor
	})
}

func (s *site) enrollments() []client.Enrollment {
	s.Helper()
	return walk(func(cursor *client.Cursor) ([]client.Enrollment, nullable.Nullable[client.NextCursor]) {
		page := ask(s, http.StatusOK, func() (*client.ListEnrollmentsResponse, error) {
			return s.api.ListEnrollmentsWithResponse(s.Context(), &client.ListEnrollmentsParams{Limit: new(most), Cursor: cursor})
		}).JSON200
		return page.Items, page.NextCursor
	})
}

// audit reads the audit log, the newest row first.
func (s *site) audit() []client.AuditEntry {
	s.Helper()
	return walk(func(cursor *client.Cursor) ([]client.AuditEntry, nullable.Nullable[client.NextCursor]) {
		page := ask(s, http.StatusOK, func() (*client.ListAuditResponse, error) {
			return s.api.ListAuditWithResponse(s.Context(), &client.ListAuditParams{Limit: new(most), Cursor: cursor})
		}).JSON200
		return page.Items, page.NextCursor
	})
}
