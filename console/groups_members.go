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
	f, err := v.submitted("do")
	if err != nil {
		return err
	}
	chosen := v.c.Request().PostForm
	users, groups := chosen["user"], chosen["group"]
	if len(users)+len(groups) == 0 {
		return v.showMembers(http.StatusUnprocessableEntity, v.t("groups.members.none_chosen"))
	}
	change, said := join, "members_added"
	if f.Values["do"] == "remove" {
		change, said = without, "members_removed"
	}
	if err := v.replaceMembers(users, groups, change); err != nil {
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
	return v.done("/groups/"+v.id()+"/members", said, len(users)+len(groups))
}

// membersTries is how often a change of members is made anew when others change
// the same group at the same moment.
const membersTries = 5

// replaceMembers changes the whole set of members, of the version that was
// read: what somebody else adds or removes meanwhile is kept.
func (v *visit) replaceMembers(users, groups []string, change func(set, chosen []string) []string) error {
	for try := 1; ; try++ {
		group, err := v.Store.Group(v.ctx(), v.id())
		if err != nil {
			return err
		}
		hadUsers, hadGroups, err := v.Store.GroupMembers(v.ctx(), group.ID)
		if err != nil {
			return err
		}
		_, err = v.Store.ReplaceMembers(v.ctx(), v.actor(), group.ID, &group.Version, change(hadUsers, users), change(hadGroups, groups))
		if !fault.Is(err, fault.PreconditionFailed) || try == membersTries {
			return err
		}
	}
}

func join(set, chosen []string) []string { return slices.Concat(set, chosen) }

func without(set, chosen []string) []string {
	return slices.DeleteFunc(set, func(id string) bool { return slices.Contains(chosen, id) })
}
