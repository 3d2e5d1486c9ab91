package people

import (
	"unicode"
	"unicode/utf8"
)

// Searchable tells whether a text can be looked for: without control characters
// and invalid UTF-8, and with more than the blanks and accents that a search
// does not mind. What is not would be found in everything.
func Searchable(query string) bool {
	found := false
	for i, r := range query {
		if r == utf8.RuneError {
			if _, size := utf8.DecodeRuneInString(query[i:]); size == 1 {
				return false
			}
		}
		if unicode.IsControl(r) {
			return false
		}
		found = found || !folds(r)
	}
	return found
}

// folds tells whether a search folds a character to nothing. Of the accents that
// stand alone those of ASCII are characters like others.
func folds(r rune) bool {
	return unicode.IsSpace(r) || unicode.Is(unicode.Mn, r) || r > unicode.MaxASCII && unicode.Is(unicode.Sk, r) || r == utf8.RuneError
}
