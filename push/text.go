package push

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// oneLine returns s as valid UTF-8 on one line, runs of blanks and of control
// characters as one space.
func oneLine(s string) string {
	fields := strings.FieldsFunc(strings.ToValidUTF8(s, "\uFFFD"), func(r rune) bool {
		return unicode.IsSpace(r) || unicode.IsControl(r)
	})
	return strings.Join(fields, " ")
}

// cut shortens s to at most limit bytes, the ellipsis included, and never
// inside what a reader sees as one letter (a base with its accents, a flag, a
// joined emoji).
func cut(s string, limit int) string {
	const ellipsis = "…"
	if len(s) <= limit {
		return s
	}
	end := 0
	for next := range clusters(s) {
		if next > limit-len(ellipsis) {
			break
		}
		end = next
	}
	return strings.TrimRightFunc(s[:end], unicode.IsSpace) + ellipsis
}

// clusters yields the byte offset after each letter of s. It covers what names
// hold; scripts that join syllables may be cut between two of them.
func clusters(s string) func(yield func(int) bool) {
	return func(yield func(int) bool) {
		for start := 0; start < len(s); {
			start += cluster(s[start:])
			if !yield(start) {
				return
			}
		}
	}
}

const zeroWidthJoiner = '\u200d'

// cluster returns the length in bytes of the first letter of s.
func cluster(s string) int {
	previous, size := utf8.DecodeRuneInString(s)
	paired := false
	for size < len(s) {
		r, n := utf8.DecodeRuneInString(s[size:])
		flag := regional(previous) && regional(r) && !paired
		if !extends(r) && !flag && previous != zeroWidthJoiner {
			break
		}
		paired = paired || flag
		previous = r
		size += n
	}
	return size
}

// extends tells whether r belongs to the letter before it: an accent, a
// joiner, a variation selector or a skin tone.
func extends(r rune) bool {
	return r == zeroWidthJoiner || unicode.In(r, unicode.Mn, unicode.Me, unicode.Mc) ||
		(r >= 0x1F3FB && r <= 0x1F3FF)
}

// regional tells whether r is half of a flag.
func regional(r rune) bool { return r >= 0x1F1E6 && r <= 0x1F1FF }
