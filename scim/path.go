package scim

import "strings"

// The schemas of RFC 7643 whose attributes are known here.
const (
	userSchema  = "urn:ietf:params:scim:schemas:core:2.0:User"
	groupSchema = "urn:ietf:params:scim:schemas:core:2.0:Group"
)

// path names an attribute: "userName", "name.familyName",
// `emails[type eq "work"].value`. Names are folded, for they count in any case.
type path struct {
	// foreign paths are of an extension that is not kept here.
	foreign bool
	attr    string // empty in a path that names a whole schema
	sub     string
	filter  node // of the elements of a list; nil: all of them
}

// String is the path as the store and tables name it.
func (p path) String() string {
	if p.sub == "" {
		return p.attr
	}
	return p.attr + "." + p.sub
}

// named takes the name of an attribute apart, which may begin with the URN of
// its schema.
func named(name string) path {
	folded := strings.ToLower(name)
	if strings.HasPrefix(folded, "urn:") {
		rest, foreign := withoutSchema(folded)
		if foreign {
			return path{foreign: true}
		}
		folded = rest
	}
	attr, sub, _ := strings.Cut(folded, ".")
	return path{attr: attr, sub: sub}
}

func withoutSchema(folded string) (rest string, foreign bool) {
	for _, schema := range []string{userSchema, groupSchema} {
		if after, ok := strings.CutPrefix(folded, strings.ToLower(schema)); ok && (after == "" || after[0] == ':') {
			return strings.TrimPrefix(after, ":"), false
		}
	}
	return "", true
}

// parsePath reads the path of a PATCH operation (RFC 7644 section 3.5.2).
func parsePath(text string) (path, error) {
	if len(text) > maxFilter {
		return path{}, bad(invalidPath, "The path is too long.")
	}
	p := parser{lexer: lexer{text: text}, scimType: invalidPath}
	found, err := p.path()
	if err == nil && p.peek() != "" {
		err = p.unexpected()
	}
	return found, err
}
