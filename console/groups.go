package console

import (
	"context"
	"net/http"
	"net/url"

	"heraut/invitation"
	"heraut/people"
)

var groupsRoutes = []route{
	{get, "/groups", viewer, (*visit).groups},
	{get, "/groups/new", operator, (*visit).newGroup},
	{post, "/groups", operator, (*visit).createGroup},
	{get, "/groups/:id", viewer, (*visit).group},
	{get, "/groups/:id/info", viewer, (*visit).groupInfo},
	{get, "/groups/:id/edit", operator, (*visit).editGroup},
	{post, "/groups/:id/edit", operator, (*visit).updateGroup},
	{post, "/groups/:id/services", operator, (*visit).switchGroup},
	{get, "/groups/:id/members", viewer, (*visit).groupMembers},
	{post, "/groups/:id/members", operator, (*visit).changeMembers},
	{get, "/groups/:id/content", viewer, (*visit).groupContent},
	{post, "/groups/:id/content", operator, (*visit).assignToGroup},
	{get, "/groups/:id/activity", viewer, (*visit).groupActivity},
	{get, "/groups/:id/delete", admin, (*visit).askDeleteGroup},
	{post, "/groups/:id/delete", admin, (*visit).deleteGroup},
}

// groupsStore keeps groups and their members.
type groupsStore interface {
	CreateGroup(ctx context.Context, actor people.Actor, g people.Group) (people.Group, error)
	Group(ctx context.Context, id string) (people.Group, error)
	UpdateGroup(ctx context.Context, actor people.Actor, id string, ifVersion *int64, edit func(people.Group) (people.Group, error)) (people.Group, error)
	DeleteGroup(ctx context.Context, actor people.Actor, id string, ifVersion *int64) error
	ListGroups(ctx context.Context, f people.GroupFilter, after people.Cursor, limit int) (people.Page[people.Group], error)
	GroupCounts(ctx context.Context, ids ...string) (map[string]people.GroupCounts, error)
	// GroupMembers are the group's own users and groups, by id.
	GroupMembers(ctx context.Context, id string) (userIDs, groupIDs []string, err error)
	ReplaceMembers(ctx context.Context, actor people.Actor, id string, ifVersion *int64, userIDs, groupIDs []string) (people.Group, error)
	// GroupsInGroup are the group's own groups, by name.
	GroupsInGroup(ctx context.Context, id string, after people.Cursor, limit int) (people.Page[people.Group], error)
	// LastInvitations tells for each user the invitation that says how it stands.
	LastInvitations(ctx context.Context, userIDs ...string) (map[string]invitation.Invitation, error)
	EnrollmentsOf(ctx context.Context, userIDs ...string) (map[string]invitation.Enrollment, error)
	// CountInvitations counts open invitations.
	CountInvitations(ctx context.Context, f invitation.Filter) (int, error)
	// Search finds users, groups and devices, the best first.
	Search(ctx context.Context, query string, limit int) (people.Found, error)
}

// groups shows the list alone.
func (v *visit) groups() error {
	pane, err := v.groupsPane("")
	if err != nil {
		return err
	}
	if v.live() && v.target() == "list-items" {
		return v.listItems("groups/list", pane)
	}
	return v.show(http.StatusOK, "groups/list", pane, nil)
}

// groupsPane is the middle pane, with one group marked: of each group, how many
// of its members are enrolled.
func (v *visit) groupsPane(selected string) (listPane, error) {
	v.section = "groups"
	at, err := v.place()
	if err != nil {
		return listPane{}, err
	}
	page, err := v.Store.ListGroups(v.ctx(), people.GroupFilter{Query: v.wanted(), Sort: v.order()}, at, paneLimit)
	if err != nil {
		return listPane{}, err
	}
	counts, err := v.Store.GroupCounts(v.ctx(), idsOf(page.Items, func(g people.Group) string { return g.ID })...)
	if err != nil {
		return listPane{}, err
	}
	kept := v.keep()
	items := make([]listItem, len(page.Items))
	for i, g := range page.Items {
		n := counts[g.ID]
		items[i] = listItem{
			Name: g.Name, Href: with("/groups/"+g.ID+"/info", kept), Selected: g.ID == selected,
			Count: v.words.Number(n.Enrolled) + "/" + v.words.Number(n.Members),
			Said:  v.t("groups.enrolled_of", "n", n.Enrolled, "members", n.Members),
		}
	}
	pane := v.pane("groups", "/groups", items, page.Next)
	pane.Filters = []listFilter{v.orders()}
	if v.can(operator) {
		pane.Add = "/groups/new"
	}
	return pane, nil
}

// group leads to the tab that is shown first.
func (v *visit) group() error {
	return v.c.Redirect(http.StatusSeeOther, with("/groups/"+url.PathEscape(v.id())+"/info", v.keep()))
}

// showGroup shows one of a group's pages, beside the list.
func (v *visit) showGroup(status int, name, id string, data any) error {
	pane, err := v.groupsPane(id)
	if err != nil {
		return err
	}
	return v.show(status, name, pane, data)
}

func idsOf[T any](items []T, id func(T) string) []string {
	ids := make([]string, len(items))
	for i, item := range items {
		ids[i] = id(item)
	}
	return ids
}
