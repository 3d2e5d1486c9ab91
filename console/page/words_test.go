package page_test

import (
	"os"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"

	"heraut/console/page"
)

// loadWords reads the console's own words.
func loadWords(t *testing.T) *page.Words {
	t.Helper()
	words, err := page.LoadWords(os.DirFS(".."), "locales")
	require.NoError(t, err)
	return words
}

func TestBothLanguagesSayTheSame(t *testing.T) {
	words := loadWords(t)
	require.ElementsMatch(t, words.In("nl").Keys(), words.In("en").Keys())
	for _, lang := range page.Languages {
		tongue := words.In(lang)
		require.Equal(t, lang, tongue.Lang)
		for _, key := range tongue.Keys() {
			for _, n := range []int{0, 1, 2} {
				text, err := tongue.T(key, "n", n)
				require.NoError(t, err, key)
				require.NotEmpty(t, strings.TrimSpace(text), key)
				require.NotContains(t, text, "!", "%s: no exclamation marks", key)
			}
		}
	}
}

func TestNumbersOfALanguage(t *testing.T) {
	words := loadWords(t)
	require.Equal(t, "1.204", words.In("nl").Number(1204))
	require.Equal(t, "1,204", words.In("en").Number(1204))
	require.Equal(t, "1 minuut", words.In("nl").Must("moment.minutes", "n", 1))
	require.Equal(t, "1.204 minuten", words.In("nl").Must("moment.minutes", "n", 1204))
	require.Equal(t, "nl", words.In("fr").Lang, "the last resort")
}

func TestWordsThatAreNotThere(t *testing.T) {
	en := loadWords(t).In("en")
	_, err := en.T("no.such.key")
	require.ErrorContains(t, err, "no.such.key")
	require.Equal(t, "no.such.key", en.Must("no.such.key"))
	_, err = en.T("moment.ago", "span")
	require.ErrorContains(t, err, "no value")
	require.False(t, en.Has("no.such.key"))
	require.True(t, en.Has("moment.ago"))
	require.Equal(t, "Not a sentence of ours.", en.Fault("Not a sentence of ours."))
	nl := loadWords(t).In("nl")
	require.Equal(t, "Vul een naam in.", nl.Fault("Give a name."))
	require.Equal(t, "De regel heeft 3 waarden, de kop heeft 12 kolommen.", nl.Fault("The line has 3 values, the header has 12 columns."))
	require.Equal(t, `De kolom "$1" ontbreekt.`, nl.Fault(`The column "$1" is missing.`), "what fills a blank is never read as one")
	require.Equal(t, `location_id: Er is geen location "9". De persoon is zonder overgenomen.`,
		nl.Fault(`location_id: There is no location "9". The person is taken without it.`), "one sentence after the other")
	require.Equal(t, "Mr. Nobody. Vul een naam in.", nl.Fault("Mr. Nobody. Give a name."))
}

func TestLanguageOfABrowser(t *testing.T) {
	words := loadWords(t)
	for header, want := range map[string]string{
		"nl-BE,nl;q=0.9,en;q=0.5": "nl", "en-GB": "en", "fr, en;q=0.1": "en", "fr": "", "": "", "x;;;": "",
		strings.Repeat("nl,", 1000): "",
	} {
		require.Equal(t, want, words.Accepted(header), header)
	}
}

func TestBadWordFiles(t *testing.T) {
	for name, files := range map[string]fstest.MapFS{
		"a key in two files": {"l/a.nl.toml": {Data: []byte(`"k" = "v"`)}, "l/b.nl.toml": {Data: []byte(`"k" = "w"`)}},
		"no TOML":            {"l/a.nl.toml": {Data: []byte(`= =`)}},
		"no TOML of faults":  {"l/faults.nl.toml": {Data: []byte(`= =`)}},
		"no folder":          {},
	} {
		_, err := page.LoadWords(files, "l")
		require.Error(t, err, name)
	}
}
