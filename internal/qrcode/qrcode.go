// Package qrcode draws texts as QR codes for pages whose policy loads no
// pictures.
package qrcode

import (
	"fmt"
	"strings"

	"rsc.io/qr"
)

// quietZone is the margin that a reader needs around a code, in modules
// (source: ISO/IEC 18004).
const quietZone = 4

// Code is a QR code as an SVG path in a square of Size units; it stands in the
// page itself. The zero Code is none.
type Code struct {
	Size int
	Path string
}

// Of draws a text; the zero Code where it is too long.
func Of(text string) Code {
	drawn, err := qr.Encode(text, qr.M)
	if err != nil {
		return Code{}
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
	return Code{Size: drawn.Size + 2*quietZone, Path: path.String()}
}
