package mirror

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"heraut/people"
)

// nameless are entries that were refused since their stable ids could not be
// read: how many, and what groups name them by.
type nameless struct {
	people, groups int
	keys           []people.DirectoryKey
	known          map[string]bool // ids of the users and groups that they are
}

// refuse notes an entry that was not taken over and is there. count is of
// those without a stable id.
func (p *pass) refuse(count *int, stableID string, keys []people.DirectoryKey) {
	if stableID != "" {
		p.present[people.DirectoryKeyOf(people.KeyStable, stableID)] = true
		return
	}
	*count++
	p.nameless.keys = append(p.nameless.keys, keys...)
}

// recognize finds those without a stable id who are known by another name.
func (p *pass) recognize(ctx context.Context) error {
	found, err := p.ledger.ResolveKeys(ctx, p.directory.ID, p.nameless.keys)
	if err != nil {
		return p.ours(err)
	}
	p.nameless.known = make(map[string]bool, len(found))
	for _, who := range found {
		p.nameless.known[who.UserID+who.ChildID] = true
	}
	return nil
}

func (p *pass) keep(ids []string) {
	for _, id := range ids {
		p.kept[id] = true
	}
}

// keepGroups keeps groups, and notes whether there are groups in them.
func (p *pass) keepGroups(ctx context.Context, ids []string) error {
	p.keep(ids)
	for chunk := range slices.Chunk(ids, linksAtOnce) {
		pairs, err := p.ledger.DirectoryMembers(ctx, chunk)
		if err != nil {
			return p.ours(err)
		}
		p.keptNesting = p.keptNesting || slices.ContainsFunc(pairs, func(pair people.MemberPair) bool { return pair.ChildID != "" })
	}
	return nil
}

// findGone compares who comes from the directory with who was read. Where the
// answer leaves out entries that may be theirs, nobody is taken for gone: who
// was not found is kept, with all memberships.
func (p *pass) findGone(ctx context.Context) error {
	elsewhere := p.elsewhere()
	gone, there, err := p.missing(ctx, p.ledger.DirectoryPeople)
	if err != nil {
		return err
	}
	p.keep(there)
	if p.unread(p.nameless.people) || elsewhere {
		p.keep(gone)
		gone = nil
	}
	p.taking.people = gone
	return p.findGoneGroups(ctx, elsewhere)
}

func (p *pass) findGoneGroups(ctx context.Context, elsewhere bool) error {
	if p.groupsRead == 0 && p.run.Report.Takes.OfGroups > 0 {
		p.problem(people.SeverityWarning, "", "The directory answered with no group at all: all groups and their members were kept.")
		return nil
	}
	gone, there, err := p.missing(ctx, p.ledger.DirectoryGroups)
	if err != nil {
		return err
	}
	if p.unread(p.nameless.groups) || elsewhere {
		return p.keepGroups(ctx, slices.Concat(gone, there))
	}
	p.taking.groups = gone
	return nil
}

// unread tells whether somebody who was not found may be one of n entries
// without a stable id. The server's own is on every entry, so one that is
// missing can not be read; an attribute of an administrator's choice is
// missing with whoever was never given one.
func (p *pass) unread(n int) bool {
	if n == 0 || p.directory.Attributes.StableID != "" {
		return false
	}
	p.run.Report.Kept = true
	p.problem(people.SeverityWarning, "", fmt.Sprintf("The stable ids of %d entries can not be read: who was not found may be one of them, and was kept.", n))
	return true
}

// elsewhere tells, with a warning, whether a part of the tree was not read.
func (p *pass) elsewhere() bool {
	servers := p.source.Elsewhere()
	if len(servers) == 0 {
		return false
	}
	p.run.Report.Kept = true
	p.problem(people.SeverityWarning, "", fmt.Sprintf("A part of the directory is kept at %s, which was not read: who was not found may be there, and was kept.",
		strings.Join(servers, ", ")))
	return true
}

// linksAtOnce is how many links are read at once.
const linksAtOnce = 1000

// missing lists who of the directory was not read: those who are gone, and
// those who are there all the same.
func (p *pass) missing(ctx context.Context, list func(ctx context.Context, directoryID, after string, limit int) ([]people.DirectoryLink, error),
) (gone, there []string, err error) {
	for after := ""; ; {
		links, err := list(ctx, p.directory.ID, after, linksAtOnce)
		if err != nil {
			return nil, nil, p.ours(err)
		}
		for _, l := range links {
			key := people.DirectoryKeyOf(people.KeyStable, l.StableID)
			_, read := p.index[key]
			switch {
			case read:
			case p.present[key], p.nameless.known[l.ID]:
				there = append(there, l.ID)
			default:
				gone = append(gone, l.ID)
			}
		}
		if len(links) < linksAtOnce {
			return gone, there, nil
		}
		after = links[len(links)-1].StableID
	}
}
