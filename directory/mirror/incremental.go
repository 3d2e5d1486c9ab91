package mirror

import (
	"context"
	"maps"
	"slices"

	"heraut/people"
)

// incremental looks at what has changed. Whatever it can not decide by that
// alone is ErrReadAll: newcomers, who may belong to groups that did not change,
// and members whom only a look at everything can tell.
func (p *pass) incremental(ctx context.Context) error {
	cookie, err := p.ledger.DirectoryCookie(ctx, p.directory.ID)
	if err != nil {
		return p.ours(err)
	}
	changes, err := p.source.Changes(ctx, cookie)
	if err != nil {
		return err
	}
	if changes.Empty() {
		return p.conclude(ctx, changes.Cookie)
	}
	here := map[string]bool{}
	if err := p.changedPeople(ctx, changes.Changed, here); err != nil {
		return err
	}
	if err := p.changedGroups(ctx, changes.Changed, here); err != nil {
		return err
	}
	if err := p.progress(ctx, true); err != nil {
		return err
	}
	if len(p.source.Elsewhere()) > 0 {
		return ErrReadAll // only a look at everything tells who was not found
	}
	gone := p.goneSince
	if changes.Complete {
		gone = p.absent
	}
	if err := gone(ctx, changes, here); err != nil {
		return err
	}
	return p.conclude(ctx, changes.Cookie)
}

func (p *pass) changedPeople(ctx context.Context, ids []string, here map[string]bool) error {
	return p.source.PeopleByID(ctx, ids, func(page []people.DirectoryPerson) error {
		created := p.changed
		for _, person := range page {
			here[person.StableID] = true
		}
		if err := p.takeOver(ctx, page); err != nil {
			return err
		}
		if p.changed && !created {
			return ErrReadAll
		}
		return nil
	})
}

func (p *pass) changedGroups(ctx context.Context, ids []string, here map[string]bool) error {
	return p.source.GroupsByID(ctx, ids, func(page []people.DirectoryGroup) error {
		stable := make([]string, len(page))
		for i, g := range page {
			stable[i] = g.StableID
			here[g.StableID] = true
			if g.Refused != "" {
				return ErrReadAll
			}
		}
		_, links, err := p.ledger.LinksOf(ctx, p.directory.ID, stable)
		if err != nil {
			return p.ours(err)
		}
		if len(links) < len(page) {
			return ErrReadAll
		}
		p.groupsRead += len(page)
		groups, err := p.ledger.SyncGroups(ctx, p.run, page)
		if err != nil {
			return p.ours(err)
		}
		return p.changedMembers(ctx, page, groups)
	})
}

func (p *pass) changedMembers(ctx context.Context, page []people.DirectoryGroup, ids map[string]string) error {
	wanted := map[people.MemberPair]bool{}
	groupIDs := make([]string, len(page))
	for i, g := range page {
		groupIDs[i] = ids[g.StableID]
		found, err := p.ledger.ResolveKeys(ctx, p.directory.ID, g.Members)
		if err != nil {
			return p.ours(err)
		}
		for _, key := range g.Members {
			pair, known := found[key]
			if !known {
				return ErrReadAll
			}
			pair.GroupID = groupIDs[i]
			wanted[pair] = true
		}
	}
	added, removed, err := p.difference(ctx, groupIDs, wanted)
	if err != nil {
		return err
	}
	for _, pair := range added {
		if pair.ChildID != "" {
			return ErrReadAll // what is nested may close a cycle
		}
	}
	p.taking.members = append(p.taking.members, removed...)
	p.changed = p.changed || len(added) > 0
	return p.ours(p.ledger.AddMembers(ctx, p.run, added))
}

// goneSince finds who is gone: deleted, moved out of reach, or no longer
// matched by a filter.
func (p *pass) goneSince(ctx context.Context, changes Changes, here map[string]bool) error {
	ids := slices.Clone(changes.Gone)
	for _, id := range changes.Changed {
		if !here[id] {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	ids = slices.Compact(ids)
	users, groups, err := p.ledger.LinksOf(ctx, p.directory.ID, ids)
	if err != nil {
		return p.ours(err)
	}
	for _, l := range users {
		p.taking.people = append(p.taking.people, l.ID)
	}
	for _, l := range groups {
		p.taking.groups = append(p.taking.groups, l.ID)
	}
	return nil
}

// absent finds who is neither present nor was just read, where the server has
// named all that are there: those who were deleted are among them.
func (p *pass) absent(ctx context.Context, changes Changes, here map[string]bool) error {
	for _, id := range slices.Concat(changes.Present, slices.Collect(maps.Keys(here))) {
		p.present[people.DirectoryKeyOf(people.KeyStable, id)] = true
	}
	var err error
	if p.taking.people, _, err = p.missing(ctx, p.ledger.DirectoryPeople); err != nil {
		return err
	}
	p.taking.groups, _, err = p.missing(ctx, p.ledger.DirectoryGroups)
	return err
}
