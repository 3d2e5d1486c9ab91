package mirror_test

import (
	"context"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"heraut/directory/ldap"
	"heraut/directory/mirror"
	"heraut/internal/secrets"
	"heraut/people"
	"heraut/store"
)

var actor = people.System("test")

// campus is a store with a directory bound to it.
type campus struct {
	t        *testing.T
	store    *store.Store
	dir      people.Directory
	password string
	dialer   ldap.Dialer
	// stand lets a test stand between the engine and its ledger or source.
	ledger func(mirror.Ledger) mirror.Ledger
	source func(mirror.Source) mirror.Source
}

func bind(t *testing.T, c people.DirectoryConfig, password string) *campus {
	t.Helper()
	keys, err := secrets.Create(filepath.Join(t.TempDir(), "secrets"))
	require.NoError(t, err)
	s, err := store.Open(t.Context(), store.Options{
		Path: filepath.Join(t.TempDir(), "heraut.db"), Sealer: keys, LinkHash: func(id string) []byte { return []byte(id) },
	})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.Close()) })
	require.NoError(t, s.Migrate(t.Context()))
	d, err := s.CreateDirectory(t.Context(), actor, people.Directory{Name: "School", Protocol: people.ProtocolLDAP, DirectoryConfig: c}, []byte(password))
	require.NoError(t, err)
	return &campus{
		t: t, store: s, dir: d, password: password,
		ledger: func(l mirror.Ledger) mirror.Ledger { return l }, source: func(s mirror.Source) mirror.Source { return s },
	}
}

func (c *campus) engine() *mirror.Engine {
	return &mirror.Engine{
		Ledger: c.ledger(c.store),
		Open: func(ctx context.Context, d people.Directory) (mirror.Source, error) {
			s, err := ldap.Open(ctx, d.DirectoryConfig, c.password, c.dialer)
			if err != nil {
				return nil, err
			}
			return c.source(s), nil
		},
	}
}

// sync reads the directory and gives the run.
func (c *campus) sync(full bool) people.DirectoryRun {
	c.t.Helper()
	_, err := c.engine().Sync(c.t.Context(), actor, c.dir.ID, full)
	require.NoError(c.t, err)
	return c.last()
}

// good is sync of which success is demanded.
func (c *campus) good(full bool) people.DirectoryRun {
	c.t.Helper()
	run := c.sync(full)
	require.Equal(c.t, people.RunSucceeded, run.State, "%s %+v", run.Failure, run.Report)
	return run
}

func (c *campus) last() people.DirectoryRun {
	c.t.Helper()
	runs, err := c.store.ListRuns(c.t.Context(), c.dir.ID, people.Cursor{}, 1)
	require.NoError(c.t, err)
	return runs.Items[0]
}

func (c *campus) problems(run people.DirectoryRun) []people.DirectoryProblem {
	c.t.Helper()
	page, err := c.store.ListRunProblems(c.t.Context(), run.ID, people.Cursor{}, 500)
	require.NoError(c.t, err)
	return page.Items
}

// user finds the one user of a name.
func (c *campus) user(name string) people.User {
	c.t.Helper()
	page, err := c.store.ListUsers(c.t.Context(), people.UserFilter{Query: name}, people.Cursor{}, 2)
	require.NoError(c.t, err)
	require.Len(c.t, page.Items, 1, name)
	return page.Items[0]
}

func (c *campus) users() int {
	c.t.Helper()
	n := 0
	for after := ""; ; {
		links, err := c.store.DirectoryPeople(c.t.Context(), c.dir.ID, after, 1000)
		require.NoError(c.t, err)
		n += len(links)
		if len(links) < 1000 {
			return n
		}
		after = links[len(links)-1].StableID
	}
}

func (c *campus) group(name string) people.Group {
	c.t.Helper()
	for cursor := (people.Cursor{}); ; {
		page, err := c.store.ListGroups(c.t.Context(), people.GroupFilter{}, cursor, 500)
		require.NoError(c.t, err)
		for _, g := range page.Items {
			if g.Name == name {
				return g
			}
		}
		require.NotNil(c.t, page.Next, "no group %s", name)
		cursor = *page.Next
	}
}

// members counts a group's people through nesting.
func (c *campus) members(name string) int {
	c.t.Helper()
	id := c.group(name).ID
	counts, err := c.store.GroupCounts(c.t.Context(), id)
	require.NoError(c.t, err)
	return counts[id].Members
}

// state is all users, groups and memberships, versions included.
func (c *campus) state() []any {
	c.t.Helper()
	var all []any
	for cursor := (people.Cursor{}); ; {
		page, err := c.store.ListUsers(c.t.Context(), people.UserFilter{}, cursor, 500)
		require.NoError(c.t, err)
		for _, u := range page.Items {
			all = append(all, u)
		}
		if page.Next == nil {
			break
		}
		cursor = *page.Next
	}
	for cursor := (people.Cursor{}); ; {
		page, err := c.store.ListGroups(c.t.Context(), people.GroupFilter{}, cursor, 500)
		require.NoError(c.t, err)
		for _, g := range page.Items {
			users, groups, err := c.store.GroupMembers(c.t.Context(), g.ID)
			require.NoError(c.t, err)
			all = append(all, g, users, groups)
		}
		if page.Next == nil {
			return all
		}
		cursor = *page.Next
	}
}

// edit changes the directory's settings.
func (c *campus) edit(change func(*people.Directory)) {
	c.t.Helper()
	_, err := c.store.UpdateDirectory(c.t.Context(), actor, c.dir.ID, nil, nil, func(d people.Directory) (people.Directory, error) {
		change(&d)
		return d, nil
	})
	require.NoError(c.t, err)
}
