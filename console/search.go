package console

import (
	"context"
	"net/http"

	"heraut/people"
)

var searchRoutes = []route{{get, "/search", viewer, (*visit).search}}

// searchStore finds everything by name.
type searchStore interface {
	Search(ctx context.Context, query string, limit int) (people.Found, error)
}

// found is what a search found, each kind with its own page for the rest.
type found struct {
	Query string
	Kinds []foundKind
}

// foundKind are the first of one kind.
type foundKind struct {
	// Noun names the kind: users, groups, devices.
	Noun  string
	Items []listItem
	// More is the list of that kind with the same query; empty: these are all.
	More string
}

// The most that is found of each kind, below the field and on the page.
const (
	foundSoon = 5
	foundAll  = 25
)

func (v *visit) search() error {
	limit := foundAll
	below := v.live() && v.target() == "found"
	if below {
		limit = foundSoon
	}
	q := v.query("q")
	all, err := v.Store.Search(v.ctx(), q, limit)
	if err != nil {
		return err
	}
	shown := found{Query: q, Kinds: v.foundKinds(q, all, limit)}
	if below {
		return v.part("search/search", "found", shown)
	}
	return v.show(http.StatusOK, "search/search", nil, shown)
}

func (v *visit) foundKinds(query string, all people.Found, limit int) []foundKind {
	var users, groups, devices []listItem
	for _, u := range all.Users {
		users = append(users, listItem{Name: u.FullName, Note: v.userNote(u), Href: "/users/" + u.ID + "/info"})
	}
	for _, g := range all.Groups {
		groups = append(groups, listItem{Name: g.Name, Href: "/groups/" + g.ID + "/info"})
	}
	for _, d := range all.Devices {
		devices = append(devices, listItem{Name: d.Name, Note: d.Owner, Href: "/devices/" + d.ID})
	}
	var kinds []foundKind
	for _, kind := range []foundKind{{Noun: "users", Items: users}, {Noun: "groups", Items: groups}, {Noun: "devices", Items: devices}} {
		if len(kind.Items) == 0 {
			continue
		}
		if len(kind.Items) == limit {
			kind.More = with("/"+kind.Noun, map[string][]string{"q": {query}})
		}
		kinds = append(kinds, kind)
	}
	return kinds
}
