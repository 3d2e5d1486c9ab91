package mirror

import (
	"slices"

	"heraut/people"
)

// tree is the nesting of groups without cycles.
type tree struct {
	pass *pass
	// users and children are what each group holds itself, groups aside
	// expanded; children are numbers of nodes.
	users    [][]string
	children [][]int
}

func newTree(p *pass) *tree {
	t := &tree{pass: p, users: make([][]string, len(p.nodes)), children: make([][]int, len(p.nodes))}
	for i, n := range p.nodes {
		if !n.aside {
			t.expand(i, i, map[int]bool{i: true})
			slices.Sort(t.children[i])
			t.children[i] = slices.Compact(t.children[i])
		}
	}
	t.cut()
	return t
}

// expand gives a group the members of another: of itself, and of groups aside
// below it. seen guards against cycles.
func (t *tree) expand(into, from int, seen map[int]bool) {
	for _, key := range t.pass.nodes[from].members {
		found := t.pass.index[key]
		child := -int(found) - 1
		switch {
		case found == ambiguous:
		case found > 0:
			t.users[into] = append(t.users[into], t.pass.ids[found-1])
		case child < 0, child == into: // of another place, or itself
		case !t.pass.nodes[child].aside:
			t.children[into] = append(t.children[into], child)
		case !seen[child]:
			seen[child] = true
			t.expand(into, child, seen)
		}
	}
}

// The colours of a walk in depth.
const (
	white = iota // not met
	grey         // above the present one
	black        // done
)

// cut leaves out memberships that close a cycle. Nodes are in the order of
// their stable ids, so that each run leaves out the same. Nesting can be deep:
// the walk keeps its own stack.
func (t *tree) cut() {
	colour := make([]int, len(t.children))
	type place struct{ node, next int }
	for start := range t.children {
		if colour[start] != white {
			continue
		}
		colour[start] = grey
		for stack := []place{{start, 0}}; len(stack) > 0; {
			top := &stack[len(stack)-1]
			if top.next == len(t.children[top.node]) {
				colour[top.node] = black
				stack = stack[:len(stack)-1]
				continue
			}
			child := t.children[top.node][top.next]
			if colour[child] == grey {
				t.pass.warnCycle(t.pass.nodes[top.node].dn, t.pass.nodes[child].dn)
				t.children[top.node] = slices.Delete(t.children[top.node], top.next, top.next+1)
				continue
			}
			top.next++
			if colour[child] == white {
				colour[child] = grey
				stack = append(stack, place{child, 0})
			}
		}
	}
}

// pairs adds the memberships of a group to a set.
func (t *tree) pairs(n int, into map[people.MemberPair]bool) {
	id := t.pass.nodes[n].id
	for _, user := range t.users[n] {
		into[people.MemberPair{GroupID: id, UserID: user}] = true
	}
	for _, child := range t.children[n] {
		into[people.MemberPair{GroupID: id, ChildID: t.pass.nodes[child].id}] = true
	}
}
