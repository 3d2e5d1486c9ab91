package mirror_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	"heraut/directory/ldap"
	"heraut/directory/mirror"
	"heraut/internal/secrets"
	"heraut/people"
	"heraut/simulator/slapd"
	"heraut/store"
)

// childOf tells the test binary to be the process that is killed: it reads the
// directory of the store in this folder.
const (
	childOf = "HERAUT_TEST_CHILD_OF"
	diesAt  = "HERAUT_TEST_DIES_AT"
)

func TestMain(m *testing.M) {
	if folder := os.Getenv(childOf); folder != "" {
		if err := child(context.Background(), folder); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// open opens the store of a folder.
func open(ctx context.Context, folder string) (*store.Store, error) {
	path := filepath.Join(folder, "secrets")
	keys, err := secrets.Load(path)
	if errors.Is(err, fs.ErrNotExist) {
		keys, err = secrets.Create(path)
	}
	if err != nil {
		return nil, err
	}
	return store.Open(ctx, store.Options{
		Path: filepath.Join(folder, "heraut.db"), Sealer: keys, LinkHash: func(id string) []byte { return []byte(id) },
	})
}

func child(ctx context.Context, folder string) error {
	s, err := open(ctx, folder)
	if err != nil {
		return err
	}
	at, err := strconv.Atoi(os.Getenv(diesAt))
	if err != nil {
		return err
	}
	due, err := s.ListDirectories(ctx, people.Cursor{}, 1)
	if err != nil {
		return err
	}
	engine := mirror.Engine{
		Ledger: &mortal{Ledger: s, left: at},
		Open: func(ctx context.Context, d people.Directory) (mirror.Source, error) {
			return ldap.Open(ctx, d.DirectoryConfig, slapd.Password, nil)
		},
	}
	_, err = engine.Sync(ctx, actor, due.Items[0].ID, true)
	return err
}

// mortal is a ledger under which the process is killed: at the beginning or at
// the end of one of the calls that write, of which left counts down both.
type mortal struct {
	mirror.Ledger

	left int
}

func (m *mortal) at(write func() error) error {
	m.step()
	err := write()
	m.step()
	return err
}

func (m *mortal) step() {
	m.left--
	if m.left == 0 {
		die()
	}
}

func die() {
	_ = syscall.Kill(os.Getpid(), syscall.SIGKILL) // it returns only when it fails, and then the test does
	select {}
}

func (m *mortal) SyncPeople(ctx context.Context, run people.DirectoryRun, page []people.DirectoryPerson) (s people.SyncedPeople, err error) {
	return s, m.at(func() error { s, err = m.Ledger.SyncPeople(ctx, run, page); return err })
}

func (m *mortal) SyncGroups(ctx context.Context, run people.DirectoryRun, page []people.DirectoryGroup) (ids map[string]string, err error) {
	return ids, m.at(func() error { ids, err = m.Ledger.SyncGroups(ctx, run, page); return err })
}

func (m *mortal) AddMembers(ctx context.Context, run people.DirectoryRun, pairs []people.MemberPair) error {
	return m.at(func() error { return m.Ledger.AddMembers(ctx, run, pairs) })
}

func (m *mortal) RemovePeople(ctx context.Context, run people.DirectoryRun, ids []string) (look []string, err error) {
	return look, m.at(func() error { look, err = m.Ledger.RemovePeople(ctx, run, ids); return err })
}

func (m *mortal) DisablePeople(ctx context.Context, run people.DirectoryRun, ids []string) (look []string, err error) {
	return look, m.at(func() error { look, err = m.Ledger.DisablePeople(ctx, run, ids); return err })
}

func (m *mortal) RemoveMembers(ctx context.Context, run people.DirectoryRun, pairs []people.MemberPair) (look []string, err error) {
	return look, m.at(func() error { look, err = m.Ledger.RemoveMembers(ctx, run, pairs); return err })
}

func (m *mortal) RemoveGroups(ctx context.Context, run people.DirectoryRun, ids []string) (look []string, err error) {
	return look, m.at(func() error { look, err = m.Ledger.RemoveGroups(ctx, run, ids); return err })
}

func (m *mortal) FinishRun(ctx context.Context, run people.DirectoryRun, cookie string, problems []people.DirectoryProblem) error {
	return m.at(func() error { return m.Ledger.FinishRun(ctx, run, cookie, problems) })
}

// named is the state without ids and versions: who and what there is.
func (c *campus) named() []string {
	c.t.Helper()
	var all []string
	names := map[string]string{}
	state := c.state()
	for _, one := range state {
		if u, ok := one.(people.User); ok {
			names[u.ID] = u.FullName
			all = append(all, fmt.Sprintf("%s <%s> %t", u.FullName, u.Email, u.Disabled))
		}
		if g, ok := one.(people.Group); ok {
			names[g.ID] = g.Name
		}
	}
	group := ""
	for _, one := range state {
		switch v := one.(type) {
		case people.Group:
			group = v.Name
			all = append(all, "group "+group)
		case []string:
			for _, id := range v {
				all = append(all, group+" has "+names[id])
			}
		}
	}
	slices.Sort(all)
	return all
}

// reported sums the reports of all runs.
func (c *campus) reported() (sum people.DirectoryReport) {
	c.t.Helper()
	runs, err := c.store.ListRuns(c.t.Context(), c.dir.ID, people.Cursor{}, 500)
	require.NoError(c.t, err)
	for _, run := range runs.Items {
		sum.People.Created += run.Report.People.Created
		sum.People.Gone += run.Report.People.Gone
		sum.People.Disabled += run.Report.People.Disabled
		sum.Groups.Gone += run.Report.Groups.Gone
	}
	return sum
}

// TestKilledAtEachPage kills the process that reads, before and after each
// thing that it writes, and starts it again.
func TestKilledAtEachPage(t *testing.T) {
	t.Parallel()
	clean, server := bindSlapd(t, slapd.Options{}, school(1100))
	folder := t.TempDir()
	s, err := open(t.Context(), folder)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.Close()) })
	require.NoError(t, s.Migrate(t.Context()))
	d, err := s.CreateDirectory(t.Context(), actor, people.Directory{
		Name: "School", Protocol: people.ProtocolLDAP, DirectoryConfig: server.Config(),
	}, []byte(slapd.Password))
	require.NoError(t, err)
	killed := &campus{t: t, store: s, dir: d, password: slapd.Password, ledger: clean.ledger, source: clean.source}

	kills := killed.untilItEnds(folder)
	require.GreaterOrEqual(t, kills, 10)
	clean.good(true)
	require.Equal(t, clean.named(), killed.named())
	require.Equal(t, 1100, killed.reported().People.Created, "counted once, over all that were killed")

	var b strings.Builder
	for n := range 80 {
		b.WriteString(change(slapd.PersonDN(n), "delete"))
	}
	for n := 80; n < 100; n++ {
		b.WriteString(change(slapd.PersonDN(n), "modify", "add: pwdAccountLockedTime", "pwdAccountLockedTime: 000001010000Z"))
	}
	for n := 10; n < 14; n++ {
		b.WriteString(change(slapd.ClassDN(n), "delete"))
	}
	server.Modify(t, b.String())
	before := killed.users()
	kills += killed.untilItEnds(folder)
	clean.good(true)
	require.Equal(t, clean.named(), killed.named())
	require.Equal(t, before-80, killed.users(), "and nobody else")
	report := killed.reported()
	require.Equal(t, []int{80, 20, 4}, []int{report.People.Gone, report.People.Disabled, report.Groups.Gone})
	t.Logf("killed %d times", kills)
}

// untilItEnds starts the reading process until one lives to the end, each
// killed a little later than the one before. It tells how many were killed.
func (c *campus) untilItEnds(folder string) (kills int) {
	c.t.Helper()
	left := c.users()
	for at := 1; ; at++ {
		cmd := exec.CommandContext(c.t.Context(), os.Args[0], "-test.run=^$")
		cmd.Env = append(os.Environ(), childOf+"="+folder, diesAt+"="+strconv.Itoa(at))
		said, err := cmd.CombinedOutput()
		if err == nil {
			return kills
		}
		status, ok := cmd.ProcessState.Sys().(syscall.WaitStatus)
		require.True(c.t, ok && status.Signal() == syscall.SIGKILL, "%v: %s", err, said)
		kills++
		require.GreaterOrEqual(c.t, c.users(), left-80, "nobody is removed but those who left")
		left = max(left, c.users())
	}
}
