package store

import (
	"context"
	"fmt"
	"slices"
	"strings"
)

const (
	// gram is how many letters the texts' trigrams have.
	gram = 3
	// mostGrams are enough to make a text rare.
	mostGrams = 30
	// rareTexts are up to how many texts that may hold a query are looked up one
	// by one; of more a walk in the order of names soon finds enough.
	rareTexts = 2000
)

// found returns the ids of living users or devices, as the table says, whose
// words hold a query, by name, up to a limit; none for a query of blanks.
func (s *Store) found(ctx context.Context, table, query string, limit int) ([]string, error) {
	if blank(query) {
		return nil, nil
	}
	where, args := "deleted_at IS NULL AND "+like("search"), []any{holding(query)}
	rare, grams, err := s.rare(ctx, table, query)
	if err != nil {
		return nil, err
	}
	if rare {
		where += " AND rowid IN (SELECT rowid FROM " + table + "_text WHERE " + table + "_text MATCH ?)"
		args = append(args, grams)
	}
	var ids []string
	err = s.reader().SelectFor(ctx, &ids, "SELECT id FROM "+table+" WHERE "+where+" ORDER BY sort_name, id LIMIT ?", append(args, limit)...)
	if err != nil {
		return nil, fmt.Errorf("searching %s: %w", table, err)
	}
	return ids, nil
}

// rare tells whether SQLite's trigrams lead to few texts. PostgreSQL's planner
// knows that by itself.
func (s *Store) rare(ctx context.Context, table, query string) (rare bool, grams string, err error) {
	if grams = trigrams(query); s.kind != SQLite || grams == "" {
		return false, "", nil
	}
	var n int
	err = s.reader().Get(ctx, &n, "SELECT COUNT(*) FROM (SELECT 1 FROM "+table+"_text WHERE "+table+"_text MATCH ? LIMIT ?)", grams, rareTexts+1)
	if err != nil {
		return false, "", fmt.Errorf("searching %s: %w", table, err)
	}
	return n <= rareTexts, grams, nil
}

// trigrams is what a text must have that holds a query, as FTS5 is asked for it
// (source: "SQLite FTS5 Extension", sections 3 and 4.3.4); empty where a query is
// too short to say.
func trigrams(query string) string {
	letters := []rune(fold(query))
	var grams []string
	for i := 0; i+gram <= len(letters) && len(grams) < mostGrams; i++ {
		one := `"` + strings.ReplaceAll(string(letters[i:i+gram]), `"`, `""`) + `"`
		if !slices.Contains(grams, one) {
			grams = append(grams, one)
		}
	}
	return strings.Join(grams, " AND ")
}
