package rostertest_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"heraut/directory/roster"
	"heraut/directory/roster/rostertest"
)

func TestWriteMakesARosterWithoutProblems(t *testing.T) {
	for _, people := range []int{1, 13, 300, 4000} {
		dir := t.TempDir()
		require.NoError(t, rostertest.Write(dir, people, 2))
		files, err := roster.Open(dir)
		require.NoError(t, err)
		got, err := roster.Parse(t.Context(), files)
		require.NoError(t, err)
		require.NoError(t, files.Close())
		require.Empty(t, got.Problems)
		require.Empty(t, got.Warnings)
		require.Len(t, got.People, people)
		require.Len(t, got.Devices, 2*people)
	}
}

func TestWriteMakesAClass4A(t *testing.T) {
	dir := t.TempDir()
	require.NoError(t, rostertest.Write(dir, 300, 1))
	files, err := roster.Open(dir)
	require.NoError(t, err)
	got, err := roster.Parse(t.Context(), files)
	require.NoError(t, err)
	members := map[string]int{}
	for _, g := range got.Groups {
		members[g.Name] = len(g.MemberIDs)
	}
	require.Equal(t, 24, members["4A"])
	require.Equal(t, 300, members["De Linde"])
	require.Len(t, members, 13)
}

func TestWriteIsAlwaysTheSame(t *testing.T) {
	one, two := t.TempDir(), t.TempDir()
	require.NoError(t, rostertest.Write(one, 100, 2))
	require.NoError(t, rostertest.Write(two, 100, 2))
	for _, name := range roster.Names() {
		a, err := os.ReadFile(filepath.Join(one, name))
		require.NoError(t, err)
		b, err := os.ReadFile(filepath.Join(two, name))
		require.NoError(t, err)
		require.Equal(t, string(a), string(b))
	}
}

func TestWriteNeedsAFolder(t *testing.T) {
	require.Error(t, rostertest.Write(filepath.Join(t.TempDir(), "none"), 1, 1))
}
