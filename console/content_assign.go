package console

import (
	"net/http"
	"slices"
	"strings"

	"heraut/content"
	"heraut/fault"
	"heraut/people"
)

// assignPage is the tab Content of a user or a group.
type assignPage struct {
	User  people.User
	Group people.Group
	// Action is where the form goes.
	Action    string
	Installed bool
	Find      string
	Choices   []choice
	Steps     steps
	// Above is what comes from groups, and Own how many are the owner's own.
	Above []inherited
	Own   int
}

// choice is an app or a book that can be assigned.
type choice struct {
	assetLine

	// Ref is how the form names it.
	Ref    string
	Chosen bool
	// From are the groups that give it besides.
	From []content.Inherited
	// State is how far a user is with it; empty: it is not under way.
	State content.LicenseState
}

// inherited is an app or a book with the groups that give it.
type inherited struct {
	assetLine

	From []content.Inherited
}

func refText(c content.Choice) string { return c.AdamID + " " + c.Pricing + " " + c.Location }

// readRef reads what refText has written.
func readRef(text string) content.Choice {
	number, rest, _ := strings.Cut(text, " ")
	pricing, location, _ := strings.Cut(rest, " ")
	return content.Choice{AssetRef: content.AssetRef{AdamID: number, Pricing: pricing}, Location: location}
}

func (v *visit) userContent() error {
	user, err := v.Store.User(v.ctx(), v.id())
	if err != nil {
		return err
	}
	p, err := v.assignPage(content.Owner{UserID: user.ID})
	p.User = user
	if err != nil {
		return err
	}
	return v.showUser(http.StatusOK, "users/content", user.ID, p)
}

func (v *visit) groupContent() error {
	group, err := v.Store.Group(v.ctx(), v.id())
	if err != nil {
		return err
	}
	p, err := v.assignPage(content.Owner{GroupID: group.ID})
	p.Group = group
	if err != nil {
		return err
	}
	return v.showGroup(http.StatusOK, "groups/content", group.ID, p)
}

// assignPage reads what an owner is promised, and what could be.
func (v *visit) assignPage(o content.Owner) (assignPage, error) {
	p := assignPage{Action: v.c.Request().URL.Path, Find: v.query("find")}
	var err error
	if p.Installed, err = v.Office.HasContent(v.ctx()); err != nil || !p.Installed {
		return p, err
	}
	own, err := v.Store.Content(v.ctx(), o)
	if err != nil {
		return p, err
	}
	above, err := v.Store.ContentAbove(v.ctx(), o)
	if err != nil {
		return p, err
	}
	p.Own, p.Above = len(own), v.byAsset(above)
	at, err := v.placeAt("from")
	if err != nil {
		return p, err
	}
	page, err := v.Store.FindAssets(v.ctx(), p.Find, at, paneLimit)
	if err != nil {
		return p, err
	}
	p.Steps = v.stepsOf("from", page.Next)
	states, err := v.licenseStates(o.UserID)
	for _, a := range page.Items {
		p.Choices = append(p.Choices, v.choice(a, own, p.Above, states))
	}
	return p, err
}

func (v *visit) choice(a content.Asset, own []content.Asset, above []inherited, states map[content.Choice]content.LicenseState) choice {
	c := choice{assetLine: v.line(a), Ref: refText(a.Choice()), State: states[a.Choice()]}
	c.Chosen = slices.ContainsFunc(own, func(o content.Asset) bool { return o.Choice() == a.Choice() })
	if i := slices.IndexFunc(above, func(x inherited) bool { return x.Choice() == a.Choice() }); i >= 0 {
		c.From = above[i].From
	}
	return c
}

// byAsset gathers the groups of each app or book.
func (v *visit) byAsset(above []content.Inherited) []inherited {
	var all []inherited
	for _, a := range above {
		if n := len(all); n > 0 && all[n-1].Choice() == a.Choice() {
			all[n-1].From = append(all[n-1].From, a)
			continue
		}
		all = append(all, inherited{assetLine: v.line(a.Asset), From: []content.Inherited{a}})
	}
	return all
}

// licensesShown is how many licenses of one user are looked at.
const licensesShown = 500

// licenseStates tells how far a user is with each app and book; nothing of a
// group.
func (v *visit) licenseStates(userID string) (map[content.Choice]content.LicenseState, error) {
	states := map[content.Choice]content.LicenseState{}
	if userID == "" {
		return states, nil
	}
	f := content.LicenseFilter{UserID: userID}
	settled, err := v.Store.ListCompletedLicenses(v.ctx(), f, people.Cursor{}, licensesShown)
	if err != nil {
		return nil, err
	}
	open, err := v.Store.ListActiveLicenses(v.ctx(), f, people.Cursor{}, licensesShown)
	for _, l := range append(settled.Items, open.Items...) {
		states[content.Choice{AssetRef: l.AssetRef, Location: l.Location}] = l.State
	}
	return states, err
}

func (v *visit) assignToUser() error {
	return v.assign(content.Owner{UserID: v.id()}, "/users/"+v.id()+"/content")
}

func (v *visit) assignToGroup() error {
	return v.assign(content.Owner{GroupID: v.id()}, "/groups/"+v.id()+"/content")
}

// assign changes those of the set that the form has shown; others stay.
func (v *visit) assign(o content.Owner, back string) error {
	if _, err := v.submitted(); err != nil {
		return err
	}
	own, err := v.Store.Content(v.ctx(), o)
	if err != nil {
		return err
	}
	fields := v.c.Request().PostForm
	if len(fields["shown"]) == 0 {
		return fault.New(fault.InvalidRequest, "The form named no app or book. Open the page anew.")
	}
	var set []content.Choice
	for _, a := range own {
		if !slices.Contains(fields["shown"], refText(a.Choice())) {
			set = append(set, a.Choice())
		}
	}
	for _, text := range fields["asset"] {
		set = append(set, readRef(text))
	}
	if _, err := v.Store.PutContent(v.ctx(), v.actor(), o, set); err != nil {
		return err
	}
	v.Office.ContentChanged(v.ctx())
	return v.done(back, "content_assigned", 0)
}
