package console

import (
	"context"
	"net/http"

	"heraut/invitation"
	"heraut/people"
)

var homeRoutes = []route{{get, "/", viewer, (*visit).home}}

// homePage is what goes on, and what is still to be set up.
type homePage struct {
	Steps []firstStep
	// Left is how many steps are not done.
	Left int
	// Sends are the latest ones that run or are paused.
	Sends []sendLine
	// Everybody is how far all users are.
	Everybody people.GroupCounts
}

// homeStore tells how far all users are.
type homeStore interface {
	EverybodyCounts(ctx context.Context) (people.GroupCounts, error)
}

// firstStep is one thing that is needed before people can accept. Its words
// are found by its name.
type firstStep struct {
	Name, Link string
	Done       bool
}

// recentSends is among how many of the latest sends running ones are looked
// for; the page links to the others.
const recentSends = 20

// home is the first page.
func (v *visit) home() error {
	var p homePage
	if err := v.readSteps(&p); err != nil {
		return err
	}
	var err error
	if p.Everybody, err = v.Store.EverybodyCounts(v.ctx()); err != nil {
		return err
	}
	latest, err := v.Store.ListSends(v.ctx(), people.Cursor{}, recentSends)
	if err != nil {
		return err
	}
	var running []invitation.Send
	for _, s := range latest.Items {
		if s.State == invitation.SendRunning || s.State == invitation.SendPaused {
			running = append(running, s)
		}
	}
	if p.Sends, err = v.sendLines(running); err != nil {
		return err
	}
	return v.show(http.StatusOK, "home/home", nil, p)
}

func (v *visit) readSteps(p *homePage) error {
	counts, err := v.counts.get(v.ctx())
	if err != nil {
		return err
	}
	tokens, err := v.Store.ContentTokens(v.ctx())
	if err != nil {
		return err
	}
	mail, _, err := v.Settings.Mail(v.ctx())
	p.Steps = []firstStep{
		{"users", "/users", counts.Users > 0},
		{"devices", "/devices", counts.Devices > 0},
		{"content", "/settings/content", len(tokens) > 0},
		{"mail", "/settings/mail", mail.From != ""},
		{"portal", "/preflight#public_url", v.Links.PublicURL != ""},
	}
	for _, s := range p.Steps {
		if !s.Done {
			p.Left++
		}
	}
	return err
}
