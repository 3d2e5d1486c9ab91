package page

import (
	"regexp"
	"strings"
)

// faults translate what other rooms say.
type faults struct {
	whole    map[string]string
	patterns []pattern
}

// pattern is a sentence with blanks, and its translation, where $1, $2 and so
// on stand for what the blanks were filled in with.
type pattern struct {
	sentence    *regexp.Regexp
	translation string
}

// blank is a verb of package fmt.
var blank = regexp.MustCompile(`%[sdq]`)

func newFaults(translations map[string]string) faults {
	f := faults{whole: map[string]string{}}
	for sentence, translation := range translations {
		if !blank.MatchString(sentence) {
			f.whole[sentence] = translation
			continue
		}
		parts := blank.Split(sentence, -1)
		for i := range parts {
			parts[i] = regexp.QuoteMeta(parts[i])
		}
		f.patterns = append(f.patterns, pattern{regexp.MustCompile(`^` + strings.Join(parts, `(.+?)`) + `$`), translation})
	}
	return f
}

// column is the name of a file's column before what is wrong in it.
var column = regexp.MustCompile(`^[a-z_]+: `)

// say translates what another room says: as one, or else sentence by sentence,
// behind the column that it is about. What has no translation stays.
func (f faults) say(text string) string {
	if translated, known := f.translate(text); known {
		return translated
	}
	about := column.FindString(text)
	sentences := strings.SplitAfter(text[len(about):], ". ")
	for i, s := range sentences {
		end := s[len(strings.TrimRight(s, " ")):]
		translated, _ := f.translate(strings.TrimRight(s, " "))
		sentences[i] = translated + end
	}
	return about + strings.Join(sentences, "")
}

func (f faults) translate(sentence string) (translated string, known bool) {
	if translated, known := f.whole[sentence]; known {
		return translated, true
	}
	for _, p := range f.patterns {
		if found := p.sentence.FindStringSubmatchIndex(sentence); found != nil {
			return string(p.sentence.ExpandString(nil, p.translation, sentence, found)), true
		}
	}
	return sentence, false
}
