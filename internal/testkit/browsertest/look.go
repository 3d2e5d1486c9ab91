package browsertest

import (
	"context"
	_ "embed" // axe-core

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"
)

// axe is axe-core 4.14.1 (MPL-2.0), unchanged: it looks for what keeps people
// out of a page.
//
//go:embed axe/axe.min.js
var axe string

// Violation is one thing that axe-core finds.
type Violation struct {
	ID   string   `json:"id"`
	Help string   `json:"help"`
	Size string   `json:"impact"`
	At   []string `json:"at"`
}

// Violations are what axe-core finds on the page.
func (p *Page) Violations() []Violation {
	p.tb.Helper()
	p.do(chromedp.Evaluate[chromedp.Void](axe))
	ctx, cancel := context.WithTimeout(p.ctx, patience) // without script it would never end
	defer cancel()
	found, err := chromedp.Run(ctx, chromedp.Evaluate[[]Violation](`axe.run(document, {resultTypes: ["violations"]}).then(
		(r) => r.violations.map((v) => ({id: v.id, help: v.help, impact: v.impact, at: v.nodes.map((n) => n.html.slice(0, 200))})))`,
		chromedp.EvalAwaitPromise))
	require.NoError(p.tb, err)
	return found
}

// Accessible demands that axe-core finds nothing.
func (p *Page) Accessible() {
	p.tb.Helper()
	for _, v := range p.Violations() {
		p.tb.Errorf("%s: %s (%s, %s): %q", p.Address(), v.Help, v.ID, v.Size, v.At)
	}
}

// Status is the HTTP status that the page came with.
func (p *Page) Status() int {
	return eval[int](p, `performance.getEntriesByType("navigation")[0].responseStatus`)
}

// Wide tells how much of the page stands out at the side, in CSS pixels.
func (p *Page) Wide() int {
	return eval[int](p, `document.documentElement.scrollWidth - document.documentElement.clientWidth`)
}

// Weight is how many bytes the page took on its way, everything included; what
// the browser had before counts too.
func (p *Page) Weight() int {
	return eval[int](p, `[...performance.getEntriesByType("navigation"), ...performance.getEntriesByType("resource")]
		.reduce((sum, e) => sum + e.encodedBodySize, 0)`)
}

// RoundTrips is how many requests wait for each other before the page is
// painted: its own, those that it was led on by, what it can not be painted
// without, and what that loads in its turn.
func (p *Page) RoundTrips() int {
	return eval[int](p, `(() => {
		const needed = performance.getEntriesByType("resource").filter((e) => e.renderBlockingStatus === "blocking");
		const nested = needed.some((e) => e.initiatorType === "css");
		return 1 + performance.getEntriesByType("navigation")[0].redirectCount + (needed.length > 0) + nested;
	})()`)
}
