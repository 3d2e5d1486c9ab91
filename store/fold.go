package store

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// fold removes what a search should not mind: case, accents, wide forms and
// runs of blanks. SQLite's lower() knows ASCII alone, so both databases store
// folded text.
func fold(s string) string {
	s = strings.Join(strings.Fields(s), " ")
	if isASCII(s) {
		return strings.ToLower(s)
	}
	bare := strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Mn, r) || unicode.IsControl(r) || r == utf8.RuneError {
			return -1
		}
		return r
	}, norm.NFKD.String(s))
	return strokes().Replace(norm.NFC.String(cases.Fold().String(bare)))
}

// strokes writes letters that Unicode takes for whole as people type them
// without their key.
func strokes() *strings.Replacer {
	return strings.NewReplacer("ł", "l", "ø", "o", "đ", "d", "ð", "d", "ħ", "h", "ı", "i", "æ", "ae", "œ", "oe", "þ", "th")
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf || s[i] < ' ' {
			return false
		}
	}
	return true
}

// maxSortName keeps an index row below the 2,704 bytes that PostgreSQL allows.
const maxSortName = 200

// sortName is the name as lists are ordered by it.
func sortName(name string) string {
	return cut(fold(name), maxSortName)
}

// cut shortens a text to so many bytes, between two letters.
func cut(text string, most int) string {
	if len(text) <= most {
		return text
	}
	for !utf8.RuneStart(text[most]) {
		most--
	}
	return text[:most]
}

// maxSearch leaves room for a name, an id and a search text in one index row:
// searches read nothing but the index. Only names that fold to many times their
// own length come near it.
const maxSearch = 2000

// searchText joins what a user or device is searched by; the line breaks keep a
// query from matching across two fields.
func searchText(fields ...string) string {
	folded := make([]string, len(fields))
	for i, field := range fields {
		folded[i] = fold(field)
	}
	return cut(strings.Join(folded, "\n"), maxSearch)
}

// blank tells whether nothing is left of a query to look for: its pattern would
// be found in everything.
func blank(query string) bool { return strings.TrimSpace(fold(query)) == "" }

// holding is the LIKE pattern of texts that hold a query; \ escapes what would
// be a wildcard.
func holding(query string) string {
	return "%" + strings.NewReplacer(`\`, `\\`, "%", `\%`, "_", `\_`).Replace(fold(query)) + "%"
}

// like compares a column with what holding made.
func like(column string) string { return column + ` LIKE ? ESCAPE '\'` }
