package browsertest

import (
	"fmt"
	"strings"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// mostTabs bounds how far a person presses Tab to find something.
const mostTabs = 400

// named is the accessible name of the element that has the focus, as near as
// tests need it, after its role: "button Send", "link Users".
const named = `(() => {
	const e = document.activeElement;
	if (!e || e === document.body) return "";
	const label = e.getAttribute("aria-label") || (e.labels && e.labels.length ? e.labels[0].innerText : "") ||
		(e.matches("input[type=submit]") ? e.value : e.innerText) || e.getAttribute("title") || "";
	const kinds = {A: "link", BUTTON: "button", SUMMARY: "summary", SELECT: "choice", TEXTAREA: "field"};
	const kind = e.tagName === "INPUT" ? ({checkbox: "checkbox", radio: "radio", file: "file"}[e.type] || "field") : kinds[e.tagName] || e.tagName;
	return kind + " " + label.trim().replace(/\s+/g, " ");
})()`

// Focused tells what has the focus: "button Send".
func (p *Page) Focused() string { return eval[string](p, named) }

// ArrowDown and ArrowUp go through choices of which one counts.
const (
	ArrowDown = kb.ArrowDown
	ArrowUp   = kb.ArrowUp
)

// TabTo presses Tab until the named thing has the focus: "button Send". A name
// that ends in * is the beginning of one.
func (p *Page) TabTo(name string) {
	p.tb.Helper()
	var passed []string
	for range mostTabs {
		at := p.Focused()
		if start, open := strings.CutSuffix(name, "*"); at == name || open && strings.HasPrefix(at, start) {
			return
		}
		passed = append(passed, at)
		p.Press("\t")
	}
	p.tb.Fatalf("Tab never comes to %q; it passes:\n%q\nThe page is %s", name, passed[:100], p.Address())
}

// Press presses keys one after the other: "\r" is Enter, " " the space bar.
func (p *Page) Press(keys string) {
	p.tb.Helper()
	p.do(chromedp.KeyEvent(keys))
}

// Enter presses Tab until the named thing has the focus, then Enter on it, and
// waits for the page that follows.
func (p *Page) Enter(name string) {
	p.tb.Helper()
	p.TabTo(name)
	p.follow("\r")
}

// follow presses a key that leads to another page, and waits for that.
func (p *Page) follow(key string) {
	p.tb.Helper()
	eval[bool](p, `window.here = true`)
	p.Press(key)
	p.Until(`!window.here && document.readyState === "complete"`, "no other page came")
}

// Activate presses Tab until the named thing has the focus, then a key on it
// that stays on the page: Enter for a button of a live page, space for a box.
func (p *Page) Activate(name, key string) {
	p.tb.Helper()
	p.TabTo(name)
	p.Press(key)
}

// Fill presses Tab until the named field has the focus, and types a text over
// what is there.
func (p *Page) Fill(name, text string) {
	p.tb.Helper()
	p.TabTo(name)
	eval[bool](p, `document.activeElement.select && (document.activeElement.select(), true)`)
	p.Press(text)
	p.Until(fmt.Sprintf(`document.activeElement.value === %q`, text), "the field %q does not take %q", name, text)
}

// Submit presses Enter in a field whose form leads to another page.
func (p *Page) Submit() {
	p.tb.Helper()
	p.follow("\r")
}

// Value is what a field holds, by its selector.
func (p *Page) Value(selector string) string {
	return eval[string](p, fmt.Sprintf(`document.querySelector(%q).value`, selector))
}
