package school_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"heraut/directory/roster"
	"heraut/simulator/school"
)

func TestSchoolIsAlwaysTheSame(t *testing.T) {
	s, again := school.New(), school.New()
	require.Equal(t, s, again)
	one, two := t.TempDir(), t.TempDir()
	require.NoError(t, s.WriteRoster(one))
	require.NoError(t, again.WriteRoster(two))
	require.NoError(t, s.WriteRoster(two), "over itself")
	for _, name := range roster.Names() {
		a, err := os.ReadFile(filepath.Join(one, name))
		require.NoError(t, err)
		b, err := os.ReadFile(filepath.Join(two, name))
		require.NoError(t, err)
		require.Equal(t, string(a), string(b))
	}
	require.Error(t, s.WriteRoster(filepath.Join(one, "none")))
}

func TestSchoolHasEveryKindOfPerson(t *testing.T) {
	s := school.New()
	require.Len(t, s.People, 300)
	addresses, kinds := map[string]bool{}, map[string]int{}
	for _, p := range s.People {
		devices := s.DevicesOf(p.ID)
		switch {
		case len(devices) == 0:
			kinds["none"]++
		case len(devices) > 1:
			kinds["two"]++
		}
		if p.Email == "" {
			kinds["no mail"]++
			continue
		}
		require.False(t, addresses[p.Email], p.Email)
		require.True(t, strings.HasSuffix(p.Email, "@"+school.Domain))
		addresses[p.Email] = true
	}
	for _, d := range s.Devices {
		kinds[d.Platform]++
		if d.PushToken == "" {
			kinds["no push"]++
		}
		if d.PersonID == "" {
			kinds["cupboard"]++
		}
	}
	for _, kind := range []string{"none", "two", "no mail", "no push", "cupboard", "ios", "ipados", "macos"} {
		require.Positive(t, kinds[kind], kind)
	}
}

func TestEverybodyInTheEagerClassCanBeInvited(t *testing.T) {
	s := school.New()
	pupils := s.PeopleIn(school.Eager)
	require.Len(t, pupils, 23)
	var push, mail int
	for _, p := range pupils {
		devices := s.DevicesOf(p.ID)
		require.NotEmpty(t, devices, p.ID)
		for _, d := range devices {
			if d.PushToken != "" {
				push++
				continue
			}
			require.NotEmpty(t, p.Email, p.ID)
			mail++
		}
	}
	require.Positive(t, push)
	require.Positive(t, mail)
}

func TestRosterReadsWithoutAWord(t *testing.T) {
	s, dir := school.New(), t.TempDir()
	require.NoError(t, s.WriteRoster(dir))
	files, err := roster.Open(dir)
	require.NoError(t, err)
	defer func() { require.NoError(t, files.Close()) }()
	read, err := roster.Parse(t.Context(), files)
	require.NoError(t, err)
	require.Empty(t, read.Problems)
	require.Empty(t, read.Warnings)
	require.Len(t, read.People, len(s.People))
	require.Len(t, read.Devices, len(s.Devices))
	members := map[string]int{}
	for _, g := range read.Groups {
		members[g.Name] = len(g.MemberIDs)
	}
	require.Len(t, members, 13)
	require.Equal(t, 23, members[school.Eager])
	require.Equal(t, 300, members[school.Name])
}
