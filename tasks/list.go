package tasks

import (
	"cmp"
	"context"
	"slices"

	"heraut/content"
	"heraut/invitation"
	"heraut/people"
)

// List reads the two kinds, which are kept apart and ordered alike: open ones
// as the filter says, settled ones with the last settled first.
type List struct {
	Invitations func(ctx context.Context, f invitation.Filter, after people.Cursor, limit int) (people.Page[invitation.Invitation], error)
	Licenses    func(ctx context.Context, f content.LicenseFilter, after people.Cursor, limit int) (people.Page[content.License], error)
}

// Page reads a page of each kind from the same place on, and merges them: what
// does not fit is the next page's.
func (l List) Page(ctx context.Context, f invitation.Filter, after people.Cursor, limit int) (people.Page[Task], error) {
	if f.Sort == invitation.NextAction {
		return l.byNextAction(ctx, f, after, limit)
	}
	invited, err := l.Invitations(ctx, f, after, limit)
	if err != nil {
		return people.Page[Task]{}, err
	}
	page, more := invitations(invited.Items), invited.Next != nil
	if f.Licenses() {
		given, err := l.Licenses(ctx, licensesOf(f), after, limit)
		if err != nil {
			return people.Page[Task]{}, err
		}
		page, more = append(page, licenses(given.Items)...), more || given.Next != nil
	}
	slices.SortFunc(page, func(a, b Task) int { return compare(f.Sort, a.Place(), b.Place()) })
	if !more && len(page) <= limit {
		return people.Page[Task]{Items: page}, nil
	}
	page = page[:min(limit, len(page))]
	next := page[len(page)-1].Place()
	return people.Page[Task]{Items: page, Next: &next}, nil
}

// compare orders as the lists do: the newest first, unless the oldest are asked
// for.
func compare(sort invitation.Sort, a, b people.Cursor) int {
	order := cmp.Or(cmp.Compare(a.Key, b.Key), cmp.Compare(a.ID, b.ID))
	if sort == invitation.Oldest {
		return order
	}
	return -order
}

// afterInvitations is the key of places among the licenses that follow when
// the order is by next action.
const afterInvitations = "licenses"

// byNextAction has licenses last, the newest first: when Apple has a seat is
// known to nobody.
func (l List) byNextAction(ctx context.Context, f invitation.Filter, after people.Cursor, limit int) (people.Page[Task], error) {
	var page people.Page[Task]
	if after.Key != afterInvitations {
		invited, err := l.Invitations(ctx, f, after, limit)
		if err != nil {
			return page, err
		}
		page.Items, page.Next = invitations(invited.Items), invited.Next
		if page.Next != nil || !f.Licenses() {
			return page, nil
		}
		after = people.Cursor{}
	}
	given, err := l.Licenses(ctx, licensesOf(f), people.Cursor{ID: after.ID}, limit)
	if err != nil {
		return page, err
	}
	room := limit - len(page.Items)
	fit := given.Items[:min(room, len(given.Items))]
	page.Items = append(page.Items, licenses(fit)...)
	if given.Next != nil || len(given.Items) > room {
		page.Next = &people.Cursor{Key: afterInvitations}
		if len(fit) > 0 {
			page.Next.ID = fit[len(fit)-1].ID
		}
	}
	return page, nil
}

// eachPage is how many tasks Each holds at a time.
const eachPage = 500

// Each gives all tasks that a filter matches to fn, part by part in their
// order, until fn fails. It reads page by page, so that no transaction stays
// open meanwhile: what moves in the list while it goes on may be missed or come
// twice.
func (l List) Each(ctx context.Context, f invitation.Filter, fn func([]Task) error) error {
	for after := new(people.Cursor); after != nil; {
		page, err := l.Page(ctx, f, *after, eachPage)
		if err != nil {
			return err
		}
		if err := fn(page.Items); err != nil {
			return err
		}
		after = page.Next
	}
	return nil
}

func licensesOf(f invitation.Filter) content.LicenseFilter {
	return content.LicenseFilter{UserID: f.UserID, GroupID: f.GroupID, Oldest: f.Sort == invitation.Oldest}
}

func invitations(items []invitation.Invitation) []Task {
	tasks := make([]Task, len(items))
	for i := range items {
		tasks[i].Invitation = &items[i]
	}
	return tasks
}

func licenses(items []content.License) []Task {
	tasks := make([]Task, len(items))
	for i := range items {
		tasks[i].License = &items[i]
	}
	return tasks
}
