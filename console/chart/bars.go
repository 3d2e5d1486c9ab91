package chart

// Bar is one bar: a number of something.
type Bar struct {
	Label string
	N     int
	Tone  Tone
}

// The measures of bars, in pixels.
const (
	barRow   = 32
	barLeft  = 170
	barRight = 70
	barThick = 18
)

// Bars draws numbers side by side, each with its label and its number. number
// writes one as the language does.
func Bars(c Colours, number func(int) string, bars []Bar) []byte {
	most := 1
	for _, b := range bars {
		most = max(most, b.N)
	}
	d := draw(c, len(bars)*barRow+8)
	for i, b := range bars {
		y := i*barRow + 8
		long := (width - barLeft - barRight) * b.N / most
		if b.N > 0 {
			long = max(long, 2) // few among many are seen
		}
		d.label(barLeft-12, y+14, "end", b.Label)
		d.put(`<rect x="%d" y="%d" width="%d" height="%d" rx="3" fill="%s"/>`, barLeft, y, long, barThick, c.tones[b.Tone])
		d.label(barLeft+long+8, y+14, "start", number(b.N))
	}
	return d.done()
}
