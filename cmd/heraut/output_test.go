package main

import (
	"bytes"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestTableIsAlignedAndClean(t *testing.T) {
	var out bytes.Buffer
	table := newTable(&out, "NAME", "N")
	table.row("Anna\x1b[2J\tde\nVries", 3)
	table.row("Zoë", 12)
	require.NoError(t, table.flush())
	assert.Equal(t, "NAME               N\nAnna [2J de Vries  3\nZoë                12\n", out.String())
}

func TestWords(t *testing.T) {
	assert.Equal(t, "1 user", plural(1, "user"))
	assert.Equal(t, "0 users", plural(0, "user"))
	assert.Equal(t, "ab…", shorten("abcdef", 3))
	assert.Equal(t, "äöü", shorten("äöü", 3))
	assert.Empty(t, when(time.Time{}))
}

func TestProgressIsForTerminals(t *testing.T) {
	var out bytes.Buffer
	bar := newProgress(&out, "importing")
	bar.show(1, 2)
	bar.end()
	assert.Empty(t, out.String(), "a log gets no bar")
	bar = &progress{out: &out, label: "importing"}
	bar.show(0, 0)
	bar.show(50, 100)
	bar.show(101, 100)
	bar.end()
	assert.Contains(t, out.String(), "####....................]  50 %  50 of 100 lines")
	assert.Contains(t, out.String(), "100 %")
}

func TestPick(t *testing.T) {
	found := []candidate{
		{id: "1", name: "4A", names: []string{"klas-4a"}},
		{id: "2", name: "4a", names: []string{"4A-oud"}},
		{id: "3", name: "4B"},
		{id: "4", name: "Twice", names: []string{""}},
		{id: "5", name: "Twice"},
		{id: "6", name: "3C", names: []string{"4B"}},
	}
	tests := map[string]struct{ id, fault string }{
		"4A":      {id: "1"},
		"4a":      {id: "2"},
		"KLAS-4A": {id: "1"},
		"4B":      {id: "6"}, // external ids are unique, names are not
		"3c":      {id: "6"},
		"Twice":   {fault: `2 groups are called "Twice": name one by its id, 4 or 5`},
		"5":       {fault: `there is no group "5"`},
		"wic":     {fault: `there is no group "wic": did you mean Twice?`},
		"":        {fault: `there is no group ""`},
	}
	for given, test := range tests {
		got, err := pick("group", given, found)
		if test.fault != "" {
			require.ErrorContains(t, err, test.fault)
			continue
		}
		require.NoError(t, err, given)
		assert.Equal(t, test.id, got.id, given)
	}
}
