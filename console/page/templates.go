package page

import (
	"bytes"
	"errors"
	"fmt"
	"html/template"
	"io/fs"
	"maps"
	"path"
	"strings"
)

// Templates are the pages in every language. They never change after start
// and are safe for concurrent use.
type Templates struct {
	pages map[string]map[string]*template.Template // by language and name
}

// LoadTemplates parses every page of a folder: frame.html and parts/*.html are
// in all of them, and each other file "<noun>/<name>.html" is the page
// "<noun>/<name>". A page of the folder signin is called by its name alone.
func LoadTemplates(files fs.FS, folder string, words *Words, assets *Assets) (*Templates, error) {
	t := &Templates{pages: map[string]map[string]*template.Template{}}
	shared := []string{path.Join(folder, "frame.html"), path.Join(folder, "parts", "*.html")}
	found, err := fs.Glob(files, path.Join(folder, "*", "*.html"))
	if err != nil {
		return nil, fmt.Errorf("finding pages: %w", err)
	}
	for _, lang := range Languages {
		base, err := template.New("").Funcs(functions(words.In(lang), assets)).ParseFS(files, shared...)
		if err != nil {
			return nil, fmt.Errorf("parsing the frame: %w", err)
		}
		t.pages[lang] = map[string]*template.Template{}
		for _, file := range found {
			name := nameOf(folder, file)
			if strings.HasPrefix(name, "parts/") {
				continue
			}
			if t.pages[lang][name], err = parsePage(base, files, file); err != nil {
				return nil, fmt.Errorf("parsing the page %s: %w", name, err)
			}
		}
	}
	return t, nil
}

// nameOf is a page's name by its file.
func nameOf(folder, file string) string {
	name := strings.TrimSuffix(strings.TrimPrefix(file, folder+"/"), ".html")
	return strings.TrimPrefix(name, "signin/")
}

func parsePage(base *template.Template, files fs.FS, file string) (*template.Template, error) {
	page, err := base.Clone()
	if err != nil {
		return nil, fmt.Errorf("copying the frame: %w", err)
	}
	return page.ParseFS(files, file)
}

// functions are what templates call, beside the built-in ones.
func functions(words *Tongue, assets *Assets) template.FuncMap {
	return template.FuncMap{
		"t":      words.T,
		"number": words.Number,
		"fault":  words.Fault,
		"asset":  assets.Path,
		"lang":   func() string { return words.Lang },
		"dict":   dict,
	}
}

// dict gives a template that is called several named values.
func dict(pairs ...any) (map[string]any, error) {
	if len(pairs)%2 != 0 {
		return nil, errors.New("dict: a name has no value")
	}
	d := map[string]any{}
	for i := 0; i < len(pairs); i += 2 {
		d[fmt.Sprint(pairs[i])] = pairs[i+1]
	}
	return d, nil
}

// Names are the names of all pages.
func (t *Templates) Names() []string {
	var names []string
	for name := range maps.Keys(t.pages[Languages[0]]) {
		names = append(names, name)
	}
	return names
}

// Render writes one block of a page in a language: "frame" is the whole of it.
func (t *Templates) Render(lang, page, block string, view any) ([]byte, error) {
	found := t.pages[lang][page]
	if found == nil {
		return nil, fmt.Errorf("there is no page %s in %s", page, lang)
	}
	var out bytes.Buffer
	if err := found.ExecuteTemplate(&out, block, view); err != nil {
		return nil, fmt.Errorf("writing the page %s: %w", page, err)
	}
	return out.Bytes(), nil
}
