package console

import (
	"encoding/base64"
	"encoding/json"
	"net/url"
	"slices"

	"heraut/fault"
	"heraut/people"
)

// listPane is the middle pane: a list to find and pick one in.
type listPane struct {
	// Noun names the words: "users" has users.find, users.empty, users.add.
	Noun string
	// Base is the list's own address.
	Base  string
	Query string
	// Filters narrow the list beside the search.
	Filters []listFilter
	Items   []listItem
	// More and Back are the addresses of the next and the first part; empty:
	// there is none.
	More, Back string
	// Add is where one is made; empty: not by this visitor.
	Add string
}

// listItem is one line of it.
type listItem struct {
	Name, Note, Count, Href string
	// Said is what Count means, for those who hear it; empty: what it says.
	Said     string
	Selected bool
	// Drag is what dragging the line carries, Drop where what is dropped on it
	// is sent.
	Drag, Drop string
}

// paneLimit is how many lines the middle pane has at once.
const paneLimit = 50

// place reads the cursor of an address; what was changed by hand is refused.
func (v *visit) place() (people.Cursor, error) { return v.placeAt("after") }

// placeAt is place for one of several lists on a page.
func (v *visit) placeAt(name string) (people.Cursor, error) {
	var at people.Cursor
	text := v.query(name)
	if text == "" {
		return at, nil
	}
	raw, err := base64.RawURLEncoding.DecodeString(text)
	if err == nil {
		err = json.Unmarshal(raw, &at)
	}
	if err != nil {
		return at, fault.Invalid(fault.Field{Pointer: name, Message: "This is no place in the list. Open the list anew."})
	}
	return at, nil
}

// after writes a cursor for an address.
func after(at people.Cursor) string {
	raw, err := json.Marshal(at)
	if err != nil { // two strings always can
		return ""
	}
	return base64.RawURLEncoding.EncodeToString(raw)
}

// keep is the part of the address that picks the list, to be carried on by its
// lines: what was looked for, and from where on.
func (v *visit) keep() url.Values {
	kept := url.Values{}
	for _, name := range []string{"q", "state", "platform", "assigned", "sort", "after"} {
		if value := v.query(name); value != "" {
			kept.Set(name, value)
		}
	}
	return kept
}

// with is an address with a query; an empty one adds nothing.
func with(path string, q url.Values) string {
	if len(q) == 0 {
		return path
	}
	return path + "?" + q.Encode()
}

// pane frames the lines of a list.
func (v *visit) pane(noun, base string, items []listItem, next *people.Cursor) listPane {
	p := listPane{Noun: noun, Base: base, Query: v.wanted(), Items: items}
	kept := v.keep()
	if kept.Has("after") {
		kept.Del("after")
		p.Back = with(base, kept)
	}
	if next != nil {
		kept.Set("after", after(*next))
		p.More = with(base, kept)
	}
	return p
}

// listItems answers a list that follows what is typed or chosen. The browser's
// address becomes one without empty choices.
func (v *visit) listItems(name string, pane listPane) error {
	v.c.Response().Header().Set("HX-Push-Url", with(pane.Base, v.keep()))
	return v.part(name, "list items", pane)
}

// listFilter is a choice beside the search field of the middle pane.
type listFilter struct {
	Name, Label, Chosen string
	// Options are values with their words; the empty value narrows nothing.
	Options []option
}

type option struct{ Value, Word string }

// Narrowed tells whether the list shows less than there is.
func (p listPane) Narrowed() bool {
	return p.Query != "" || slices.ContainsFunc(p.Filters, func(f listFilter) bool { return f.Name != "sort" && f.Chosen != "" })
}

// Opened tells whether a choice other than the usual is made.
func (p listPane) Opened() bool {
	return slices.ContainsFunc(p.Filters, func(f listFilter) bool { return f.Chosen != "" })
}

// order is the order that the address asks for.
func (v *visit) order() people.Sort { return people.Sort(v.query("sort")) }

// orders are the choice of an order: by name, and by what else there is.
func (v *visit) orders(more ...people.Sort) listFilter {
	f := listFilter{Name: "sort", Label: v.t("list.order"), Chosen: v.query("sort")}
	for _, s := range append([]people.Sort{people.ByName, people.ByNameDown}, more...) {
		f.Options = append(f.Options, option{string(s), v.t("list.order." + orderWords[s])})
	}
	return f
}

// orderWords are the ends of the keys of what orders are called.
var orderWords = map[people.Sort]string{
	people.ByName: "name", people.ByNameDown: "name_down", people.ByChange: "change", people.ByOwner: "owner",
}

// steps lead through one list of a page that may have several.
type steps struct{ More, Back string }

// stepsOf are the addresses of the parts of a list whose place stands in the
// address under a name.
func (v *visit) stepsOf(name string, next *people.Cursor) steps {
	var s steps
	q := v.c.Request().URL.Query()
	q.Del("said")
	q.Del("n")
	path := v.c.Request().URL.Path
	if q.Has(name) {
		q.Del(name)
		s.Back = with(path, q)
	}
	if next != nil {
		q.Set(name, after(*next))
		s.More = with(path, q)
	}
	return s
}
