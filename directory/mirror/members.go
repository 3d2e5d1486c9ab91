package mirror

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"heraut/people"
)

// members compares who belongs to what. Those who join are kept at once; those
// who leave go with everything else that goes.
func (p *pass) members(ctx context.Context) error {
	if p.groupsRead == 0 {
		return nil
	}
	slices.SortFunc(p.nodes, func(a, b node) int { return strings.Compare(a.stable, b.stable) })
	for i := range p.nodes {
		p.point(i + 1)
	}
	tree := newTree(p)
	gone := map[string]bool{}
	for _, id := range slices.Concat(p.taking.people, p.taking.groups) {
		gone[id] = true
	}
	c := comparison{pass: p, gone: gone}
	for _, chunk := range p.chunks() {
		if err := c.compare(ctx, chunk, tree); err != nil {
			return err
		}
	}
	return p.add(ctx, c.nested, c.unnested)
}

// chunks splits the groups that were asked for: by the hundred, fewer where
// they are large, so that memory holds one large group.
func (p *pass) chunks() [][]int {
	const most, mostMembers = 100, 20_000
	var all [][]int
	var chunk []int
	size := 0
	for i, n := range p.nodes {
		if n.aside {
			continue
		}
		if len(chunk) > 0 && (len(chunk) == most || size+len(n.members) > mostMembers) {
			all, chunk, size = append(all, chunk), nil, 0
		}
		chunk, size = append(chunk, i), size+len(n.members)
	}
	if len(chunk) > 0 {
		all = append(all, chunk)
	}
	return all
}

// comparison is what members find out.
type comparison struct {
	pass *pass
	gone map[string]bool
	// nested and unnested are groups that come into and leave other groups.
	nested, unnested []people.MemberPair
}

func (c *comparison) compare(ctx context.Context, chunk []int, tree *tree) error {
	ids := make([]string, len(chunk))
	wanted := map[people.MemberPair]bool{}
	for i, n := range chunk {
		ids[i] = c.pass.nodes[n].id
		tree.pairs(n, wanted)
	}
	added, removed, err := c.pass.difference(ctx, ids, wanted)
	if err != nil {
		return err
	}
	var users []people.MemberPair
	for _, pair := range added {
		if pair.ChildID != "" {
			c.nested = append(c.nested, pair)
		} else {
			users = append(users, pair)
		}
	}
	for _, pair := range removed {
		switch {
		case c.gone[pair.UserID], c.gone[pair.ChildID]: // it goes with the member
		case c.pass.kept[pair.UserID], c.pass.kept[pair.ChildID]: // nobody knows what groups would name it by
		case pair.ChildID != "":
			c.unnested = append(c.unnested, pair)
		default:
			c.pass.taking.members = append(c.pass.taking.members, pair)
		}
	}
	c.pass.changed = c.pass.changed || len(users) > 0
	return c.pass.ours(c.pass.ledger.AddMembers(ctx, c.pass.run, users))
}

// difference compares memberships of groups with what is kept.
func (p *pass) difference(ctx context.Context, groupIDs []string, wanted map[people.MemberPair]bool) (added, removed []people.MemberPair, err error) {
	have, err := p.ledger.DirectoryMembers(ctx, groupIDs)
	if err != nil {
		return nil, nil, p.ours(err)
	}
	for _, pair := range have {
		if wanted[pair] {
			delete(wanted, pair)
		} else {
			removed = append(removed, pair)
		}
	}
	for pair := range wanted {
		added = append(added, pair)
	}
	slices.SortFunc(added, func(a, b people.MemberPair) int {
		return strings.Compare(a.GroupID+a.UserID+a.ChildID, b.GroupID+b.UserID+b.ChildID)
	})
	return added, removed, nil
}

// add nests groups at once, but for those that would make a group hold itself
// as long as others have not left it. None are nested beside groups that were
// kept unread and hold groups: nobody knows whether one would hold itself.
func (p *pass) add(ctx context.Context, nested, unnested []people.MemberPair) error {
	p.taking.members = append(p.taking.members, unnested...)
	if p.keptNesting {
		return nil
	}
	p.changed = p.changed || len(nested) > 0
	if len(unnested) > 0 {
		p.taking.late = nested
		return nil
	}
	return p.ours(p.ledger.AddMembers(ctx, p.run, nested))
}

// warnCycle tells of a group that holds itself.
func (p *pass) warnCycle(parent, child string) {
	p.problem(people.SeverityWarning, parent, fmt.Sprintf("The group would hold itself by way of %s: that membership is left out.", child))
}
