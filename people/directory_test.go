package people_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"heraut/people"
)

func TestHowMuchMayGoWithoutAWord(t *testing.T) {
	for name, c := range map[string]struct {
		takes people.DirectoryTakes
		many  bool
	}{
		"nothing":                     {people.DirectoryTakes{}, false},
		"a tenth":                     {people.DirectoryTakes{People: 10, OfPeople: 100}, false},
		"more than a tenth":           {people.DirectoryTakes{People: 11, OfPeople: 100}, true},
		"more than a tenth of groups": {people.DirectoryTakes{OfPeople: 100, Groups: 2, OfGroups: 19}, true},
		"half of the members":         {people.DirectoryTakes{Members: 50, OfMembers: 100}, false},
		"more than half of them":      {people.DirectoryTakes{Members: 51, OfMembers: 100}, true},
	} {
		require.Equal(t, c.many, c.takes.Many(), name)
	}
	allowed := people.DirectoryTakes{People: 5, Groups: 1, Members: 3}
	require.True(t, allowed.Within(&allowed))
	require.False(t, people.DirectoryTakes{People: 6}.Within(&allowed), "a word is for so many and no more")
	require.False(t, people.DirectoryTakes{}.Within(nil))
}

func TestDirectoryIsDueByItsOwnSetting(t *testing.T) {
	now := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	d := people.Directory{DirectoryConfig: people.DirectoryConfig{SyncEvery: 900}, SyncedAt: now.Add(-15 * time.Minute)}
	require.True(t, d.Due(now, time.Time{}))
	require.False(t, d.Due(now.Add(-time.Second), time.Time{}))
	require.True(t, people.Directory{}.Due(now, time.Time{}), "one that was never read")
	d.SyncEvery, d.SyncedAt = 86400, now.Add(-25*time.Hour)
	require.False(t, d.Due(now, now.Add(-14*time.Minute)), "one that failed is left alone for a while")
	require.True(t, d.Due(now, now.Add(-15*time.Minute)), "and not until tomorrow")
	d.SyncEvery = 300
	require.True(t, d.Due(now, now.Add(-5*time.Minute)))
	d.Paused = true
	require.False(t, d.Due(now, time.Time{}))
}

func TestDirectoryDefaults(t *testing.T) {
	c := people.DirectoryConfig{Security: people.DirectoryStartTLS}.WithDefaults()
	require.Equal(t, 389, c.Port)
	require.Equal(t, 636, people.DirectoryConfig{}.WithDefaults().Port)
	require.Equal(t, people.DirectoryAuto, c.Kind)
	other := c
	other.BindDN = "cn=another"
	require.False(t, c.SameServer(other))
	require.True(t, c.SameServer(c))
}

func TestKeysOfDirectories(t *testing.T) {
	require.Equal(t, people.DirectoryKeyOf(people.KeyDN, "CN=a"), people.DirectoryKeyOf(people.KeyDN, "cn=A"))
	require.NotEqual(t, people.DirectoryKeyOf(people.KeyDN, "a"), people.DirectoryKeyOf(people.KeyLogin, "a"))
	require.Len(t, people.DirectoryKeyOf(people.KeyDN, strings.Repeat("x", 5000)).String(), 32)
}
