package scriptfile_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"heraut/simulator/scriptfile"
)

func TestDecodeIsStrict(t *testing.T) {
	var s struct {
		Count int `json:"count"`
	}
	require.NoError(t, scriptfile.Decode(strings.NewReader(`{"count":2}`), &s))
	require.Equal(t, 2, s.Count)
	for _, text := range []string{"", "{", `{"cuont":2}`, `{"count":"2"}`} {
		require.ErrorContains(t, scriptfile.Decode(strings.NewReader(text), &s), "reading a script", text)
	}
}
