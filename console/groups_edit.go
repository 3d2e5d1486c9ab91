package console

import (
	"net/http"
	"strconv"

	"heraut/content"
	"heraut/invitation"
	"heraut/people"
)

// groupForm is the page on which a group is made or changed.
type groupForm struct {
	// Group is the one that is changed; the zero one when it is made.
	Group people.Group
	Form  form
	// Source decides some of the fields.
	Source source
	// Action is where the form goes.
	Action string
	// Locations are those at Apple to choose from; empty where there is no choice.
	Locations []option
}

var groupFields = []string{"name", "external_id", "content_location", "version"}

func (v *visit) showGroupForm(status int, g people.Group, f form) (err error) {
	p := groupForm{Group: g, Form: f, Action: "/groups"}
	if g.ID != "" {
		p.Action = "/groups/" + g.ID + "/edit"
		if p.Source, err = v.groupSource(g.ID); err != nil {
			return err
		}
	}
	if p.Locations, err = v.locations(g.ContentLocation); err != nil {
		return err
	}
	return v.showGroup(status, "groups/edit", g.ID, p)
}

func (v *visit) newGroup() error {
	f := newForm(map[string]string{"name": v.query("name")})
	return v.showGroupForm(http.StatusOK, people.Group{}, f)
}

func (v *visit) createGroup() error {
	f, err := v.submitted(groupFields...)
	if err != nil {
		return err
	}
	group, err := v.Store.CreateGroup(v.ctx(), v.actor(), groupOf(people.Group{}, f))
	if err != nil {
		if err := v.refuse(&f, err); err != nil {
			return err
		}
		return v.showGroupForm(http.StatusUnprocessableEntity, people.Group{}, f)
	}
	v.counts.forget()
	return v.done("/groups/"+group.ID+"/members", "group_made", 0)
}

func (v *visit) editGroup() error {
	group, err := v.Store.Group(v.ctx(), v.id())
	if err != nil {
		return err
	}
	return v.showGroupForm(http.StatusOK, group, newForm(groupValues(group)))
}

func groupValues(g people.Group) map[string]string {
	return map[string]string{
		"name": g.Name, "external_id": g.ExternalID, "content_location": g.ContentLocation, "version": strconv.FormatInt(g.Version, 10),
	}
}

func (v *visit) updateGroup() error {
	f, err := v.submitted(groupFields...)
	if err != nil {
		return err
	}
	group, err := v.Store.UpdateGroup(v.ctx(), v.actor(), v.id(), versionOf(f), func(g people.Group) (people.Group, error) {
		return groupOf(g, f), nil
	})
	if err != nil {
		return v.groupRefused(f, err)
	}
	v.Office.ContentChanged(v.ctx()) // another location gives other licenses
	return v.done("/groups/"+group.ID+"/info", "saved", 0)
}

// groupRefused shows the form again, with what is wrong with it.
func (v *visit) groupRefused(f form, refused error) error {
	if err := v.refuse(&f, refused); err != nil {
		return err
	}
	group, err := v.Store.Group(v.ctx(), v.id())
	if err != nil {
		return err
	}
	from, err := v.groupSource(group.ID)
	if err != nil {
		return err
	}
	v.overtaken(&f, refused, groupValues(group), from)
	return v.showGroupForm(http.StatusUnprocessableEntity, group, f)
}

// groupOf puts the fields of the form into a group.
func groupOf(g people.Group, f form) people.Group {
	g.Name, g.ExternalID = f.Values["name"], f.Values["external_id"]
	if f.sent("content_location") {
		g.ContentLocation = f.Values["content_location"]
	}
	return g
}

// switchGroup turns managed distribution services on or off for a group; it
// asks first where open invitations end by that.
func (v *visit) switchGroup() error {
	f, err := v.submitted(append(endingFields, "managed_distribution")...)
	if err != nil {
		return err
	}
	on := f.Values["managed_distribution"] == "on"
	e, err := v.groupOff(on)
	if err != nil {
		return err
	}
	if !e.confirmed(f) {
		return v.askEndingInGroup(e)
	}
	_, err = v.Store.UpdateGroup(v.ctx(), v.actor(), e.ID, e.version(f), func(g people.Group) (people.Group, error) {
		g.ManagedDistribution = on
		return g, nil
	})
	if e.overtaken(err) {
		return v.askEndingInGroup(e)
	}
	if err != nil {
		return err
	}
	v.ended(e)
	v.Office.ContentChanged(v.ctx())
	return v.done(e.Back, "saved", 0)
}

// groupOff is what the group's switch ends when it goes off.
func (v *visit) groupOff(on bool) (ending, error) {
	group, err := v.Store.Group(v.ctx(), v.id())
	e := ending{
		What: "off", ID: group.ID, Name: group.Name, Version: group.Version,
		Action: "/groups/" + group.ID + "/services", Back: "/groups/" + group.ID + "/info",
	}
	if err != nil || on || !group.ManagedDistribution {
		return e, err
	}
	found, err := v.Store.EndingWithGroup(v.ctx(), group.ID)
	e.Invitations, e.UserIDs = found.Invitations, found.UserIDs
	return e, err
}

func (v *visit) askEndingInGroup(e ending) error {
	return v.showGroup(e.status(), "groups/ending", e.ID, e)
}

// groupEnd is what the end of a group takes along.
type groupEnd struct {
	Group people.Group
	// Members stay; Invitations are open ones of theirs, of which those end
	// whose user has the services by this group alone.
	Members, Invitations int
	// Assets are the apps and books that the group gives.
	Assets int
}

func (v *visit) askDeleteGroup() error {
	group, counts, err := v.countedGroup()
	if err != nil {
		return err
	}
	open, err := v.Store.CountInvitations(v.ctx(), invitation.Filter{GroupID: group.ID})
	if err != nil {
		return err
	}
	assets, err := v.Store.Content(v.ctx(), content.Owner{GroupID: group.ID})
	if err != nil {
		return err
	}
	end := groupEnd{Group: group, Members: counts.Members, Invitations: open, Assets: len(assets)}
	return v.showGroup(http.StatusOK, "groups/delete", group.ID, end)
}

func (v *visit) deleteGroup() error {
	if err := v.Store.DeleteGroup(v.ctx(), v.actor(), v.id(), nil); err != nil {
		return err
	}
	v.Office.ContentChanged(v.ctx())
	v.counts.forget()
	return v.done("/groups", "group_deleted", 0)
}
