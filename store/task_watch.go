package store

import (
	"context"
	"fmt"

	"heraut/content"
	"heraut/fault"
	"heraut/invitation"
	"heraut/people"
)

// InvitationsNow reads the invitations of ids as they are now, at most 1024, in
// no order: what a page shows of a list stays there when it leaves the list.
func (s *Store) InvitationsNow(ctx context.Context, ids []string) ([]invitation.Invitation, error) {
	if err := fewIDs(ids); err != nil || len(ids) == 0 {
		return nil, err
	}
	var page people.Page[invitation.Invitation]
	err := s.snapshot(ctx, func(ctx context.Context, tx *Tx) error {
		now, err := tx.Now(ctx)
		if err != nil {
			return err
		}
		var rows []invitationRow
		in, args := inClause("i.id", ids)
		if err := tx.Select(ctx, &rows, "SELECT "+invitationColumns+invitationJoins+"WHERE "+in, args...); err != nil {
			return err
		}
		page, err = finish(ctx, tx, people.Page[invitationRow]{Items: rows}, now.Time)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("reading shown invitations: %w", err)
	}
	return page.Items, nil
}

// LicensesNow is InvitationsNow for licenses.
func (s *Store) LicensesNow(ctx context.Context, ids []string) ([]content.License, error) {
	if err := fewIDs(ids); err != nil || len(ids) == 0 {
		return nil, err
	}
	in, args := inClause("l.id", ids)
	page, err := s.listLicenses(ctx, "WHERE "+in, "l.id", args, len(ids), licenseRow.byID)
	return page.Items, err
}

func fewIDs(ids []string) error {
	if len(ids) > maxIn {
		return fault.Invalid(fault.Field{Pointer: "rows", Message: "These are too many rows at once."})
	}
	return nil
}

// exportDoc is what the audit log keeps of an export. What was searched for may
// be an address, and stays out.
type exportDoc struct {
	Filter   invitation.Filter `json:"filter"`
	Searched bool              `json:"searched"`
	Form     string            `json:"form"`
}

// TasksExported notes in the audit log that somebody takes the tasks of a list
// ("active" or "completed") with them, in a form such as csv.
func (s *Store) TasksExported(ctx context.Context, actor people.Actor, list, form string, f invitation.Filter) error {
	doc := exportDoc{Filter: f, Searched: f.Query != "", Form: form}
	doc.Filter.Query = ""
	err := s.write(ctx, func(_ context.Context, tx *Tx) error {
		tx.audit(actor, change{Action: "tasks.export", Kind: "tasks", ID: list, Became: doc})
		return nil
	})
	if err != nil {
		return fmt.Errorf("noting an export: %w", err)
	}
	return nil
}
