package console

import (
	"cmp"
	"net/http"
	"regexp"
	"strings"
	"time"

	"heraut/settings"
)

// finding is what one check found, in words.
type finding struct {
	// Base is what it is about, by which the words are found.
	Base, Detail string
	// Tone is the shape beside the words: good, wait (it ends soon) or bad.
	Tone string
	// Link is the page that mends it; empty: it is mended elsewhere.
	Link string
}

// mends are the pages that mend what a check finds.
var mends = map[string]string{
	"mail_route": "/settings/mail", "push_certificate_alert": "/settings/push", "push_certificate_mdm": "/settings/push",
	"mdm": "/settings/mdm", "content_token": "/settings/content", "notifications": "/settings/content",
}

// preflight makes the checks now and shows what they find.
func (v *visit) preflight() error {
	found := v.Preflight.Check(v.ctx())
	if err := v.ctx().Err(); err != nil {
		return err // half a round of checks is not to be remembered
	}
	v.checks.keep(found)
	findings := make([]finding, len(found))
	for i, c := range found {
		base := checkBase(c.Name)
		findings[i] = finding{Base: base, Detail: v.detail(c.Detail), Tone: toneOf(c), Link: mends[base]}
	}
	return v.showSettings(http.StatusOK, "settings/preflight", "preflight", findings)
}

func toneOf(c settings.Check) string {
	switch {
	case !c.OK:
		return "bad"
	case c.Soon:
		return "wait"
	}
	return "good"
}

func (v *visit) preflightState() (string, error) {
	found, known := v.checks.get()
	if !known {
		return v.t("preflight.state.unknown"), nil
	}
	n := 0
	for _, c := range found {
		if toneOf(c) != "good" {
			n++
		}
	}
	if n == 0 {
		return v.t("preflight.state.good"), nil
	}
	return v.t("preflight.state.bad", "n", n), nil
}

// isoDay is how other rooms write a day.
var isoDay = regexp.MustCompile(`\b\d{4}-\d{2}-\d{2}\b`)

// sentenceEnd is where one sentence of a detail ends and the next begins.
var sentenceEnd = regexp.MustCompile(`[.?]( )\p{Lu}`)

// detail says several sentences of another room in the visitor's language. The
// shortest run of sentences that has a translation wins: the blanks of a
// longer one would swallow what has words of its own.
func (v *visit) detail(text string) string {
	parts := sentences(text)
	var said []string
	for len(parts) > 0 {
		n, words := 1, parts[0]
		for k := 1; k <= len(parts); k++ {
			run := strings.Join(parts[:k], " ")
			if translated := v.words.Fault(run); translated != run {
				n, words = k, translated
				break
			}
		}
		said = append(said, words)
		parts = parts[n:]
	}
	return isoDay.ReplaceAllStringFunc(strings.Join(said, " "), func(day string) string {
		at, err := time.ParseInLocation(time.DateOnly, day, cmp.Or(v.clock.Zone, time.UTC))
		if err != nil {
			return day // a number that only looks like one
		}
		return v.clock.Day(at)
	})
}

func sentences(text string) []string {
	var parts []string
	from := 0
	for _, at := range sentenceEnd.FindAllStringSubmatchIndex(text, -1) {
		parts = append(parts, text[from:at[2]])
		from = at[3]
	}
	return append(parts, text[from:])
}
