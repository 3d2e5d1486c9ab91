package scim

import (
	"context"
	"net/http"
	"strings"

	"heraut/fault"
)

// getConfig says what this server can do (RFC 7643 section 5).
func getConfig(_ context.Context, c call) (reply, error) {
	no := map[string]any{"supported": false}
	return c.document(map[string]any{
		"schemas": []string{"urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig"},
		"patch":   map[string]any{"supported": true},
		"bulk":    map[string]any{"supported": false, "maxOperations": 0, "maxPayloadSize": 0},
		"filter":  map[string]any{"supported": true, "maxResults": mostCount},
		"etag":    map[string]any{"supported": true}, "sort": no, "changePassword": no,
		"authenticationSchemes": []any{map[string]any{
			"type": "oauthbearertoken", "name": "Bearer token", "primary": true,
			"description": "The token of a SCIM client, which an administrator makes in Heraut.",
		}},
	}, "ServiceProviderConfig", "ServiceProviderConfig"), nil
}

// document adds the metadata that each of these documents has.
func (c call) document(doc map[string]any, kind, at string) reply {
	doc["meta"] = map[string]any{"resourceType": kind, "location": c.base + "/" + at}
	return reply{status: http.StatusOK, body: doc}
}

// discovery serves the documents of a kind: all, or one by its id.
func discovery(kind string) handler {
	documents, singular := resourceTypes, "ResourceType"
	if kind == "Schemas" {
		documents, singular = schemas, "Schema"
	}
	return func(_ context.Context, c call) (reply, error) {
		// RFC 7644 section 4: a filter here is refused.
		if c.URL.Query().Has("filter") {
			return reply{}, fault.New(fault.Forbidden, "This list takes no filter.")
		}
		var all []map[string]any
		for _, doc := range documents() {
			id, _ := doc["id"].(string)
			answer := c.document(doc, singular, kind+"/"+id)
			if strings.EqualFold(id, c.id) {
				return answer, nil
			}
			all = append(all, doc)
		}
		if c.id != "" {
			return reply{}, nothingHere()
		}
		return query{startIndex: 1}.list(len(all), all), nil
	}
}

func resourceTypes() []map[string]any {
	one := func(name, schema string) map[string]any {
		return map[string]any{
			"schemas": []string{"urn:ietf:params:scim:schemas:core:2.0:ResourceType"},
			"id":      name, "name": name, "endpoint": "/" + name + "s", "schema": schema, "schemaExtensions": []any{},
		}
	}
	return []map[string]any{one("User", userSchema), one("Group", groupSchema)}
}

func schemas() []map[string]any {
	one := func(id, name string, attributes ...described) map[string]any {
		return map[string]any{
			"schemas": []string{"urn:ietf:params:scim:schemas:core:2.0:Schema"},
			"id":      id, "name": name, "description": name + " as Heraut keeps it", "attributes": attributes,
		}
	}
	return []map[string]any{
		one(userSchema, "User",
			text("userName", "The name that tells the user from all others of this client, in any case.").needed().only(),
			text("externalId", "The client's own id of the user.").exact(),
			text("displayName", "The name that people read; without one it is made of name."),
			parts("name", "The name in parts.", text("formatted", "All of it."), text("givenName", "Given name."), text("familyName", "Family name.")),
			parts("emails", "Addresses. Invitations go to the primary one, else to the one of work.",
				text("value", "The address."), text("type", "Such as work or home."), truth("primary", "Whether it is the one to use.")).list(),
			text("preferredLanguage", "The language of invitations: nl or en; else the organization's."),
			truth("active", "Whether the user may be invited. Who is not loses open invitations and licenses."),
		),
		one(groupSchema, "Group",
			text("displayName", "The name that people read.").needed(),
			text("externalId", "The client's own id of the group.").exact(),
			parts("members", "Users whom the same client has brought.",
				text("value", "The id of the user.").exact(), text("display", "The name of the user.").readOnly(),
				text("type", "Always User.").readOnly(), reference("$ref", "The address of the user.").readOnly()).list(),
		),
	}
}
