package portal

import (
	"fmt"
	"strings"

	"rsc.io/qr"
)

// quietZone is the margin that a reader needs around a code, in modules
// (source: ISO/IEC 18004).
const quietZone = 4

// code is a QR code as an SVG path in a square of Size units. It stands in the
// page itself, for our policy lets a page load no pictures.
type code struct {
	Size int
	Path string
}

// codeOf draws a text as a QR code; the zero code where it is too long.
func codeOf(text string) code {
	drawn, err := qr.Encode(text, qr.M)
	if err != nil {
		return code{}
	}
	var path strings.Builder
	for y := range drawn.Size {
		for x := 0; x < drawn.Size; x++ {
			begin := x
			for x < drawn.Size && drawn.Black(x, y) {
				x++
			}
			if n := x - begin; n > 0 {
				_, _ = fmt.Fprintf(&path, "M%d %dh%dv1h-%dz", begin+quietZone, y+quietZone, n, n) // a Builder never fails
			}
		}
	}
	return code{Size: drawn.Size + 2*quietZone, Path: path.String()}
}
