package storetest

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"heraut/fault"
	"heraut/people"
	"heraut/store"
)

func keepDirectory(t *testing.T, s *store.Store) {
	t.Helper()
	d, err := s.CreateDirectory(t.Context(), actor, anyDirectory("School"), []byte("secret"))
	require.NoError(t, err)
	require.True(t, d.HasPassword)
	again, err := s.Directory(t.Context(), d.ID)
	require.NoError(t, err)
	require.Equal(t, d.DirectoryConfig, again.DirectoryConfig)
	require.Equal(t, d.Version, again.Version)

	_, err = s.CreateDirectory(t.Context(), actor, anyDirectory("school"), []byte("secret"))
	requireCode(t, err, fault.Conflict)
	wrong := anyDirectory("Wrong")
	wrong.Host, wrong.CA, wrong.Security = "ldaps://x", "no certificate", "none"
	_, err = s.CreateDirectory(t.Context(), actor, wrong, []byte("secret"))
	requireCode(t, err, fault.InvalidRequest)
	for _, pointer := range []string{"/host", "/ca", "/security"} {
		require.ErrorContains(t, err, pointer)
	}

	other, err := s.CreateDirectory(t.Context(), actor, anyDirectory("A second one"), []byte("secret"))
	require.NoError(t, err, "several stand side by side")
	page, err := s.ListDirectories(t.Context(), people.Cursor{}, 1)
	require.NoError(t, err)
	require.Equal(t, other.ID, page.Items[0].ID)
	page, err = s.ListDirectories(t.Context(), *page.Next, 1)
	require.NoError(t, err)
	require.Equal(t, d.ID, page.Items[0].ID)
	require.Nil(t, page.Next)

	stale := d.Version + 1
	_, err = s.UpdateDirectory(t.Context(), actor, d.ID, &stale, nil, func(d people.Directory) (people.Directory, error) { return d, nil })
	requireCode(t, err, fault.PreconditionFailed)
	changed, err := s.UpdateDirectory(t.Context(), actor, d.ID, &d.Version, nil, func(d people.Directory) (people.Directory, error) {
		d.Paused = true
		return d, nil
	})
	require.NoError(t, err)
	require.True(t, changed.Paused)
	require.Equal(t, d.Version+1, changed.Version)
}

func directorySecret(t *testing.T, s *store.Store) {
	t.Helper()
	d, err := s.CreateDirectory(t.Context(), actor, anyDirectory("School"), []byte("secret"))
	require.NoError(t, err)
	read := func() string {
		password, err := s.DirectoryPassword(t.Context(), d.ID)
		require.NoError(t, err)
		return string(password)
	}
	require.Equal(t, "secret", read())
	same := func(d people.Directory) (people.Directory, error) { return d, nil }
	_, err = s.UpdateDirectory(t.Context(), actor, d.ID, nil, nil, same)
	require.NoError(t, err)
	require.Equal(t, "secret", read(), "what is not given stays")
	_, err = s.UpdateDirectory(t.Context(), actor, d.ID, nil, []byte("other"), same)
	require.NoError(t, err)
	require.Equal(t, "other", read())
	log, err := s.ListAudit(t.Context(), people.AuditFilter{TargetID: d.ID}, people.Cursor{}, 10)
	require.NoError(t, err)
	require.Len(t, log.Items, 2)
	for _, entry := range log.Items {
		require.NotContains(t, entry.Was+entry.Became, "secret\"")
		require.NotContains(t, entry.Was+entry.Became, "other")
	}
}

func dueDirectories(t *testing.T, s *store.Store, clock *Clock) {
	t.Helper()
	b := bind(t, s)
	due := func() []string {
		list, err := s.DueDirectories(t.Context())
		require.NoError(t, err)
		return list
	}
	require.Equal(t, []string{b.dir.ID}, due(), "its run was cut off")
	b.finish(people.RunSucceeded, "cookie")
	require.Empty(t, due())
	clock.Advance(time.Hour)
	require.Equal(t, []string{b.dir.ID}, due())

	b.begin(false)
	require.Equal(t, people.RunIncremental, b.run.Mode)
	b.finish(people.RunFailed, "")
	require.Empty(t, due(), "one that failed waits")
	clock.Advance(14 * time.Minute)
	require.Empty(t, due())
	clock.Advance(time.Minute)
	require.Equal(t, []string{b.dir.ID}, due(), "but not for its whole time")
	cookie, err := s.DirectoryCookie(t.Context(), b.dir.ID)
	require.NoError(t, err)
	require.Equal(t, "cookie", cookie, "what a failed run did not see, the next one will")
	b.begin(false)
	b.finish(people.RunSucceeded, "cookie")
	require.Empty(t, due(), "what was read since counts")

	clock.Advance(23 * time.Hour)
	b.begin(false)
	require.Equal(t, people.RunFull, b.run.Mode, "everything is read once a day")
	b.finish(people.RunSucceeded, "cookie")
	b.edit(func(d *people.Directory) { d.People.Filter = "(department=school)" })
	b.begin(false)
	require.Equal(t, people.RunFull, b.run.Mode, "and after a change of the settings")
	b.edit(func(d *people.Directory) { d.People.Filter = "(department=staff)" })
	b.finish(people.RunSucceeded, "cookie")
	b.begin(false)
	require.Equal(t, people.RunFull, b.run.Mode, "during a run as well: it has read by others")
	b.finish(people.RunSucceeded, "")

	clock.Advance(time.Hour)
	b.edit(func(d *people.Directory) { d.Paused = true })
	require.Empty(t, due())

	clock.Advance(91 * 24 * time.Hour)
	require.NoError(t, s.Purge(t.Context()))
	runs, err := s.ListRuns(t.Context(), b.dir.ID, people.Cursor{}, 10)
	require.NoError(t, err)
	require.Empty(t, runs.Items)
}

func directoryRuns(t *testing.T, s *store.Store) {
	t.Helper()
	b := bind(t, s)
	same, fresh, err := s.BeginRun(t.Context(), actor, b.dir.ID, false)
	require.NoError(t, err)
	require.False(t, fresh)
	require.Equal(t, b.run.ID, same.ID, "one at a time")
	require.NoError(t, s.RunProgress(t.Context(), b.run, 7, 3))
	require.Equal(t, 7, b.report().People.Read)
	problems := []people.DirectoryProblem{
		{Severity: people.SeverityError, Entry: "cn=a", Message: "No name."}, {Severity: people.SeverityWarning, Message: "Shared."},
	}
	b.run.State = people.RunSucceeded
	require.NoError(t, s.FinishRun(t.Context(), b.run, "c", problems))
	require.NoError(t, s.FinishRun(t.Context(), b.run, "d", nil), "twice is once")
	r := b.report()
	require.Equal(t, []int{1, 1}, []int{r.Refused, r.Warnings})
	page, err := s.ListRunProblems(t.Context(), b.run.ID, people.Cursor{}, 1)
	require.NoError(t, err)
	require.Equal(t, "cn=a", page.Items[0].Entry)
	page, err = s.ListRunProblems(t.Context(), b.run.ID, *page.Next, 1)
	require.NoError(t, err)
	require.Equal(t, "Shared.", page.Items[0].Message)
	_, err = s.ListRunProblems(t.Context(), b.run.ID, people.Cursor{Key: "x"}, 1)
	requireCode(t, err, fault.InvalidRequest)

	b.begin(false)
	b.finish(people.RunSucceeded, "c")
	runs, err := s.ListRuns(t.Context(), b.dir.ID, people.Cursor{}, 1)
	require.NoError(t, err)
	require.Equal(t, b.run.ID, runs.Items[0].ID, "the newest first")
	runs, err = s.ListRuns(t.Context(), b.dir.ID, *runs.Next, 1)
	require.NoError(t, err)
	require.Nil(t, runs.Next)
	_, err = s.Run(t.Context(), "another directory", b.run.ID)
	requireCode(t, err, fault.NotFound)
	n, err := s.VerifyAudit(t.Context())
	require.NoError(t, err)
	require.EqualValues(t, 1, n, "runs without a change are no changes")
}

func confirmRun(t *testing.T, s *store.Store) {
	t.Helper()
	b := bind(t, s)
	b.run.Report.Takes.People = 5
	b.finish(people.RunHeld, "")
	run, err := s.ConfirmRun(t.Context(), actor, b.dir.ID, b.run.ID)
	require.NoError(t, err)
	require.Equal(t, people.RunRunning, run.State)
	require.Equal(t, 5, run.Report.Allowed.People)
	_, err = s.ConfirmRun(t.Context(), actor, b.dir.ID, b.run.ID)
	requireCode(t, err, fault.Conflict)
	b.begin(false)
	require.Equal(t, run.ID, b.run.ID, "the run goes on")
	b.finish(people.RunHeld, "")

	held := b.run.ID
	b.begin(false)
	b.finish(people.RunSucceeded, "")
	_, err = s.ConfirmRun(t.Context(), actor, b.dir.ID, held)
	requireCode(t, err, fault.Conflict)
	require.ErrorContains(t, err, "later run")
}

func forgetDirectory(t *testing.T, s *store.Store) {
	t.Helper()
	b := bind(t, s)
	id := b.people(person("ann")).IDs["id-ann"]
	_, err := s.SyncGroups(t.Context(), b.run, []people.DirectoryGroup{directoryGroup("1a")})
	require.NoError(t, err)
	require.NoError(t, s.DeleteDirectory(t.Context(), actor, b.dir.ID, nil))
	_, err = s.Directory(t.Context(), b.dir.ID)
	requireCode(t, err, fault.NotFound)
	require.Empty(t, b.user(id).DirectoryID, "people stay, and are Heraut's own")
	require.NoError(t, s.DeleteUser(t.Context(), actor, id, nil))
}
