package mirror

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"heraut/fault"
	"heraut/people"
)

// full reads everything. Who and what is new or changed is kept page by page;
// what goes is known when all has been read.
func (p *pass) full(ctx context.Context) error {
	// First the mark: what changes while we read is told again by the next run.
	cookie, err := p.source.Mark(ctx)
	if err != nil {
		return err
	}
	if err := p.source.People(ctx, func(page []people.DirectoryPerson) error { return p.takeOver(ctx, page) }); err != nil {
		return err
	}
	if p.peopleRead == 0 && p.run.Report.Takes.OfPeople > 0 {
		return fault.New(fault.Unavailable, "The directory answered with nobody at all, so nothing was taken away: look at the base, the filter and what the account may read.")
	}
	if err := p.source.Groups(ctx, func(page []people.DirectoryGroup) error { return p.takeOverGroups(ctx, page) }); err != nil {
		return err
	}
	if err := p.progress(ctx, true); err != nil {
		return err
	}
	if err := p.recognize(ctx); err != nil {
		return err
	}
	if err := p.findGone(ctx); err != nil {
		return err
	}
	if err := p.members(ctx); err != nil {
		return err
	}
	if err := p.tellShared(ctx); err != nil {
		return err
	}
	return p.conclude(ctx, cookie)
}

// takeOver keeps a page of people.
func (p *pass) takeOver(ctx context.Context, page []people.DirectoryPerson) error {
	p.peopleRead += len(page)
	good := make([]people.DirectoryPerson, 0, len(page))
	here := make(map[string]bool, len(page))
	for _, person := range page {
		if p.accept(person, here) {
			good = append(good, person)
		}
	}
	synced, err := p.ledger.SyncPeople(ctx, p.run, good)
	if err != nil {
		return p.ours(err)
	}
	p.changed = p.changed || synced.Created+synced.Adopted > 0
	p.taking.disable = append(p.taking.disable, synced.Disable...)
	p.enabled += synced.Enabled
	for _, person := range good {
		id := synced.IDs[person.StableID]
		p.noteState(person, id)
		p.noteDoubt(person, synced.Doubts)
		if id == "" {
			p.present[people.DirectoryKeyOf(people.KeyStable, person.StableID)] = true
			continue
		}
		p.ids = append(p.ids, id)
		p.name(person, target(len(p.ids)))
	}
	return p.progress(ctx, false)
}

// name lets groups find a person. Stable ids and DNs are one entry's; a login
// of two people names neither, since nobody can tell whom a group means.
func (p *pass) name(person people.DirectoryPerson, who target) {
	for _, key := range person.Keys {
		other := p.index[key]
		if other == 0 || other == who {
			p.index[key] = who
			continue
		}
		p.index[key] = ambiguous
		p.problem(people.SeverityWarning, person.DN, "Another person has the same login: groups that name a member by it alone do without.")
	}
}

// accept tells whether a person can be taken over, and says why not.
func (p *pass) accept(person people.DirectoryPerson, here map[string]bool) bool {
	key := people.DirectoryKeyOf(people.KeyStable, person.StableID)
	_, known := p.index[key]
	switch {
	case person.Refused != "":
		p.problem(people.SeverityError, person.DN, person.Refused)
		p.refuse(&p.nameless.people, person.StableID, person.Keys)
		return false
	case here[person.StableID], known, p.present[key]:
		p.problem(people.SeverityError, person.DN, fmt.Sprintf("Another entry has the same stable id, %s.", person.StableID))
		return false
	case person.Warning != "":
		p.problem(people.SeverityWarning, person.DN, person.Warning)
	}
	here[person.StableID] = true
	return true
}

// takeOverGroups keeps a page of groups; their members wait until all groups
// are known.
func (p *pass) takeOverGroups(ctx context.Context, page []people.DirectoryGroup) error {
	good := make([]people.DirectoryGroup, 0, len(page))
	for _, g := range page {
		switch {
		case g.Aside:
			p.remember(g, "")
		case g.Refused != "":
			p.problem(people.SeverityError, g.DN, g.Refused)
			p.refuse(&p.nameless.groups, g.StableID, g.Keys)
		default:
			p.groupsRead++
			good = append(good, g)
		}
	}
	ids, err := p.ledger.SyncGroups(ctx, p.run, good)
	if err != nil {
		return p.ours(err)
	}
	for _, g := range good {
		p.remember(g, ids[g.StableID])
	}
	return p.progress(ctx, false)
}

func (p *pass) remember(g people.DirectoryGroup, id string) {
	p.nodes = append(p.nodes, node{stable: g.StableID, dn: g.DN, id: id, keys: g.Keys, members: g.Members, aside: g.Aside})
	p.point(len(p.nodes))
}

// point lets a node's keys name it by its number from 1.
func (p *pass) point(number int) {
	for _, key := range p.nodes[number-1].keys {
		p.index[key] = -target(number)
	}
}

// sharedTold is how many shared addresses a run tells of.
const sharedTold = 100

// tellShared warns of addresses that several people have: a mail to one of
// them is read by all.
func (p *pass) tellShared(ctx context.Context) error {
	shared, err := p.ledger.SharedAddresses(ctx, p.directory.ID, sharedTold)
	if err != nil {
		return p.ours(err)
	}
	for _, address := range slices.Sorted(maps.Keys(shared)) {
		p.problem(people.SeverityWarning, "", fmt.Sprintf("%d people have the address %s: each is invited by it, and whoever reads it can answer for all.",
			shared[address], address))
	}
	return nil
}
