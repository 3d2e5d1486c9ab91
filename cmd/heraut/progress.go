package main

import (
	"fmt"
	"io"
	"strings"
)

// barWidth is the length of a full bar, in letters.
const barWidth = 40

// progress is a bar on a terminal, and nothing elsewhere.
type progress struct {
	out   io.Writer
	label string
	drawn bool
}

func newProgress(out io.Writer, label string) *progress {
	if !terminal(out) {
		out = io.Discard
	}
	return &progress{out: out, label: label}
}

// show draws the bar anew.
func (p *progress) show(done, total int) {
	if total <= 0 {
		return
	}
	full := min(barWidth, barWidth*done/total)
	p.drawn = true
	_, _ = fmt.Fprintf(p.out, "\r%s [%s%s] %3d %%  %d of %d lines", // a bar that fails is no reason to stop
		p.label, strings.Repeat("#", full), strings.Repeat(".", barWidth-full), min(100, 100*done/total), done, total)
}

// end leaves the line of the bar.
func (p *progress) end() {
	if p.drawn {
		_, _ = fmt.Fprintln(p.out) // as in show
	}
}
