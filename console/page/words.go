package page

import (
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/BurntSushi/toml"
	"github.com/nicksnyder/go-i18n/v2/i18n"
	"golang.org/x/text/language"
	"golang.org/x/text/message"
)

// Languages are those in which the console is written; the first one is the
// last resort.
var Languages = []string{"nl", "en"}

// Words are the console's sentences in every language.
type Words struct {
	tongues map[string]*Tongue
	matcher language.Matcher
}

// LoadWords reads the files "<noun>.<language>.toml" of a folder: sentences by
// key, with "one" and "other" where they depend on a number. The files
// "faults.<language>.toml" translate what other rooms say, by its English text.
func LoadWords(files fs.FS, folder string) (*Words, error) {
	bundle := i18n.NewBundle(language.Dutch)
	bundle.RegisterUnmarshalFunc("toml", toml.Unmarshal)
	w := &Words{tongues: map[string]*Tongue{}, matcher: language.NewMatcher([]language.Tag{language.Dutch, language.English})}
	for _, lang := range Languages {
		w.tongues[lang] = &Tongue{Lang: lang, counted: map[string]bool{}, printer: message.NewPrinter(language.Make(lang))}
	}
	entries, err := fs.ReadDir(files, folder)
	if err != nil {
		return nil, fmt.Errorf("reading the words: %w", err)
	}
	for _, e := range entries {
		if err := w.load(bundle, files, path.Join(folder, e.Name())); err != nil {
			return nil, fmt.Errorf("reading %s: %w", e.Name(), err)
		}
	}
	for lang, t := range w.tongues {
		t.localizer = i18n.NewLocalizer(bundle, lang)
	}
	return w, nil
}

func (w *Words) load(bundle *i18n.Bundle, files fs.FS, name string) error {
	base := path.Base(name)
	if lang, found := strings.CutPrefix(base, "faults."); found {
		return w.loadFaults(files, name, strings.TrimSuffix(lang, ".toml"))
	}
	content, err := fs.ReadFile(files, name)
	if err != nil {
		return fmt.Errorf("opening it: %w", err)
	}
	read, err := bundle.ParseMessageFileBytes(content, base)
	if err != nil {
		return fmt.Errorf("parsing it: %w", err)
	}
	t := w.tongues[read.Tag.String()]
	for _, m := range read.Messages {
		if slices.Contains(t.keys, m.ID) {
			return fmt.Errorf("key %s stands in two files", m.ID)
		}
		t.keys = append(t.keys, m.ID)
		t.counted[m.ID] = m.One != ""
	}
	return nil
}

func (w *Words) loadFaults(files fs.FS, name, lang string) error {
	var translations map[string]string
	if _, err := toml.DecodeFS(files, name, &translations); err != nil {
		return fmt.Errorf("parsing it: %w", err)
	}
	w.tongues[lang].faults = newFaults(translations)
	return nil
}

// In is a language's words; one that is not known is the first.
func (w *Words) In(lang string) *Tongue {
	if t, known := w.tongues[lang]; known {
		return t
	}
	return w.tongues[Languages[0]]
}

// maxAccept bounds how much of an Accept-Language header is read, in bytes.
const maxAccept = 1000

// Accepted is the language that a browser asks for, among ours; empty when it
// asks for none of them.
func (w *Words) Accepted(header string) string {
	if len(header) > maxAccept {
		return ""
	}
	tags, _, err := language.ParseAcceptLanguage(header)
	if err != nil || len(tags) == 0 {
		return ""
	}
	_, i, confidence := w.matcher.Match(tags...)
	if confidence == language.No {
		return ""
	}
	return Languages[i]
}

// Tongue is the console in one language.
type Tongue struct {
	Lang      string
	keys      []string
	counted   map[string]bool // keys that say one thing for one and another for many
	faults    faults
	localizer *i18n.Localizer
	printer   *message.Printer
}

// Keys are the keys of all sentences.
func (t *Tongue) Keys() []string { return t.keys }

// T is the sentence of a key. pairs are names and values of its blanks; the
// one named n chooses between one and many, and is written as the language
// writes numbers.
func (t *Tongue) T(key string, pairs ...any) (string, error) {
	if len(pairs)%2 != 0 {
		return "", fmt.Errorf("words %s: a name has no value", key)
	}
	c := i18n.LocalizeConfig{MessageID: key}
	data := map[string]any{}
	for i := 0; i < len(pairs); i += 2 {
		name := fmt.Sprint(pairs[i])
		data[name] = pairs[i+1]
		if n, ok := pairs[i+1].(int); ok {
			data[name] = t.Number(n)
			if name == "n" && t.counted[key] {
				c.PluralCount = n
			}
		}
	}
	c.TemplateData = data
	text, err := t.localizer.Localize(&c)
	if err != nil {
		return "", fmt.Errorf("words %s in %s: %w", key, t.Lang, err)
	}
	return text, nil
}

// Must is T for keys that stand in the code; a key without a sentence is shown
// itself, and the test of the words finds it.
func (t *Tongue) Must(key string, pairs ...any) string {
	text, err := t.T(key, pairs...)
	if err != nil {
		return key
	}
	return text
}

// Has tells whether there is a sentence of the key.
func (t *Tongue) Has(key string) bool { return slices.Contains(t.keys, key) }

// Number writes a number as the language does: 1.204 or 1,204.
func (t *Tongue) Number(n int) string { return t.printer.Sprint(n) }

// Fault translates what another room said; what has no translation stays.
func (t *Tongue) Fault(sentence string) string { return t.faults.say(sentence) }
