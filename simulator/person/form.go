package person

import (
	"errors"
	"net/url"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// form is a form as one of its buttons sends it.
type form struct {
	action string
	fields url.Values
}

// findForm finds the form with the button that sends answer=intent.
func findForm(tree *html.Node, intent Intent) (form, bool) {
	for n := range tree.Descendants() {
		if n.DataAtom != atom.Form || attribute(n, "method") != "post" {
			continue
		}
		f := form{action: attribute(n, "action"), fields: url.Values{}}
		found := false
		for field := range n.Descendants() {
			name, value := attribute(field, "name"), attribute(field, "value")
			switch {
			case field.DataAtom == atom.Input && attribute(field, "type") == "hidden":
				f.fields.Add(name, value)
			case field.DataAtom == atom.Button && name == "answer" && value == string(intent):
				f.fields.Add(name, value)
				found = true
			}
		}
		if found {
			return f, true
		}
	}
	return form{}, false
}

// accountField is the field of the page at Apple in which a person types the
// Apple Account.
const accountField = "account"

// findSignIn finds the form at Apple and fills the account in.
func findSignIn(tree *html.Node, account string) (form, bool) {
	for n := range tree.Descendants() {
		if n.DataAtom != atom.Form || attribute(n, "method") != "post" {
			continue
		}
		for field := range n.Descendants() {
			if field.DataAtom == atom.Input && attribute(field, "name") == accountField {
				return form{action: attribute(n, "action"), fields: url.Values{accountField: {account}}}, true
			}
		}
	}
	return form{}, false
}

// findAppleLink finds the link that leads on to Apple: the only one of the
// page that carries an invite code.
func findAppleLink(tree *html.Node) string {
	for n := range tree.Descendants() {
		if n.DataAtom != atom.A {
			continue
		}
		if u, err := url.Parse(attribute(n, "href")); err == nil && u.Query().Get("inviteCode") != "" {
			return u.String()
		}
	}
	return ""
}

func attribute(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

// withoutLink drops the address from an error: whoever holds it may answer.
func withoutLink(err error) error {
	if withURL, ok := errors.AsType[*url.Error](err); ok {
		return withURL.Err
	}
	return err
}
