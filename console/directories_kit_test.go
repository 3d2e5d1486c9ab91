package console_test

import (
	"context"
	"fmt"
	"net/url"

	"github.com/stretchr/testify/require"

	"heraut/console"
	"heraut/directory/ldap"
	"heraut/office"
	"heraut/people"
	"heraut/settings"
)

// servers reads real directory servers, as the program does.
type servers struct{ h *house }

func (servers) CheckDirectory(c people.DirectoryConfig) error { return ldap.CheckConfig(c) }

func (s servers) TestDirectory(ctx context.Context, d people.Directory) ([]settings.Check, error) {
	password, err := s.h.store.DirectoryPassword(ctx, d.ID)
	if err != nil {
		return nil, err
	}
	var checks []settings.Check
	for _, step := range ldap.Test(ctx, d.DirectoryConfig, string(password), nil) {
		checks = append(checks, settings.Check{Name: step.Name, OK: step.OK, Detail: step.Detail})
	}
	return checks, nil
}

func (s servers) PreviewDirectory(ctx context.Context, d people.Directory) (people.DirectoryPreview, error) {
	password, err := s.h.store.DirectoryPassword(ctx, d.ID)
	if err != nil {
		return people.DirectoryPreview{}, err
	}
	source, err := ldap.Open(ctx, d.DirectoryConfig, string(password), nil)
	if err != nil {
		return people.DirectoryPreview{}, err
	}
	defer func() { _ = source.Close() }() // everything was read
	first, err := source.Preview(ctx, 20)
	if err != nil {
		return people.DirectoryPreview{}, err
	}
	groups, err := source.CountGroups(ctx)
	return people.DirectoryPreview{People: first, Groups: groups}, err
}

func (e *engine) SyncNow(_ context.Context, id string) error { return e.tell("read " + id) }

// withDirectories gives the console its directories.
func withDirectories(h *house, d *console.Dependencies) {
	d.Directories = office.Directories{
		Store: h.store, Servers: servers{h}, Engine: h.engine,
		Later: func(_ context.Context, step string, err error) { h.t.Errorf("%s: %v", step, err) },
	}
}

// bindForm is a form that binds a directory which nobody serves.
func bindForm(change ...string) url.Values {
	f := url.Values{
		"name": {"School"}, "host": {"ldap.school.example"}, "security": {"ldaps"}, "kind": {"auto"}, "bind_dn": {"cn=heraut,dc=school"},
		"password": {" secret "}, "base_dn": {"dc=school"}, "sync_every": {"3600"},
	}
	for i := 0; i < len(change); i += 2 {
		f.Set(change[i], change[i+1])
	}
	return f
}

// bound is a directory in the store, with a run.
type bound struct {
	*house

	dir people.Directory
	run people.DirectoryRun
}

func (h *house) bound(name string) *bound {
	h.t.Helper()
	d, err := h.store.CreateDirectory(h.t.Context(), setup, people.Directory{
		Name: name, Protocol: people.ProtocolLDAP, DirectoryConfig: people.DirectoryConfig{
			Host: "ldap.school.example", BindDN: "cn=heraut,dc=school", BaseDN: "dc=school",
		}.WithDefaults(),
	}, []byte("secret"))
	require.NoError(h.t, err)
	b := &bound{house: h, dir: d}
	b.begin()
	return b
}

func (b *bound) begin() {
	b.t.Helper()
	var err error
	b.run, _, err = b.store.BeginRun(b.t.Context(), setup, b.dir.ID, true)
	require.NoError(b.t, err)
}

func (b *bound) finish(change func(*people.DirectoryRun), problems ...people.DirectoryProblem) {
	b.t.Helper()
	b.run.State = people.RunSucceeded
	change(&b.run)
	require.NoError(b.t, b.store.FinishRun(b.t.Context(), b.run, "", problems))
}

// brings has people taken over; it returns their ids in order.
func (b *bound) brings(names ...string) []string {
	b.t.Helper()
	page := make([]people.DirectoryPerson, len(names))
	for i, name := range names {
		id := fmt.Sprintf("id-%d", i)
		page[i] = people.DirectoryPerson{
			StableID: id, FullName: name, Email: "somebody@school.example", Keys: []people.DirectoryKey{people.DirectoryKeyOf(people.KeyDN, id)},
		}
	}
	synced, err := b.store.SyncPeople(b.t.Context(), b.run, page)
	require.NoError(b.t, err)
	ids := make([]string, len(names))
	for i := range page {
		ids[i] = synced.IDs[page[i].StableID]
	}
	return ids
}

// path is the directory's page.
func (b *bound) path() string { return "/settings/directories/" + b.dir.ID }

// runPath is the page of the latest run.
func (b *bound) runPath() string { return b.path() + "/runs/" + b.run.ID }
