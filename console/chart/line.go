package chart

import (
	"fmt"
	"strings"
	"time"
)

// Point is how many there were at a time.
type Point struct {
	At time.Time
	N  int
}

// The measures of a line, in pixels.
const (
	lineTop    = 16
	lineHigh   = 160
	lineLeft   = 56
	lineRight  = 12
	lineHeight = lineTop + lineHigh + 28
)

// Line draws points that grow up to at most top, between two words for the
// first and the last time. number writes one as the language does.
func Line(c Colours, points []Point, top int, number func(int) string, first, last string) []byte {
	top = max(top, 1)
	bottom, wide := lineTop+lineHigh, width-lineLeft-lineRight
	d := draw(c, lineHeight)
	for _, y := range []int{lineTop, bottom} {
		d.put(`<line x1="%d" y1="%d" x2="%d" y2="%d" stroke="%s"/>`, lineLeft, y, width-lineRight, y, c.line)
	}
	d.label(lineLeft-8, lineTop+4, "end", number(top))
	d.label(lineLeft-8, bottom+4, "end", number(0))
	steps := max(len(points)-1, 1)
	var path strings.Builder
	for i, p := range points {
		fmt.Fprintf(&path, "%d,%d ", lineLeft+wide*i/steps, bottom-lineHigh*min(p.N, top)/top)
	}
	d.put(`<polyline points="%s" fill="none" stroke="%s" stroke-width="2.5" stroke-linejoin="round"/>`, strings.TrimSpace(path.String()), c.accent)
	d.label(lineLeft, bottom+20, "start", first)
	d.label(width-lineRight, bottom+20, "end", last)
	return d.done()
}
