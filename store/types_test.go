package store

import (
	"fmt"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
)

func TestTimeIsFixedWidthUTC(t *testing.T) {
	zone := time.FixedZone("here", 2*3600)
	at := At(time.Date(2026, 3, 4, 5, 6, 7, 123_456_789, zone))
	value, err := at.Value()
	require.NoError(t, err)
	text := fmt.Sprint(value)
	require.Equal(t, "2026-03-04T03:06:07.123456Z", text)
	round, err := At(time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)).Value()
	require.NoError(t, err)
	require.Len(t, round, len(timeLayout), "whole seconds keep their zeros, so that text sorts by time")

	for _, src := range []any{text, []byte(text), at.In(zone)} {
		var got Time
		require.NoError(t, got.Scan(src))
		require.Equal(t, at, got)
	}
}

func TestZeroTimeIsNull(t *testing.T) {
	value, err := Time{}.Value()
	require.NoError(t, err)
	require.Nil(t, value)
	got := At(time.Now())
	require.NoError(t, got.Scan(nil))
	require.True(t, got.IsZero())
	require.True(t, At(time.Time{}).IsZero())
	require.Error(t, got.Scan(42))
	require.Error(t, got.Scan("yesterday"))
}

func TestJSONRoundTrip(t *testing.T) {
	type doc struct {
		A int `json:"a"`
	}
	value, err := JSON[doc]{V: doc{1}}.Value()
	require.NoError(t, err)
	text := fmt.Sprint(value)
	require.JSONEq(t, `{"a":1}`, text)
	for _, src := range []any{text, []byte(text)} {
		got := JSON[doc]{V: doc{9}}
		require.NoError(t, got.Scan(src))
		require.Equal(t, doc{1}, got.V)
	}
	got := JSON[doc]{V: doc{9}}
	require.NoError(t, got.Scan(nil))
	require.Zero(t, got.V)
	require.Error(t, got.Scan(1))
	require.Error(t, got.Scan("{"))
	_, err = JSON[func()]{V: func() {}}.Value()
	require.Error(t, err)
}

func TestEmptyTextIsNull(t *testing.T) {
	value, err := Text("").Value()
	require.NoError(t, err)
	require.Nil(t, value)
	for src, want := range map[any]Text{nil: "", "a": "a"} {
		var got Text
		require.NoError(t, got.Scan(src))
		require.Equal(t, want, got)
	}
	var got Text
	require.NoError(t, got.Scan([]byte("b")))
	require.Equal(t, Text("b"), got)
	require.Error(t, got.Scan(1))
}

func TestFold(t *testing.T) {
	for in, want := range map[string]string{
		"Åsa\u00a0Öberg": "asa oberg",
		"WEIß":           "weiss",
		"Łódź":           "lodz",
		"Ｗｉｄｅ":           "wide",
		"a\x00b\u0301":   "ab",
		"Ærø":            "aero",
		"Ελένη":          "ελενη",
		"\xff":           "",
	} {
		require.Equal(t, want, fold(in), "%q", in)
	}
}

func TestSortNameStaysBelowTheIndexLimit(t *testing.T) {
	long := ""
	for range 300 {
		long += "ﷺ" // one letter that folds to eighteen
	}
	require.LessOrEqual(t, len(sortName(long)), maxSortName)
	require.Greater(t, len(sortName(long)), maxSortName-4)
	require.NotContains(t, sortName(long), "\uFFFD")
}

func TestSearchTextStaysBelowTheIndexLimit(t *testing.T) {
	long := strings.Repeat("é\uFDFA", 150) // one letter that folds to eighteen
	text := searchText("Jan  Öberg", long)
	require.Equal(t, "jan oberg\n", text[:10])
	require.LessOrEqual(t, len(text), maxSearch)
	require.Greater(t, len(text), maxSearch-4)
	require.True(t, utf8.ValidString(text))
}

func TestHoldingHasNoWildcards(t *testing.T) {
	require.Equal(t, `%a\%b\_c\\d e%`, holding(`Á%b_c\d  E `))
}

func TestMaskAddress(t *testing.T) {
	for in, want := range map[string]string{"jan@example.org": "j…@example.org", "é@x.nl": "é…@x.nl", "": "", "nowhere": "", "@x": ""} {
		require.Equal(t, want, maskAddress(in))
	}
}
