package console

import (
	"context"
	"net/http"

	"heraut/console/page"
	"heraut/fault"
	"heraut/people"
)

// keysStore keeps API keys and the tokens of identity providers.
type keysStore interface {
	Key(ctx context.Context, id string) (people.APIKey, error)
	ListKeys(ctx context.Context, after people.Cursor, limit int) (people.Page[people.APIKey], error)
	CreateKey(ctx context.Context, actor people.Actor, k people.APIKey) (key people.APIKey, secret string, err error)
	RevokeKey(ctx context.Context, actor people.Actor, id string) error
	ListSCIMClients(ctx context.Context, after people.Cursor, limit int) (people.Page[people.SCIMClient], error)
	CreateSCIMClient(ctx context.Context, actor people.Actor, c people.SCIMClient) (client people.SCIMClient, token string, err error)
	DeleteSCIMClient(ctx context.Context, actor people.Actor, id string) error
}

// keysPage are API keys, or SCIM clients, and the form that makes another.
type keysPage struct {
	// Noun is keys or scim: the words and the addresses begin with it.
	Noun  string
	Rows  []keyRow
	Steps steps
	Form  form
	// Roles may be given to what is made; empty: it has none.
	Roles []people.Role
	// BaseURL is what an identity provider is to be told; empty: nobody knows.
	BaseURL string
}

// keyRow is one of them. Its secret is never shown.
type keyRow struct {
	ID, Name      string
	Role          people.Role
	Created, Used page.Moment
}

// keyMade shows the secret of what was just made, this once.
type keyMade struct{ Noun, Name, Secret, BaseURL string }

// keyEnd is the question whether one shall end.
type keyEnd struct{ Noun, ID, Name string }

var roles = []people.Role{people.Viewer, people.Operator, people.Admin}

func (v *visit) keySettings() error {
	return v.showKeys(http.StatusOK, newForm(map[string]string{"role": string(people.Viewer)}))
}

func (v *visit) showKeys(status int, f form) error {
	at, err := v.place()
	if err != nil {
		return err
	}
	found, err := v.Store.ListKeys(v.ctx(), at, paneLimit)
	if err != nil {
		return err
	}
	p := keysPage{Noun: "keys", Form: f, Roles: roles, Steps: v.stepsOf("after", found.Next)}
	for _, k := range found.Items {
		p.Rows = append(p.Rows, keyRow{k.ID, k.Name, k.Role, v.clock.On(k.CreatedAt), v.clock.At(k.LastUsedAt)})
	}
	return v.showSettings(status, "settings/keys", "keys", p)
}

func (v *visit) createKey() error {
	f, err := v.submitted("name", "role")
	if err != nil {
		return err
	}
	key, secret, err := v.Store.CreateKey(v.ctx(), v.actor(), people.APIKey{Name: f.Values["name"], Role: people.Role(f.Values["role"])})
	if err != nil {
		return v.showRefused(&f, err, func(status int) error { return v.showKeys(status, f) })
	}
	return v.showSettings(http.StatusOK, "settings/key-made", "keys", keyMade{Noun: "keys", Name: key.Name, Secret: secret})
}

func (v *visit) askRevokeKey() error {
	key, err := v.Store.Key(v.ctx(), v.id())
	if err != nil {
		return err
	}
	return v.showSettings(http.StatusOK, "settings/key-delete", "keys", keyEnd{"keys", key.ID, key.Name})
}

func (v *visit) revokeKey() error {
	if err := v.Store.RevokeKey(v.ctx(), v.actor(), v.id()); err != nil {
		return err
	}
	return v.done("/settings/keys", "key_revoked", 0)
}

func (v *visit) scimSettings() error { return v.showSCIM(http.StatusOK, newForm(map[string]string{})) }

func (v *visit) showSCIM(status int, f form) error {
	at, err := v.place()
	if err != nil {
		return err
	}
	found, err := v.Store.ListSCIMClients(v.ctx(), at, paneLimit)
	if err != nil {
		return err
	}
	p := keysPage{Noun: "scim", Form: f, Steps: v.stepsOf("after", found.Next), BaseURL: v.scimURL()}
	for _, c := range found.Items {
		p.Rows = append(p.Rows, keyRow{ID: c.ID, Name: c.Name, Created: v.clock.On(c.CreatedAt), Used: v.clock.At(c.LastUsedAt)})
	}
	return v.showSettings(status, "settings/keys", "scim", p)
}

// scimURL is the address that identity providers are told; empty: there is none.
func (v *visit) scimURL() string {
	if v.Links.PublicURL == "" {
		return ""
	}
	return v.Links.PublicURL + "/scim/v2"
}

func (v *visit) createSCIM() error {
	f, err := v.submitted("name")
	if err != nil {
		return err
	}
	client, token, err := v.Store.CreateSCIMClient(v.ctx(), v.actor(), people.SCIMClient{Name: f.Values["name"]})
	if err != nil {
		return v.showRefused(&f, err, func(status int) error { return v.showSCIM(status, f) })
	}
	return v.showSettings(http.StatusOK, "settings/key-made", "scim", keyMade{Noun: "scim", Name: client.Name, Secret: token, BaseURL: v.scimURL()})
}

// askDeleteSCIM looks for the client in the list: there are few.
func (v *visit) askDeleteSCIM() error {
	for at, more := (people.Cursor{}), true; more; {
		found, err := v.Store.ListSCIMClients(v.ctx(), at, paneLimit)
		if err != nil {
			return err
		}
		for _, c := range found.Items {
			if c.ID == v.id() {
				return v.showSettings(http.StatusOK, "settings/key-delete", "scim", keyEnd{"scim", c.ID, c.Name})
			}
		}
		if more = found.Next != nil; more {
			at = *found.Next
		}
	}
	return fault.New(fault.NotFound, "SCIM client not found.")
}

func (v *visit) deleteSCIM() error {
	if err := v.Store.DeleteSCIMClient(v.ctx(), v.actor(), v.id()); err != nil {
		return err
	}
	return v.done("/settings/scim", "scim_deleted", 0)
}

func (v *visit) keysState() (string, error) {
	found, err := v.Store.ListKeys(v.ctx(), people.Cursor{}, paneLimit)
	return v.howMany("settings.keys.state", len(found.Items), found.Next), err
}

func (v *visit) scimState() (string, error) {
	found, err := v.Store.ListSCIMClients(v.ctx(), people.Cursor{}, paneLimit)
	return v.howMany("settings.scim.state", len(found.Items), found.Next), err
}

// howMany counts what fits on a page, and says where there are more.
func (v *visit) howMany(key string, n int, next *people.Cursor) string {
	if next != nil {
		return v.t("settings.many", "n", n)
	}
	return v.t(key, "n", n)
}
