package console

import (
	"context"
	"net/http"
	"net/url"

	"heraut/people"
)

var usersRoutes = []route{
	{get, "/users", viewer, (*visit).users},
	{get, "/users/new", operator, (*visit).newUser},
	{post, "/users", operator, (*visit).createUser},
	{get, "/users/:id", viewer, (*visit).user},
	{get, "/users/:id/info", viewer, (*visit).userInfo},
	{get, "/users/:id/edit", operator, (*visit).editUser},
	{post, "/users/:id/edit", operator, (*visit).updateUser},
	{post, "/users/:id/services", operator, (*visit).switchUser},
	{post, "/users/:id/enrollment-link", operator, (*visit).makeLink},
	{get, "/users/:id/disable", operator, (*visit).askDisableUser},
	{post, "/users/:id/disable", operator, (*visit).disableUser},
	{post, "/users/:id/enable", operator, (*visit).enableUser},
	{get, "/users/:id/unenroll", admin, (*visit).askUnenroll},
	{post, "/users/:id/unenroll", admin, (*visit).unenroll},
	{get, "/users/:id/content", viewer, (*visit).userContent},
	{post, "/users/:id/content", operator, (*visit).assignToUser},
	{get, "/users/:id/activity", viewer, (*visit).userActivity},
	{get, "/users/:id/delete", admin, (*visit).askDeleteUser},
	{post, "/users/:id/delete", admin, (*visit).deleteUser},
}

// usersStore keeps users.
type usersStore interface {
	CreateUser(ctx context.Context, actor people.Actor, u people.User) (people.User, error)
	User(ctx context.Context, id string) (people.User, error)
	UpdateUser(ctx context.Context, actor people.Actor, id string, ifVersion *int64, edit func(people.User) (people.User, error)) (people.User, error)
	DeleteUser(ctx context.Context, actor people.Actor, id string, ifVersion *int64) error
	ListUsers(ctx context.Context, f people.UserFilter, after people.Cursor, limit int) (people.Page[people.User], error)
}

// users shows the list alone.
func (v *visit) users() error {
	pane, err := v.usersPane("")
	if err != nil {
		return err
	}
	if v.live() && v.target() == "list-items" {
		return v.listItems("users/list", pane)
	}
	return v.show(http.StatusOK, "users/list", pane, nil)
}

// usersPane is the middle pane, with one user marked.
func (v *visit) usersPane(selected string) (listPane, error) {
	v.section = "users"
	at, err := v.place()
	if err != nil {
		return listPane{}, err
	}
	page, err := v.Store.ListUsers(v.ctx(), people.UserFilter{Query: v.wanted(), State: people.UserState(v.query("state")), Sort: v.order()}, at, paneLimit)
	if err != nil {
		return listPane{}, err
	}
	kept := v.keep()
	items := make([]listItem, len(page.Items))
	for i, u := range page.Items {
		items[i] = listItem{
			Name: u.FullName, Note: v.userNote(u), Href: with("/users/"+u.ID+"/info", kept),
			Selected: u.ID == selected, Drop: "/users/" + u.ID + "/devices",
		}
	}
	pane := v.pane("users", "/users", items, page.Next)
	pane.Filters = []listFilter{v.userStates(), v.orders(people.ByChange)}
	if v.can(operator) {
		pane.Add = "/users/new"
	}
	return pane, nil
}

// userStates are the choice of how far users have come.
func (v *visit) userStates() listFilter {
	f := listFilter{Name: "state", Label: v.t("users.state"), Chosen: v.query("state"), Options: []option{{"", v.t("users.any_state")}}}
	for _, s := range []people.UserState{people.NotInvited, people.Invited, people.Enrolled} {
		f.Options = append(f.Options, option{string(s), v.t("state.user." + string(s))})
	}
	return f
}

// userNote says in a list how far a user has come.
func (v *visit) userNote(u people.User) string {
	if u.Disabled {
		return v.t("state.user.disabled")
	}
	return v.t("state.user." + string(u.State))
}

// user leads to the tab that is shown first.
func (v *visit) user() error {
	return v.c.Redirect(http.StatusSeeOther, with("/users/"+url.PathEscape(v.id())+"/info", v.keep()))
}

// showUser shows one of a user's pages, beside the list.
func (v *visit) showUser(status int, name, id string, data any) error {
	pane, err := v.usersPane(id)
	if err != nil {
		return err
	}
	return v.show(status, name, pane, data)
}
