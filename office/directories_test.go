package office_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"heraut/fault"
	"heraut/office"
	"heraut/people"
	"heraut/settings"
)

// desk keeps one directory, and plays its server and the engine.
type desk struct {
	dir  people.Directory
	made int
	engine
}

func (e *engine) SyncNow(_ context.Context, id string) error { return e.tell("read " + id) }

func (d *desk) CreateDirectory(_ context.Context, _ people.Actor, dir people.Directory, _ []byte) (people.Directory, error) {
	d.dir, d.made = dir, d.made+1
	return dir, nil
}

func (d *desk) Directory(_ context.Context, id string) (people.Directory, error) {
	if id != d.dir.ID {
		return people.Directory{}, fault.New(fault.NotFound, "Directory not found.")
	}
	return d.dir, nil
}

func (d *desk) UpdateDirectory(_ context.Context, _ people.Actor, _ string, _ *int64, _ []byte,
	edit func(people.Directory) (people.Directory, error),
) (people.Directory, error) {
	after, err := edit(d.dir)
	if err == nil {
		d.dir = after
	}
	return after, err
}

func (d *desk) BeginRun(_ context.Context, _ people.Actor, id string, full bool) (people.DirectoryRun, bool, error) {
	run := people.DirectoryRun{ID: "r", DirectoryID: id, Mode: people.RunIncremental}
	if full {
		run.Mode = people.RunFull
	}
	return run, true, nil
}

func (d *desk) ConfirmRun(_ context.Context, _ people.Actor, id, runID string) (people.DirectoryRun, error) {
	if runID != "held" {
		return people.DirectoryRun{}, fault.New(fault.Conflict, "This run does not wait for anybody's word.")
	}
	return people.DirectoryRun{ID: runID, DirectoryID: id}, nil
}

func (d *desk) CheckDirectory(c people.DirectoryConfig) error {
	if c.People.Filter == "((" {
		return fault.Invalid(fault.Field{Pointer: "/people/filter", Message: "Give an LDAP filter."})
	}
	return nil
}

func (d *desk) TestDirectory(context.Context, people.Directory) ([]settings.Check, error) {
	return []settings.Check{{Name: "connect", OK: true}}, nil
}

func (d *desk) PreviewDirectory(context.Context, people.Directory) (people.DirectoryPreview, error) {
	return people.DirectoryPreview{Groups: 7}, nil
}

func newDesk(t *testing.T) (*desk, office.Directories, *[]string) {
	t.Helper()
	d := &desk{}
	var left []string
	o := office.Directories{Store: d, Servers: d, Engine: d, Later: func(_ context.Context, step string, _ error) { left = append(left, step) }}
	_, err := o.Bind(t.Context(), people.Actor{}, people.Directory{ID: "d", DirectoryConfig: people.DirectoryConfig{Host: "one.example"}}, []byte("secret"))
	require.NoError(t, err)
	return d, o, &left
}

func requireFault(t *testing.T, err error, code fault.Code) {
	t.Helper()
	var found *fault.Error
	require.ErrorAs(t, err, &found)
	require.Equal(t, code, found.Code)
}

func TestDirectoryIsBoundWithDefaults(t *testing.T) {
	d, o, _ := newDesk(t)
	require.Equal(t, people.ProtocolLDAP, d.dir.Protocol)
	require.Equal(t, 636, d.dir.Port)
	broken := people.DirectoryConfig{People: people.DirectorySearch{Filter: "(("}}
	for _, wrong := range []struct {
		config   people.DirectoryConfig
		password string
	}{{broken, "secret"}, {people.DirectoryConfig{}, ""}} {
		_, err := o.Bind(t.Context(), people.Actor{}, people.Directory{DirectoryConfig: wrong.config}, []byte(wrong.password))
		requireFault(t, err, fault.InvalidRequest)
	}
	require.Equal(t, 1, d.made, "what no server could read is not kept")
}

func TestPasswordStaysWithItsDirectory(t *testing.T) {
	d, o, _ := newDesk(t)
	move := func(password string) error {
		_, err := o.Change(t.Context(), people.Actor{}, "d", nil, []byte(password), func(d people.Directory) people.Directory {
			d.Host = "two.example"
			return d
		})
		return err
	}
	requireFault(t, move(""), fault.InvalidRequest)
	require.Equal(t, "one.example", d.dir.Host)
	require.NoError(t, move("given again"))
	require.Equal(t, "two.example", d.dir.Host)
	_, err := o.Change(t.Context(), people.Actor{}, "d", nil, nil, func(d people.Directory) people.Directory {
		d.People.Filter = "(("
		return d
	})
	requireFault(t, err, fault.InvalidRequest)
}

func TestRunsOfDirectoriesAreToldToTheEngine(t *testing.T) {
	d, o, left := newDesk(t)
	run, err := o.Sync(t.Context(), people.Actor{}, "d", true)
	require.NoError(t, err)
	require.Equal(t, people.RunFull, run.Mode)
	_, err = o.Confirm(t.Context(), people.Actor{}, "d", "held")
	require.NoError(t, err)
	require.Equal(t, []string{"read d", "read d"}, d.told)
	_, err = o.Confirm(t.Context(), people.Actor{}, "d", "r")
	requireFault(t, err, fault.Conflict)
	_, err = o.Sync(t.Context(), people.Actor{}, "other", false)
	requireFault(t, err, fault.NotFound)
	require.Len(t, d.told, 2)

	require.Empty(t, *left)
	d.away = true
	_, err = o.Sync(t.Context(), people.Actor{}, "d", false)
	require.NoError(t, err, "the store has the run: the schedule finds it")
	require.Equal(t, []string{"reading a directory"}, *left)
	d.dir.Protocol = "scim"
	_, err = o.Sync(t.Context(), people.Actor{}, "d", false)
	requireFault(t, err, fault.Conflict)
}

func TestServersAreAskedAboutDirectoriesThatThereAre(t *testing.T) {
	_, o, _ := newDesk(t)
	steps, err := o.Test(t.Context(), "d")
	require.NoError(t, err)
	require.Len(t, steps, 1)
	preview, err := o.Preview(t.Context(), "d")
	require.NoError(t, err)
	require.Equal(t, 7, preview.Groups)
	_, err = o.Test(t.Context(), "other")
	requireFault(t, err, fault.NotFound)
	_, err = o.Preview(t.Context(), "other")
	requireFault(t, err, fault.NotFound)
}
