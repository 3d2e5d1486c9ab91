package console

import (
	"context"
	"net/http"
	"net/url"
	"time"

	"heraut/console/page"
	"heraut/invitation"
	"heraut/people"
	"heraut/settings"
)

var sendsRoutes = []route{
	{get, "/sends", viewer, (*visit).sends},
	{get, "/sends/:id", viewer, (*visit).send},
	{get, "/sends/:id/accepted.svg", viewer, (*visit).acceptedPicture},
	{post, "/sends/:id/pause", operator, (*visit).pauseSend},
	{post, "/sends/:id/resume", operator, (*visit).resumeSend},
	{get, "/sends/:id/cancel", operator, (*visit).askCancelSend},
	{post, "/sends/:id/cancel", operator, (*visit).cancelSend},
	{get, "/groups/:id/states.svg", viewer, (*visit).statesPicture},
}

// sendsStore keeps sends.
type sendsStore interface {
	Send(ctx context.Context, id string) (invitation.Send, error)
	ListSends(ctx context.Context, after people.Cursor, limit int) (people.Page[invitation.Send], error)
	SendProgress(ctx context.Context, sendID string, from time.Time, bucket time.Duration) ([]invitation.Point, error)
	PauseSend(ctx context.Context, actor people.Actor, id string) (invitation.Send, error)
	ResumeSend(ctx context.Context, actor people.Actor, id string) (invitation.Send, error)
	CancelSend(ctx context.Context, actor people.Actor, id string) (invitation.Send, error)
	RouteState(ctx context.Context, route invitation.Route) (invitation.RouteState, error)
	GroupCounts(ctx context.Context, ids ...string) (map[string]people.GroupCounts, error)
}

// sendLine is one send in the list.
type sendLine struct {
	ID, Who string
	State   invitation.SendState
	Made    page.Moment
	// Total is the number of invitations, Accepted how many were accepted, Open
	// how many can still be answered.
	Total, Accepted, Open int
}

// sendsList is one part of the list.
type sendsList struct {
	Lines []sendLine
	// More and First are the addresses of the next and the first part.
	More, First string
}

const sendsLimit = 50

func (v *visit) sends() error {
	v.section = "sends"
	at, err := v.place()
	if err != nil {
		return err
	}
	found, err := v.Store.ListSends(v.ctx(), at, sendsLimit)
	if err != nil {
		return err
	}
	var list sendsList
	if list.Lines, err = v.sendLines(found.Items); err != nil {
		return err
	}
	if found.Next != nil {
		list.More = with("/sends", url.Values{"after": {after(*found.Next)}})
	}
	if v.query("after") != "" {
		list.First = "/sends"
	}
	return v.show(http.StatusOK, "sends/list", nil, list)
}

// sendLines are sends as lists show them.
func (v *visit) sendLines(sends []invitation.Send) ([]sendLine, error) {
	who, err := v.whoOf(sends)
	if err != nil {
		return nil, err
	}
	var lines []sendLine
	for _, s := range sends {
		lines = append(lines, sendLine{
			ID: s.ID, Who: who[s.ID], State: s.State, Made: v.clock.At(s.CreatedAt),
			Total: total(s.Counts), Accepted: s.Counts[invitation.Accepted], Open: open(s.Counts),
		})
	}
	return lines, nil
}

// whoOf names the user or group of each send, in at most three queries.
func (v *visit) whoOf(sends []invitation.Send) (map[string]string, error) {
	var users, groups []string
	for _, s := range sends {
		users, groups = append(users, s.UserID), append(groups, s.GroupID)
	}
	names, err := v.Store.NamesOf(v.ctx(), distinct(users), nil)
	if err != nil {
		return nil, err
	}
	ofGroups, err := v.Store.GroupNames(v.ctx(), distinct(groups)...)
	who := make(map[string]string, len(sends))
	for _, s := range sends {
		who[s.ID] = ofGroups[s.GroupID]
		if s.GroupID == "" {
			who[s.ID] = names.Users[s.UserID].FullName
		}
	}
	return who, err
}

// total sums the counts of a send: always the number of its plan.
func total(counts map[invitation.State]int) int {
	n := 0
	for _, count := range counts {
		n += count
	}
	return n
}

// open sums the counts of what can still be answered.
func open(counts map[invitation.State]int) int {
	n := 0
	for _, state := range invitation.OpenStates {
		n += counts[state]
	}
	return n
}

// rate says how fast mail leaves: "40 per minuut, gepauzeerd tot 14:05".
func (v *visit) rate() (string, error) {
	mail, _, err := settings.ReadMail(v.ctx(), v.Store)
	if err != nil {
		return "", err
	}
	route, err := v.Store.RouteState(v.ctx(), invitation.RouteMail)
	if err != nil {
		return "", err
	}
	text := v.t("sends.rate.none")
	if mail.PerMinute > 0 {
		text = v.t("sends.rate", "n", mail.PerMinute)
	}
	if until := route.PausedUntil(); until.After(v.clock.Now) {
		text += ", " + v.t("sends.rate.paused", "time", v.clock.Minute(until))
	}
	return text, nil
}
