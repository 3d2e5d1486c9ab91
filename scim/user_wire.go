package scim

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"heraut/people"
)

// userBody is a user as clients write it, as far as it is kept.
type userBody struct {
	UserName          string          `json:"userName"`
	ExternalID        string          `json:"externalId"`
	Active            *flag           `json:"active"`
	DisplayName       string          `json:"displayName"`
	Name              people.SCIMName `json:"name"`
	Emails            []emailBody     `json:"emails"`
	PreferredLanguage string          `json:"preferredLanguage"`
}

type emailBody struct {
	Value   string `json:"value"`
	Type    string `json:"type"`
	Primary flag   `json:"primary"`
}

// user gives before what the body says; who says nothing of active leaves it.
func (b userBody) user(before people.SCIMUser) people.SCIMUser {
	u := before
	u.UserName, u.ExternalID = strings.TrimSpace(b.UserName), strings.TrimSpace(b.ExternalID)
	if b.Active != nil {
		u.Active = bool(*b.Active)
	}
	u.Profile = people.SCIMProfile{DisplayName: b.DisplayName, Name: b.Name, PreferredLanguage: b.PreferredLanguage}
	for _, e := range b.Emails {
		if e.Value != "" {
			u.Profile.Emails = append(u.Profile.Emails, people.SCIMEmail{Value: e.Value, Type: e.Type, Primary: bool(e.Primary)})
		}
	}
	return u
}

// patched does the operations to a user.
func patched(u people.SCIMUser, operations []operation) (people.SCIMUser, error) {
	doc := attributesOf(u)
	for _, o := range operations {
		if err := o.apply(doc); err != nil {
			return u, err
		}
	}
	data, err := json.Marshal(doc)
	if err != nil {
		return u, fmt.Errorf("encoding a user: %w", err)
	}
	var body userBody
	if err := decode(data, &body); err != nil {
		return u, err
	}
	return body.user(u), nil
}

// attributesOf are the attributes that clients write, without empty ones.
func attributesOf(u people.SCIMUser) map[string]any {
	doc := map[string]any{"userName": u.UserName, "active": u.Active}
	p := u.Profile
	putText(doc, "externalId", u.ExternalID)
	putText(doc, "displayName", p.DisplayName)
	putText(doc, "preferredLanguage", p.PreferredLanguage)
	name := map[string]any{}
	putText(name, "formatted", p.Name.Formatted)
	putText(name, "givenName", p.Name.GivenName)
	putText(name, "familyName", p.Name.FamilyName)
	if len(name) > 0 {
		doc["name"] = name
	}
	var emails []any
	for _, e := range p.Emails {
		one := map[string]any{"value": e.Value, "primary": e.Primary}
		putText(one, "type", e.Type)
		emails = append(emails, one)
	}
	if emails != nil {
		doc["emails"] = emails
	}
	return doc
}

func putText(into map[string]any, name, text string) {
	if text != "" {
		into[name] = text
	}
}

// showUser is a user as clients read it.
func (c call) showUser(u people.SCIMUser) map[string]any {
	doc := attributesOf(u)
	doc["schemas"], doc["id"] = []any{userSchema}, u.ID
	doc["meta"] = c.meta("User", u.ID, u.CreatedAt, u.UpdatedAt, u.Version)
	return doc
}

// meta is the metadata of RFC 7643 section 3.1.
func (c call) meta(kind, id string, created, updated time.Time, version int64) map[string]any {
	return map[string]any{
		"resourceType": kind, "created": created.UTC().Format(time.RFC3339), "lastModified": updated.UTC().Format(time.RFC3339),
		"location": c.location(kind, id), "version": etagOf(version),
	}
}

func (c call) location(kind, id string) string { return c.base + "/" + kind + "s/" + id }
