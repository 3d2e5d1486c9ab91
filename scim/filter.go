package scim

import (
	"fmt"
	"slices"
	"strings"
)

// The limits of a filter: what providers send is a hundredth of it.
const (
	maxFilter = 8 << 10 // bytes
	maxDepth  = 20      // of parentheses and not
	maxNodes  = 200
)

// node is a part of a filter: comparison, both, either, negation or element.
type node any

type (
	// comparison is "attr op value"; for pr there is no value.
	comparison struct {
		path  path
		op    string
		value any
	}
	// both is "left and right", either "left or right".
	both   struct{ left, right node }
	either struct{ left, right node }
	// negation is "not (inner)".
	negation struct{ inner node }
	// element is `emails[type eq "work"]`: an element of the list matches.
	element struct{ path path }
)

// operators of RFC 7644, table 3, but pr.
var operators = []string{"eq", "ne", "co", "sw", "ew", "gt", "ge", "lt", "le"}

// parser reads filters by the grammar of RFC 7644 section 3.4.2.2.
type parser struct {
	lexer

	scimType string // of its errors
	depth    int
	nodes    int
}

// parseFilter reads a filter.
func parseFilter(text string) (node, error) {
	if len(text) > maxFilter {
		return nil, bad(invalidFilter, fmt.Sprintf("Use at most %d bytes of filter.", maxFilter))
	}
	p := parser{lexer: lexer{text: text}, scimType: invalidFilter}
	found, err := p.or()
	if err == nil && p.peek() != "" {
		err = p.unexpected()
	}
	return found, err
}

func (p *parser) unexpected() error {
	return bad(p.scimType, fmt.Sprintf("%s is not expected at character %d of %q.", clip(p.peek()), p.at+1, clip(p.text)))
}

// or reads terms with "or" between them, and those bind them with "and".
func (p *parser) or() (node, error) {
	return p.chain("or", p.and, func(left, right node) node { return either{left, right} })
}

func (p *parser) and() (node, error) {
	return p.chain("and", p.term, func(left, right node) node { return both{left, right} })
}

func (p *parser) chain(word string, part func() (node, error), join func(left, right node) node) (node, error) {
	left, err := part()
	for err == nil && strings.EqualFold(p.peek(), word) {
		p.next()
		var right node
		if right, err = part(); err == nil {
			left = join(left, right)
		}
	}
	return left, err
}

// term reads what stands in parentheses, after not, or a comparison.
func (p *parser) term() (node, error) {
	p.nodes++
	if p.nodes > maxNodes {
		return nil, bad(p.scimType, "The filter has too many parts.")
	}
	switch word := p.peek(); {
	case word == "(":
		return p.inner()
	case strings.EqualFold(word, "not"):
		p.next()
		inner, err := p.inner()
		return negation{inner}, err
	}
	return p.comparison()
}

// inner reads a filter in parentheses.
func (p *parser) inner() (node, error) {
	p.depth++
	if p.depth > maxDepth {
		return nil, bad(p.scimType, "The filter is nested too deeply.")
	}
	defer func() { p.depth-- }()
	if err := p.sign("("); err != nil {
		return nil, err
	}
	found, err := p.or()
	if err != nil {
		return nil, err
	}
	return found, p.sign(")")
}

func (p *parser) sign(s string) error {
	if p.peek() != s {
		return p.unexpected()
	}
	p.next()
	return nil
}

func (p *parser) comparison() (node, error) {
	attr, err := p.path()
	if err != nil {
		return nil, err
	}
	op := strings.ToLower(p.peek())
	switch {
	case op == "pr":
		p.next()
		return comparison{path: attr, op: op}, nil
	case slices.Contains(operators, op):
		p.next()
		v, err := value(p.next())
		return comparison{path: attr, op: op, value: v}, err
	case attr.filter != nil && attr.sub == "":
		return element{attr}, nil
	}
	return nil, p.unexpected()
}

// path reads an attribute with what follows it: [filter] and .sub.
func (p *parser) path() (path, error) {
	word := p.peek()
	if word == "" || !isLetter(word[0]) {
		return path{}, p.unexpected()
	}
	found := named(p.next())
	if p.at == len(p.text) || p.text[p.at] != '[' {
		return found, nil
	}
	p.depth++
	if p.depth > maxDepth {
		return path{}, bad(p.scimType, "The filter is nested too deeply.")
	}
	defer func() { p.depth-- }()
	p.next()
	var err error
	if found.filter, err = p.or(); err != nil {
		return path{}, err
	}
	if err := p.sign("]"); err != nil {
		return path{}, err
	}
	return p.subOf(found)
}

// subOf reads ".value" behind the bracket.
func (p *parser) subOf(of path) (path, error) {
	if p.at == len(p.text) || p.text[p.at] != '.' {
		return of, nil
	}
	if of.sub != "" {
		return path{}, p.unexpected()
	}
	of.sub = strings.ToLower(strings.TrimPrefix(p.next(), "."))
	if of.sub == "" {
		return path{}, p.unexpected()
	}
	return of, nil
}

func isLetter(c byte) bool { return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '$' }
