//go:build !lean

package main

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"heraut/internal/bench"
	"heraut/internal/testkit"
)

func TestBench(t *testing.T) {
	t.Setenv(asCommand, "1") // for the processes that it starts
	var out, errs strings.Builder

	code := run(t.Context(), []string{"bench", "import", "mail", "lists", "console", "--database-url", testkit.Postgres(t), "--json"}, strings.NewReader(""), &out, &errs)

	require.Equal(t, exitDone, code, errs.String())
	var figures []bench.Figure
	require.NoError(t, json.Unmarshal([]byte(out.String()), &figures))
	seen := map[string]int{}
	for _, f := range figures {
		seen[f.Benchmark]++
		assert.GreaterOrEqual(t, f.Value, 0.0, f.Name)
		assert.NotEmpty(t, f.Name)
	}
	// On both databases, but for mails.
	assert.Equal(t, 4, seen["import"])
	assert.Equal(t, 7, seen["mail"])
	assert.Greater(t, seen["lists"], 50)
	assert.Greater(t, seen["console"], 120)
}

func TestBenchRefusesWhatItDoesNotKnow(t *testing.T) {
	for line, want := range map[string]string{
		"bench mial":        `no benchmark is called "mial"; there are import, directory, plan, mail, accept, apple, lists, console, rest`,
		"bench --size huge": `no size is called "huge"`,
	} {
		var out, errs strings.Builder
		assert.Equal(t, exitUsage, run(t.Context(), strings.Fields(line), strings.NewReader(""), &out, &errs), line)
		assert.Contains(t, errs.String(), want)
	}
}
