package chart_test

import (
	"encoding/xml"
	"errors"
	"io"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"heraut/console/chart"
)

// wellFormed reads a picture to its end.
func wellFormed(t *testing.T, svg []byte) {
	t.Helper()
	d := xml.NewDecoder(strings.NewReader(string(svg)))
	for {
		_, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		require.NoError(t, err, string(svg))
	}
	require.NotContains(t, string(svg), "style")
	require.NotContains(t, string(svg), "<script")
}

func TestLine(t *testing.T) {
	begin := time.Date(2026, 11, 12, 8, 0, 0, 0, time.UTC)
	for _, colours := range []chart.Colours{chart.Light, chart.Dark} {
		svg := chart.Line(colours, []chart.Point{{begin, 0}, {begin.Add(time.Hour), 30}, {begin.Add(2 * time.Hour), 60}}, 60, strconv.Itoa, "8 <", "10 &")
		wellFormed(t, svg)
		require.Contains(t, string(svg), `points="56,176 302,96 548,16"`, "none, half, all")
		require.Contains(t, string(svg), "8 &lt;")
		require.Contains(t, string(svg), ">60<")
	}
	wellFormed(t, chart.Line(chart.Light, nil, 0, strconv.Itoa, "", ""))
}

func TestBars(t *testing.T) {
	svg := chart.Bars(chart.Dark, strconv.Itoa, []chart.Bar{{"ingeschreven", 1000, chart.Good}, {"uitgenodigd", 1, chart.Wait}, {"<b>", 0, chart.Off}})
	wellFormed(t, svg)
	require.Contains(t, string(svg), `width="320" height="18"`, "the longest")
	require.Contains(t, string(svg), `width="2" height="18"`, "few are seen")
	require.Contains(t, string(svg), `width="0" height="18"`, "none is not")
	require.Contains(t, string(svg), "&lt;b&gt;")
	wellFormed(t, chart.Bars(chart.Light, strconv.Itoa, nil))
}
