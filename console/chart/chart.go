// Package chart draws small pictures as SVG: no script, no style, attributes
// alone, so that they show under the strictest policy and in an img element.
package chart

import (
	"bytes"
	"fmt"
	"html"
)

// Tone is what a colour says.
type Tone int

// The tones.
const (
	Good Tone = iota
	Wait
	Off
)

// Colours are those of one theme. Text has at least 4.5:1 against the ground of
// the page, and shapes 3:1.
type Colours struct {
	text, line, accent string
	tones              [3]string
}

// The themes; the values are the stylesheet's.
var (
	Light = Colours{text: "#5c5c61", line: "#85858a", accent: "#0058b8", tones: [3]string{"#1a7036", "#7a4d00", "#85858a"}}
	Dark  = Colours{text: "#b0b0b6", line: "#808087", accent: "#6cb0ff", tones: [3]string{"#7bd893", "#f0c064", "#808087"}}
)

// width is that of every picture, in pixels; text is as wide as it is.
const width = 560

// drawing is an SVG that is being written.
type drawing struct {
	bytes.Buffer
	c Colours
}

func draw(c Colours, height int) *drawing {
	d := &drawing{c: c}
	d.put(`<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" viewBox="0 0 %d %d" font-family="system-ui, sans-serif" font-size="13">`,
		width, height, width, height)
	return d
}

func (d *drawing) put(format string, args ...any) { fmt.Fprintf(&d.Buffer, format+"\n", args...) }

// label writes text; anchor is start or end.
func (d *drawing) label(x, y int, anchor, text string) {
	d.put(`<text x="%d" y="%d" text-anchor="%s" fill="%s">%s</text>`, x, y, anchor, d.c.text, html.EscapeString(text))
}

func (d *drawing) done() []byte {
	d.put("</svg>")
	return d.Bytes()
}
