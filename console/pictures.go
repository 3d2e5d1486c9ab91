package console

import (
	"net/http"

	"heraut/console/chart"
)

// acceptedPicture draws how the acceptances of a send came in.
func (v *visit) acceptedPicture() error {
	send, err := v.Store.Send(v.ctx(), v.id())
	if err != nil {
		return err
	}
	points, err := v.accepted(send)
	if err != nil {
		return err
	}
	first, last := "", ""
	if len(points) > 0 {
		first, last = v.clock.Exact(points[0].At), v.clock.Exact(points[len(points)-1].At)
	}
	return v.drawing(chart.Line(v.colours(), points, total(send.Counts), v.words.Number, first, last))
}

// statesPicture draws how far the members of a group are.
func (v *visit) statesPicture() error {
	_, n, err := v.countedGroup()
	if err != nil {
		return err
	}
	return v.drawing(chart.Bars(v.colours(), v.words.Number, []chart.Bar{
		{Label: v.t("state.user.enrolled"), N: n.Enrolled, Tone: chart.Good},
		{Label: v.t("state.user.invited"), N: n.Invited, Tone: chart.Wait},
		{Label: v.t("state.user.not_invited"), N: n.NotInvited, Tone: chart.Off},
	}))
}

// colours are those of the theme that the address asks for: an image can not
// know the page's.
func (v *visit) colours() chart.Colours {
	if v.query("theme") == "dark" {
		return chart.Dark
	}
	return chart.Light
}

func (v *visit) drawing(svg []byte) error { return v.c.Blob(http.StatusOK, "image/svg+xml", svg) }
