package people_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"heraut/people"
)

func TestSearchable(t *testing.T) {
	for query, want := range map[string]bool{
		"": false, " ": false, "\t": false, "\u00a0\u3000": false, "\u0301": false, "´": false, "¨ ": false, "\ufffd": false,
		"\x00": false, "zoë\x00": false, "a\x7f": false, "a\u0085": false, "\xff": false, "zo\xeb": false,
		"a": true, "é": true, "e\u0301": true, "O´Brien": true, "^": true, "`": true, "%": true, "100%_": true, "平": true, " zoë ünal ": true,
	} {
		require.Equal(t, want, people.Searchable(query), "%q", query)
	}
}
