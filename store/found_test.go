package store

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"heraut/people"
)

func TestTrigrams(t *testing.T) {
	for query, want := range map[string]string{
		"":           "",
		"ab":         "",
		" Ünl ":      `"unl"`,
		"Jansen":     `"jan" AND "ans" AND "nse" AND "sen"`,
		`a"b`:        `"a""b"`,
		"aaaaaa":     `"aaa"`,
		"a\tb":       `"a b"`,
		"%_x":        `"%_x"`,
		"NOT OR (a*": `"not" AND "ot " AND "t o" AND " or" AND "or " AND "r (" AND " (a" AND "(a*"`,
	} {
		require.Equal(t, want, trigrams(query), query)
	}
	var long strings.Builder
	for i := range 100 {
		fmt.Fprintf(&long, "%02d", i)
	}
	require.Equal(t, mostGrams, strings.Count(trigrams(long.String()), " AND ")+1)
}

// TestTrigramsFollowTheirTable: whatever changes a name, the search finds the
// new one and not the old, also after the file was written anew.
func TestTrigramsFollowTheirTable(t *testing.T) {
	s, actor := openTest(t), people.System("test")
	named := func(query string) int {
		t.Helper()
		rare, _, err := s.rare(t.Context(), "users", query)
		require.NoError(t, err)
		require.True(t, rare)
		ids, err := s.found(t.Context(), "users", query, 10)
		require.NoError(t, err)
		return len(ids)
	}
	u, err := s.CreateUser(t.Context(), actor, people.User{FullName: `Zoë "Z" Ünal`})
	require.NoError(t, err)
	gone, err := s.CreateUser(t.Context(), actor, people.User{FullName: "Bram de Vries"})
	require.NoError(t, err)
	for query, want := range map[string]int{"unal": 1, `"Z" ü`: 1, `oe "z`: 1, "zoe": 1, "vri": 1, "nobody": 0, "unalx": 0} {
		require.Equal(t, want, named(query), query)
	}
	_, err = s.UpdateUser(t.Context(), actor, u.ID, nil, func(u people.User) (people.User, error) {
		u.FullName = "Sem Bakker"
		return u, nil
	})
	require.NoError(t, err)
	require.Zero(t, named("unal"))
	require.Equal(t, 1, named("akke"))
	require.NoError(t, s.DeleteUser(t.Context(), actor, gone.ID, nil))
	require.Zero(t, named("vries"))

	_, err = s.writer.db.ExecContext(t.Context(), "DELETE FROM users WHERE id = ?", gone.ID) // its row number is free then
	require.NoError(t, err)
	_, err = s.writer.db.ExecContext(t.Context(), "VACUUM")
	require.NoError(t, err)
	_, err = s.CreateUser(t.Context(), actor, people.User{FullName: "Mila Jansen"})
	require.NoError(t, err)
	require.Equal(t, 1, named("akker"))
	require.Equal(t, 1, named("jansen"))
	_, err = s.writer.db.ExecContext(t.Context(), "INSERT INTO users_text (users_text, rank) VALUES ('integrity-check', 1)")
	require.NoError(t, err, "the index and its table agree")

	copied := filepath.Join(t.TempDir(), "copy.db") // as a backup is made
	_, err = s.writer.db.ExecContext(t.Context(), "VACUUM INTO ?", copied)
	require.NoError(t, err)
	restored, err := Open(t.Context(), Options{Path: copied})
	require.NoError(t, err)
	defer restored.Close()
	ids, err := restored.found(t.Context(), "users", "jansen", 10)
	require.NoError(t, err)
	require.Len(t, ids, 1)
}

// TestManyAreFoundByAWalk: what more have than are looked up one by one is found
// in the order of names.
func TestManyAreFoundByAWalk(t *testing.T) {
	s := openTest(t)
	const many = rareTexts + 10
	var rows [][]any
	for i := range many {
		id := fmt.Sprintf("id-%05d", i)
		rows = append(rows, []any{id, "Ann " + id, "ann " + id, "ann " + id, At(s.clock()), At(s.clock())})
	}
	require.NoError(t, s.write(t.Context(), func(ctx context.Context, tx *Tx) error {
		_, err := insertRows(ctx, tx, "users", columnList("id, full_name, sort_name, search, created_at, updated_at"), rows, "")
		return err
	}))
	rare, _, err := s.rare(t.Context(), "users", "ann")
	require.NoError(t, err)
	require.False(t, rare)
	ids, err := s.found(t.Context(), "users", "ann", 3)
	require.NoError(t, err)
	require.Equal(t, []string{"id-00000", "id-00001", "id-00002"}, ids)
	ids, err = s.found(t.Context(), "users", "id-02007", 3)
	require.NoError(t, err)
	require.Equal(t, []string{"id-02007"}, ids)
}
