// Package browsertest opens pages in Debian's Chromium as a person would: by
// keyboard, with or without script, in either language.
package browsertest

import (
	"context"
	"fmt"
	"os/exec"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"
)

// patience bounds every wait: only a failure uses it up.
const patience = 60 * time.Second

// Options say how a person looks at pages.
type Options struct {
	Language      string // of the browser: "nl", "en"
	Width, Height int64  // in CSS pixels; zero: 1280 by 900
	Dark          bool
	NoScript      bool
}

// Page is one tab of a browser.
type Page struct {
	tb       testing.TB
	ctx      context.Context
	language string
}

// Open starts a browser with an empty profile, until the test ends.
func Open(tb testing.TB, o Options) *Page {
	tb.Helper()
	path, err := exec.LookPath("chromium")
	require.NoError(tb, err, "tests need Debian's package chromium")
	flags := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.DisableGPU, chromedp.UserDataDir(tb.TempDir()),
		chromedp.Flag("accept-lang", o.Language), chromedp.Flag("lang", o.Language), chromedp.Flag("disable-quic", true),
		chromedp.Flag("disable-component-update", true), chromedp.Flag("force-prefers-reduced-motion", true),
	)
	parent, stop := chromedp.NewExecAllocator(context.WithoutCancel(tb.Context()), flags...)
	tb.Cleanup(stop)
	ctx, closeTab := chromedp.NewContext(parent)
	tb.Cleanup(closeTab)
	p := &Page{tb: tb, ctx: ctx, language: o.Language}
	require.NoError(tb, chromedp.Do(ctx), "starting Chromium")
	p.Look(o)
	return p
}

// Look makes the browser see pages as a person does from now on; its language
// stays.
func (p *Page) Look(o Options) {
	p.tb.Helper()
	if o.Width == 0 {
		o.Width, o.Height = 1280, 900
	}
	p.do(chromedp.EmulateViewport(o.Width, o.Height))
	scheme := "light"
	if o.Dark {
		scheme = "dark"
	}
	_, err := chromedp.Call(p.ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
		Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}},
	})
	require.NoError(p.tb, err)
	_, err = chromedp.Call(p.ctx, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: o.NoScript})
	require.NoError(p.tb, err)
}

// Print makes the browser show pages as it prints them.
func (p *Page) Print() {
	p.tb.Helper()
	_, err := chromedp.Call(p.ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Media: "print"})
	require.NoError(p.tb, err)
}

// do runs actions with patience.
func (p *Page) do(steps ...chromedp.Action[chromedp.Void]) {
	p.tb.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	err := chromedp.Do(ctx, steps...)
	if err != nil {
		p.tb.Fatalf("%v\nThe page is %s and says:\n%s", err, p.Address(), p.Words())
	}
}

// Go opens an address.
func (p *Page) Go(url string) {
	p.tb.Helper()
	p.do(chromedp.Navigate(url))
}

// Back goes back as the browser's button does. A page that was kept comes
// without loading: wait for what it says.
func (p *Page) Back() {
	p.tb.Helper()
	eval[bool](p, `(history.back(), true)`)
}

// Language is the browser's.
func (p *Page) Language() string { return p.language }

// Address is where the page is.
func (p *Page) Address() string { return eval[string](p, `location.href`) }

// Title is the page's title.
func (p *Page) Title() string { return eval[string](p, `document.title`) }

// Words are what a person can read on the page.
func (p *Page) Words() string { return eval[string](p, `document.body ? document.body.innerText : ""`) }

// eval runs an expression in the page; a page that is going away is asked
// again by those who wait.
func eval[T any](p *Page, expression string) T {
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	value, err := chromedp.Run(ctx, chromedp.Evaluate[T](expression))
	if err != nil {
		var none T
		return none
	}
	return value
}

// Until waits until an expression is true.
func (p *Page) Until(expression, message string, args ...any) {
	p.tb.Helper()
	held := func() bool { return eval[bool](p, `Boolean(`+expression+`)`) }
	if !eventually(p.ctx, held) {
		p.tb.Fatalf("%s\nThe page is %s and says:\n%s", fmt.Sprintf(message, args...), p.Address(), p.Words())
	}
}

// eventually asks at a steady pace until it holds or patience ends.
func eventually(ctx context.Context, held func() bool) bool {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	tick := time.NewTicker(25 * time.Millisecond)
	defer tick.Stop()
	for !held() {
		select {
		case <-tick.C:
		case <-ctx.Done():
			return false
		}
	}
	return true
}

// See waits until the page says a text.
func (p *Page) See(text string) {
	p.tb.Helper()
	p.Until(fmt.Sprintf(`document.body && document.body.innerText.includes(%q)`, text), "the page never says %q", text)
}
