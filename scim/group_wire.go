package scim

import (
	"encoding/json"
	"strings"

	"heraut/people"
)

// groupBody is a group as clients write it.
type groupBody struct {
	DisplayName string          `json:"displayName"`
	ExternalID  string          `json:"externalId"`
	Members     json.RawMessage `json:"members"`
}

// memberIDs reads ids of members: objects with a value, one alone, or bare ids.
func memberIDs(v any) ([]string, error) {
	var ids []string
	for _, one := range elements(v) {
		if object, ok := one.(map[string]any); ok {
			one = attribute(object, "value")
		}
		switch id := one.(type) {
		case nil:
		case string:
			ids = append(ids, id)
		default:
			return nil, bad(invalidValue, "Members are objects with the id of a user as their value.")
		}
	}
	return ids, nil
}

// read gives what the body says; of members nothing where it names none.
func (b groupBody) read() (g people.SCIMGroup, members []string, err error) {
	g = people.SCIMGroup{Name: strings.TrimSpace(b.DisplayName), ExternalID: strings.TrimSpace(b.ExternalID)}
	var list any
	if b.Members != nil {
		if err := decode(b.Members, &list); err != nil {
			return g, nil, err
		}
	}
	members, err = memberIDs(list)
	return g, members, err
}

// showGroup is a group as clients read it; members nil: they are not asked for.
func (c call) showGroup(g people.SCIMGroup, members []any) map[string]any {
	doc := map[string]any{
		"schemas": []any{groupSchema}, "id": g.ID, "displayName": g.Name,
		"meta": c.meta("Group", g.ID, g.CreatedAt, g.UpdatedAt, g.Version),
	}
	putText(doc, "externalId", g.ExternalID)
	if members != nil {
		doc["members"] = members
	}
	return doc
}

func (c call) showMembers(list []people.SCIMMember) []any {
	all := make([]any, len(list))
	for i, m := range list {
		all[i] = map[string]any{"value": m.UserID, "display": m.FullName, "type": "User", "$ref": c.location("User", m.UserID)}
	}
	return all
}
