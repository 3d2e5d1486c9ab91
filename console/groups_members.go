package console

import (
	"net/http"
	"slices"
	"strings"

	"heraut/fault"
	"heraut/people"
)

// groupMembersPage is what the tab Members of a group shows.
type groupMembersPage struct {
	Group people.Group
	// Groups are the groups in it, Users all members through nesting.
	Groups     []people.Group
	GroupSteps steps
	Users      []member
	UserSteps  steps
	// Find is what is looked for to be added; Found what was found.
	Find  string
	Found people.Found
	Error string
	// Source is where the group comes from; it decides who is in it.
	Source source
}

// member is a user in a group.
type member struct {
	people.User

	// Direct: of the group itself, and not only of one in it.
	Direct bool
}

// foundLimit is how many users and groups a search for members finds at once.
const foundLimit = 20

func (v *visit) groupMembers() error { return v.showMembers(http.StatusOK, "") }

func (v *visit) showMembers(status int, failed string) error {
	group, err := v.Store.Group(v.ctx(), v.id())
	if err != nil {
		return err
	}
	p := groupMembersPage{Group: group, Find: v.query("find"), Error: failed}
	if p.Source, err = v.groupSource(group.ID); err != nil {
		return err
	}
	if err := v.readMembers(&p); err != nil {
		return err
	}
	if p.Find != "" {
		if p.Found, err = v.Store.Search(v.ctx(), p.Find, foundLimit); err != nil {
			return err
		}
		p.Found.Groups = slices.DeleteFunc(p.Found.Groups, func(g people.Group) bool { return g.ID == group.ID })
	}
	if v.live() && v.target() == "found" {
		return v.part("groups/members", "found members", p)
	}
	return v.showGroup(status, "groups/members", group.ID, p)
}

func (v *visit) readMembers(p *groupMembersPage) error {
	at, err := v.placeAt("groups")
	if err != nil {
		return err
	}
	groups, err := v.Store.GroupsInGroup(v.ctx(), p.Group.ID, at, paneLimit)
	if err != nil {
		return err
	}
	p.Groups, p.GroupSteps = groups.Items, v.stepsOf("groups", groups.Next)
	if at, err = v.placeAt("users"); err != nil {
		return err
	}
	users, err := v.Store.ListUsers(v.ctx(), people.UserFilter{GroupID: p.Group.ID}, at, paneLimit)
	if err != nil {
		return err
	}
	p.UserSteps = v.stepsOf("users", users.Next)
	p.Users, err = v.members(p.Group.ID, users.Items, len(groups.Items) > 0 || p.GroupSteps.Back != "")
	return err
}

// members tells who is in the group by itself. In a group without groups
// everybody is.
func (v *visit) members(groupID string, users []people.User, nested bool) ([]member, error) {
	direct := map[string]bool{}
	if nested {
		own, _, err := v.Store.GroupMembers(v.ctx(), groupID)
		if err != nil {
			return nil, err
		}
		for _, id := range own {
			direct[id] = true
		}
	}
	all := make([]member, len(users))
	for i, u := range users {
		all[i] = member{User: u, Direct: !nested || direct[u.ID]}
	}
	return all, nil
}

// changeMembers adds or removes the users and groups that were chosen.
func (v *visit) changeMembers() error {
	f, err := v.submitted(append(endingFields, "do")...)
	if err != nil {
		return err
	}
	chosen := v.c.Request().PostForm
	users, groups := chosen["user"], chosen["group"]
	if len(users)+len(groups) == 0 {
		return v.showMembers(http.StatusUnprocessableEntity, v.t("groups.members.none_chosen"))
	}
	if f.Values["do"] == "remove" {
		return v.removeMembers(users, groups, f)
	}
	if err := v.replaceMembers(users, groups, nil, join); err != nil {
		cycle := fault.Is(err, fault.Conflict)
		if err := v.refuse(&f, err); err != nil {
			return err
		}
		if cycle {
			_, way, _ := strings.Cut(f.Error, ": ")
			f.Error = v.t("groups.members.cycle", "way", way)
		}
		return v.showMembers(http.StatusUnprocessableEntity, f.Error)
	}
	v.Office.ContentChanged(v.ctx())
	return v.done("/groups/"+v.id()+"/members", "members_added", len(users)+len(groups))
}

// removeMembers asks first where open invitations end by it.
func (v *visit) removeMembers(users, groups []string, f form) error {
	e, err := v.membersGone(users, groups)
	if err != nil {
		return err
	}
	if !e.confirmed(f) {
		return v.askEndingInGroup(e)
	}
	err = v.replaceMembers(users, groups, e.version(f), without)
	if e.overtaken(err) {
		return v.askEndingInGroup(e)
	}
	if err != nil {
		if err := v.refuse(&f, err); err != nil {
			return err
		}
		return v.showMembers(http.StatusUnprocessableEntity, f.Error)
	}
	v.ended(e)
	v.Office.ContentChanged(v.ctx())
	return v.done(e.Back, "members_removed", len(users)+len(groups))
}

// membersGone is what ends when members leave the group.
func (v *visit) membersGone(users, groups []string) (ending, error) {
	group, err := v.Store.Group(v.ctx(), v.id())
	if err != nil {
		return ending{}, err
	}
	e := ending{
		What: "leave", ID: group.ID, Name: group.Name, Version: group.Version,
		Action: "/groups/" + group.ID + "/members", Back: "/groups/" + group.ID + "/members", Fields: []field{{"do", "remove"}},
	}
	for _, id := range users {
		e.Fields = append(e.Fields, field{"user", id})
	}
	for _, id := range groups {
		e.Fields = append(e.Fields, field{"group", id})
	}
	found, err := v.Store.EndingWithMembers(v.ctx(), group.ID, users, groups)
	e.Invitations, e.UserIDs = found.Invitations, found.UserIDs
	return e, err
}

// membersTries is how often a change of members is made anew when others change
// the same group at the same moment.
const membersTries = 5

// replaceMembers changes the whole set of members, of the version that was
// read: what somebody else adds or removes meanwhile is kept. A version that was
// confirmed is the only one that is changed.
func (v *visit) replaceMembers(users, groups []string, confirmed *int64, change func(set, chosen []string) []string) error {
	for try := 1; ; try++ {
		group, err := v.Store.Group(v.ctx(), v.id())
		if err != nil {
			return err
		}
		hadUsers, hadGroups, err := v.Store.GroupMembers(v.ctx(), group.ID)
		if err != nil {
			return err
		}
		version := &group.Version
		if confirmed != nil {
			version = confirmed
		}
		_, err = v.Store.ReplaceMembers(v.ctx(), v.actor(), group.ID, version, change(hadUsers, users), change(hadGroups, groups))
		if !fault.Is(err, fault.PreconditionFailed) || confirmed != nil || try == membersTries {
			return err
		}
	}
}

func join(set, chosen []string) []string { return slices.Concat(set, chosen) }

func without(set, chosen []string) []string {
	return slices.DeleteFunc(set, func(id string) bool { return slices.Contains(chosen, id) })
}
