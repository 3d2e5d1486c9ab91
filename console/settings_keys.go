package console

import (
	"context"
	"net/http"

	"heraut/console/page"
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
	RotateSCIMToken(ctx context.Context, actor people.Actor, id string, endOld bool) (client people.SCIMClient, token string, err error)
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
	// OldUntil is when a token that was replaced ends; the zero one: there is
	// none.
	OldUntil page.Moment
}

// keyMade shows the secret of what was just made, this once.
type keyMade struct {
	Noun, Name, Secret, BaseURL string
	// Replaced tells that there was one before, and OldUntil when that ends; the
	// zero one: it has.
	Replaced bool
	OldUntil page.Moment
}

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
		p.Rows = append(p.Rows, keyRow{ID: k.ID, Name: k.Name, Role: k.Role, Created: v.clock.On(k.CreatedAt), Used: v.clock.At(k.LastUsedAt)})
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

func (v *visit) keysState() (string, error) {
	found, err := v.Store.ListKeys(v.ctx(), people.Cursor{}, paneLimit)
	return v.howMany("settings.keys.state", len(found.Items), found.Next), err
}

// howMany counts what fits on a page, and says where there are more.
func (v *visit) howMany(key string, n int, next *people.Cursor) string {
	if next != nil {
		return v.t("settings.many", "n", n)
	}
	return v.t(key, "n", n)
}
