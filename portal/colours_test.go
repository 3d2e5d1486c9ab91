package portal

import (
	"math"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestColoursCanBeRead measures contrast as WCAG 2.2 does: 4.5 for text, 3 for
// the borders of controls, in the light and the dark scheme.
func TestColoursCanBeRead(t *testing.T) {
	light, dark, found := strings.Cut(string(css), "prefers-color-scheme: dark")
	require.True(t, found)
	for name, part := range map[string]string{"light": light, "dark": dark} {
		colour := map[string]string{}
		for _, m := range regexp.MustCompile(`--([a-z-]+): #([0-9a-f]{6});`).FindAllStringSubmatch(part, -1) {
			colour[m[1]] = m[2]
		}
		for _, c := range []struct {
			front, back string
			least       float64
		}{
			{"text", "ground", 4.5},
			{"faint", "ground", 4.5},
			{"accent", "ground", 4.5},
			{"on-accent", "accent", 4.5},
			{"border", "ground", 3},
		} {
			require.GreaterOrEqual(t, contrast(t, colour[c.front], colour[c.back]), c.least, "%s: %s on %s", name, c.front, c.back)
		}
	}
}

func TestPageIsSmall(t *testing.T) { require.Less(t, len(css), 4<<10) }

func contrast(t *testing.T, a, b string) float64 {
	t.Helper()
	x, y := luminance(t, a), luminance(t, b)
	return (max(x, y) + 0.05) / (min(x, y) + 0.05)
}

func luminance(t *testing.T, colour string) float64 {
	t.Helper()
	require.Len(t, colour, 6)
	sum := 0.0
	for i, weight := range []float64{0.2126, 0.7152, 0.0722} {
		n, err := strconv.ParseUint(colour[2*i:2*i+2], 16, 8)
		require.NoError(t, err)
		part := float64(n) / 255
		if part <= 0.04045 {
			part /= 12.92
		} else {
			part = math.Pow((part+0.055)/1.055, 2.4)
		}
		sum += weight * part
	}
	return sum
}
