package main

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/google/uuid"
	"github.com/oapi-codegen/nullable"

	"heraut/api/client"
	"heraut/people"
)

// findPage is how many candidates are looked at in one call.
const findPage client.Limit = 500

// candidate is a user or group that a person may have meant.
type candidate struct {
	id, name string
	names    []string // what else it goes by; the first is unique
}

// key names the candidate and no other.
func (c candidate) key() string {
	if len(c.names) > 0 && c.names[0] != "" {
		return c.names[0]
	}
	return c.id
}

// findGroup gives the group of an id, an external id, a class or location of
// the roster, or a name.
func (s *server) findGroup(ctx context.Context, given string) (candidate, error) {
	if uuid.Validate(given) == nil {
		got, err := ask(s, http.StatusOK, func() (*client.GetGroupResponse, error) { return s.GetGroupWithResponse(ctx, strings.ToLower(given)) })
		if err != nil {
			return candidate{}, err
		}
		return candidate{id: got.JSON200.ID, name: got.JSON200.Name}, nil
	}
	var found []candidate
	params := client.ListGroupsParams{Limit: new(findPage)}
	for {
		got, err := ask(s, http.StatusOK, func() (*client.ListGroupsResponse, error) { return s.ListGroupsWithResponse(ctx, &params) })
		if err != nil {
			return candidate{}, err
		}
		for _, g := range got.JSON200.Items {
			found = append(found, candidate{id: g.ID, name: g.Name, names: rosterNames(value(g.ExternalID))})
		}
		if params.Cursor = next(got.JSON200.NextCursor); params.Cursor == nil {
			return pick("group", given, found)
		}
	}
}

// rosterNames are an external id and, of a roster's group, the id in the roster.
func rosterNames(externalID string) []string {
	names := []string{externalID}
	for _, kind := range []string{people.RosterClass, people.RosterLocation} {
		if id, ok := strings.CutPrefix(externalID, kind); ok {
			names = append(names, id)
		}
	}
	return names
}

// findUser gives the user of an id, an external id, an address or a name.
func (s *server) findUser(ctx context.Context, given string) (candidate, error) {
	if uuid.Validate(given) == nil {
		got, err := ask(s, http.StatusOK, func() (*client.GetUserResponse, error) { return s.GetUserWithResponse(ctx, strings.ToLower(given)) })
		if err != nil {
			return candidate{}, err
		}
		return candidate{id: got.JSON200.ID, name: got.JSON200.FullName}, nil
	}
	var found []candidate
	params := client.ListUsersParams{Q: &given, Limit: new(findPage)}
	for {
		got, err := ask(s, http.StatusOK, func() (*client.ListUsersResponse, error) { return s.ListUsersWithResponse(ctx, &params) })
		if err != nil {
			return candidate{}, err
		}
		for _, u := range got.JSON200.Items {
			names := []string{value(u.ExternalID), value(u.Email), value(u.ManagedAppleAccount)}
			found = append(found, candidate{id: u.ID, name: u.FullName, names: names})
		}
		if params.Cursor = next(got.JSON200.NextCursor); params.Cursor == nil {
			return pick("user", given, found)
		}
	}
}

// pick takes the one candidate that is meant: by a further name, else by
// its name, else by its name in any case.
func pick(kind, given string, found []candidate) (candidate, error) {
	rules := []func(candidate) bool{
		func(c candidate) bool { return contains(c.names, given) },
		func(c candidate) bool { return c.name == given },
		func(c candidate) bool { return strings.EqualFold(c.name, given) },
	}
	for _, meant := range rules {
		var some []candidate
		for _, c := range found {
			if meant(c) {
				some = append(some, c)
			}
		}
		switch len(some) {
		case 0:
		case 1:
			return some[0], nil
		default:
			keys := make([]string, len(some))
			for i, c := range some {
				keys[i] = quoted(c.key())
			}
			return candidate{}, fmt.Errorf("%d %ss are called %q: name one by its id, %s", len(some), kind, given, strings.Join(keys, " or "))
		}
	}
	return candidate{}, fmt.Errorf("there is no %s %q%s", kind, given, nearly(given, found))
}

// mostNearly is how many names are suggested in place of one that is unknown.
const mostNearly = 5

// nearly suggests names of which the given one is a part.
func nearly(given string, found []candidate) string {
	var names []string
	for _, c := range found {
		near := given != "" && strings.Contains(strings.ToLower(c.name), strings.ToLower(given))
		if near && len(names) < mostNearly && !slices.Contains(names, quoted(c.name)) {
			names = append(names, quoted(c.name))
		}
	}
	if len(names) == 0 {
		return ""
	}
	return ": did you mean " + strings.Join(names, " or ") + "?"
}

func contains(names []string, given string) bool {
	for _, name := range names {
		if name != "" && strings.EqualFold(name, given) {
			return true
		}
	}
	return false
}

// value is what a nullable holds; the zero value for null.
func value[T any](n nullable.Nullable[T]) T {
	v, err := n.Get()
	if err != nil { // null, or absent
		var zero T
		return zero
	}
	return v
}

// next is the cursor of the page that follows; nil on the last page.
func next(n nullable.Nullable[client.NextCursor]) *client.Cursor {
	cursor := value(n)
	if cursor == "" {
		return nil
	}
	return &cursor
}
