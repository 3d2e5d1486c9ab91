package signin

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"heraut/people"
	"heraut/settings"
)

// claims are what an ID token says of a person.
type claims map[string]any

func (c claims) text(name string) string {
	text, _ := c[name].(string)
	return strings.TrimSpace(text)
}

// values are the values of a claim, one or a list. A name with dots leads into
// the objects of others where no claim has the name itself.
func (c claims) values(name string) []string {
	var found any = map[string]any(c)
	if direct, ok := c[name]; ok {
		found = direct
	} else {
		for part := range strings.SplitSeq(name, ".") {
			object, _ := found.(map[string]any)
			found = object[part]
		}
	}
	switch v := found.(type) {
	case string:
		return []string{v}
	case []any:
		var values []string
		for _, one := range v {
			if text, ok := one.(string); ok {
				values = append(values, text)
			}
		}
		return values
	}
	return nil
}

// identity is who the claims are about; without a role they may not sign in.
func (c claims) identity(issuer, subject string, set settings.OIDC) people.Identity {
	email := c.text("email")
	verified, _ := c["email_verified"].(bool)
	login := cmp.Or(email, c.text("preferred_username"), subject)
	return people.Identity{
		Issuer: issuer, Subject: subject, Login: login, Verified: verified && email != "",
		Name: shortened(cmp.Or(c.text("name"), c.text("preferred_username"), login)),
		Role: people.Role(set.RoleOf(c.values(set.RoleClaim))),
	}
}

// shortened keeps a name within what we store.
func shortened(name string) string {
	name = strings.Join(strings.Fields(name), " ")
	if runes := []rune(name); len(runes) > people.MaxName {
		return string(runes[:people.MaxName])
	}
	return name
}

// readKeys looks whether a key set holds any key.
func readKeys(r io.Reader) error {
	var set struct {
		Keys []json.RawMessage `json:"keys"`
	}
	if err := json.NewDecoder(r).Decode(&set); err != nil {
		return fmt.Errorf("it is no key set: %w", err)
	}
	if len(set.Keys) == 0 {
		return errors.New("it holds no key")
	}
	return nil
}
