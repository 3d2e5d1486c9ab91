package console

import (
	"net/http"
	"net/url"

	"heraut/console/chart"
	"heraut/console/page"
	"heraut/invitation"
)

// sendPage is one send: how far it is, and how it goes on.
type sendPage struct {
	Send invitation.Send
	Who  string
	// Href is the user or group.
	Href          string
	Operator      bool
	Made, Settled page.Moment
	Rate          string
	Rows          []stateRow
	// Total is the plan's number, Gone how many are no longer to be sent, Open
	// how many can still be answered.
	Total, Gone, Open int
	// Accepted are the numbers of the picture.
	Accepted []acceptedRow
	Picture  picture
}

// Live tells that the numbers may still change.
func (p sendPage) Live() bool {
	return p.Send.State == invitation.SendRunning || p.Send.State == invitation.SendPaused || p.Open > 0
}

// Halted tells that nothing can be paused or cancelled any more.
func (p sendPage) Halted() bool {
	return p.Send.State == invitation.SendSettled || p.Send.State == invitation.SendCancelled
}

// stateRow is how many invitations of a send are in a state, and where they are.
type stateRow struct {
	State            invitation.State
	Text, Tone, Href string
	N                int
}

// acceptedRow is one point of the picture: how many had accepted by then.
type acceptedRow struct {
	At page.Moment
	N  int
}

// picture is an image that fits the light and the dark theme.
type picture struct {
	Href, Alt string
	// Theme is the one that was chosen; empty: as the browser prefers.
	Theme string
}

func (v *visit) send() error {
	v.section = "sends"
	s, err := v.Store.Send(v.ctx(), v.id())
	if err != nil {
		return err
	}
	p, err := v.sendPage(s)
	if err != nil {
		return err
	}
	if p.Live() {
		v.stream = streamFor("/sends/"+s.ID, nil)
	}
	return v.show(http.StatusOK, "sends/show", nil, p)
}

func (v *visit) sendPage(s invitation.Send) (sendPage, error) {
	p, err := v.sendNumbers(s)
	if err != nil {
		return p, err
	}
	who, err := v.whoOf([]invitation.Send{s})
	if err != nil {
		return p, err
	}
	p.Who = who[s.ID]
	points, err := v.accepted(s)
	for _, point := range points {
		at := v.clock.At(point.At)
		at.Words = v.clock.Exact(point.At)
		p.Accepted = append(p.Accepted, acceptedRow{At: at, N: point.N})
	}
	p.Picture = v.picture("/sends/"+s.ID+"/accepted.svg", v.t("sends.accepted.alt", "n", s.Counts[invitation.Accepted], "total", p.Total))
	return p, err
}

// sendNumbers is what may change while one looks at a send.
func (v *visit) sendNumbers(s invitation.Send) (sendPage, error) {
	p := sendPage{
		Send: s, Href: backOf(invitation.Request{UserID: s.UserID, GroupID: s.GroupID}), Operator: v.can(operator),
		Made: v.clock.At(s.CreatedAt), Settled: v.clock.At(s.SettledAt), Total: total(s.Counts), Open: open(s.Counts),
	}
	p.Gone = p.Total - s.Counts[invitation.Queued]
	for _, state := range invitation.States {
		p.Rows = append(p.Rows, v.stateRow(s, state))
	}
	var err error
	p.Rate, err = v.rate()
	return p, err
}

func (v *visit) picture(href, alt string) picture {
	return picture{Href: href, Alt: alt, Theme: string(v.me.Theme)}
}

func (v *visit) stateRow(s invitation.Send, state invitation.State) stateRow {
	list, tone := "/tasks/active", "wait"
	if !state.Open() {
		list, tone = "/tasks/completed", tones[state]
	}
	return stateRow{
		State: state, Text: v.t("state.invitation." + string(state)), Tone: tone, N: s.Counts[state],
		Href: with(list, url.Values{"send_id": {s.ID}, "state": {string(state)}}),
	}
}

// pictureParts is into how many spans the time of a send is divided for its
// picture: as many rows as the table beside it has.
const pictureParts = 8

// accepted tells how many had accepted, over the time of the send until now or
// its end.
func (v *visit) accepted(s invitation.Send) ([]chart.Point, error) {
	end := v.clock.Now
	if !s.SettledAt.IsZero() {
		end = s.SettledAt
	}
	progress, err := v.Store.SendProgress(v.ctx(), s.ID, s.CreatedAt, end.Sub(s.CreatedAt)/pictureParts)
	points := make([]chart.Point, len(progress))
	for i, p := range progress {
		points[i] = chart.Point{At: p.At, N: p.Settled[invitation.Accepted]}
	}
	return points, err
}
