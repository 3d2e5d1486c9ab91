package console

import (
	"context"
	"net/http"

	"heraut/console/page"
	"heraut/fault"
	"heraut/office"
	"heraut/people"
)

// administratorsStore keeps who signs in to the console.
type administratorsStore interface {
	Administrator(ctx context.Context, id string) (people.Administrator, error)
	CreateAdministrator(ctx context.Context, actor people.Actor, a people.Administrator) (people.Administrator, error)
	UpdateAdministrator(ctx context.Context, actor people.Actor, id string, ifVersion *int64, edit func(people.Administrator) (people.Administrator, error)) (people.Administrator, error)
	DeleteAdministrator(ctx context.Context, actor people.Actor, id string, ifVersion *int64) error
	ListAdministrators(ctx context.Context, after people.Cursor, limit int) (people.Page[people.Administrator], error)
}

// administratorsPage are those who sign in, and the form that invites another.
type administratorsPage struct {
	Rows  []administratorRow
	Steps steps
	Form  form
	Roles []people.Role
}

type administratorRow struct {
	people.Administrator

	Seen page.Moment
	// Me is the one who looks.
	Me bool
}

// administratorPage is one of them, with the form that changes them.
type administratorPage struct {
	administratorRow

	Form  form
	Roles []people.Role
}

// linkMade shows a one-time link, this once.
type linkMade struct {
	Administrator people.Administrator
	Link          office.SignInLink
	Expires       page.Moment
}

var administratorFields = []string{"name", "login", "role", "language", "version"}

func (v *visit) administrators() error {
	return v.showAdministrators(http.StatusOK, newForm(map[string]string{"role": string(people.Operator)}))
}

func (v *visit) showAdministrators(status int, f form) error {
	at, err := v.place()
	if err != nil {
		return err
	}
	found, err := v.Store.ListAdministrators(v.ctx(), at, paneLimit)
	if err != nil {
		return err
	}
	p := administratorsPage{Form: f, Roles: roles, Steps: v.stepsOf("after", found.Next)}
	for _, a := range found.Items {
		p.Rows = append(p.Rows, v.administratorRow(a))
	}
	return v.showSettings(status, "settings/administrators", "administrators", p)
}

func (v *visit) administratorRow(a people.Administrator) administratorRow {
	return administratorRow{Administrator: a, Seen: v.clock.At(a.LastSeenAt), Me: a.ID == v.me.ID}
}

// inviteAdministrator makes an account and shows the link by which its owner
// sets a passphrase.
func (v *visit) inviteAdministrator() error {
	f, err := v.submitted(administratorFields...)
	if err != nil {
		return err
	}
	again := func(status int) error { return v.showAdministrators(status, f) }
	if err := v.SignInLinks.Check(); err != nil {
		return v.showRefused(&f, err, again)
	}
	made, err := v.Store.CreateAdministrator(v.ctx(), v.actor(), people.Administrator{
		Name: f.Values["name"], Login: f.Values["login"], Role: people.Role(f.Values["role"]), Language: f.Values["language"],
	})
	if err != nil {
		return v.showRefused(&f, err, again)
	}
	return v.showLink(made)
}

// showLink makes a one-time link for an administrator, and answers with it.
func (v *visit) showLink(a people.Administrator) error {
	link, err := v.SignInLinks.New(v.ctx(), v.actor(), a.ID)
	if err != nil {
		return err
	}
	return v.showSettings(http.StatusOK, "settings/administrator-link", "administrators", linkMade{a, link, v.clock.At(link.ExpiresAt)})
}

func (v *visit) administrator() error {
	a, err := v.Store.Administrator(v.ctx(), v.id())
	if err != nil {
		return err
	}
	return v.showAdministrator(http.StatusOK, a, newForm(map[string]string{
		"name": a.Name, "login": a.Login, "role": string(a.Role), "language": a.Language, "version": textVersion(a.Version),
	}))
}

func (v *visit) showAdministrator(status int, a people.Administrator, f form) error {
	return v.showSettings(status, "settings/administrator", "administrators", administratorPage{v.administratorRow(a), f, roles})
}

func (v *visit) updateAdministrator() error {
	f, err := v.submitted(administratorFields...)
	if err != nil {
		return err
	}
	_, err = v.Store.UpdateAdministrator(v.ctx(), v.actor(), v.id(), versionOf(f), func(a people.Administrator) (people.Administrator, error) {
		a.Name, a.Login, a.Language = f.Values["name"], f.Values["login"], f.Values["language"]
		role := people.Role(f.Values["role"])
		if a.ID == v.me.ID && role != a.Role {
			return a, fault.Invalid(fault.Field{Pointer: "/role", Message: "You can not change your own role; ask another administrator."})
		}
		a.Role = role
		return a, nil
	})
	if err == nil {
		return v.done("/settings/administrators", "saved", 0)
	}
	a, missing := v.Store.Administrator(v.ctx(), v.id())
	if missing != nil {
		return missing
	}
	return v.showRefused(&f, err, func(status int) error { return v.showAdministrator(status, a, f) })
}

// linkAdministrator makes a link by which a passphrase is set anew.
func (v *visit) linkAdministrator() error {
	a, err := v.Store.Administrator(v.ctx(), v.id())
	if err != nil {
		return err
	}
	return v.showLink(a)
}

// other is the administrator of the path, who is not the one who asks: nobody
// locks themselves out.
func (v *visit) other() (people.Administrator, error) {
	if v.id() == v.me.ID {
		return people.Administrator{}, fault.New(fault.Conflict, "You can not delete your own account; ask another administrator.")
	}
	return v.Store.Administrator(v.ctx(), v.id())
}

func (v *visit) askDeleteAdministrator() error {
	a, err := v.other()
	if err != nil {
		return err
	}
	return v.showSettings(http.StatusOK, "settings/administrator-delete", "administrators", a)
}

func (v *visit) deleteAdministrator() error {
	a, err := v.other()
	if err != nil {
		return err
	}
	if err := v.Store.DeleteAdministrator(v.ctx(), v.actor(), a.ID, nil); err != nil {
		return err
	}
	return v.done("/settings/administrators", "administrator_deleted", 0)
}

func (v *visit) administratorsState() (string, error) {
	found, err := v.Store.ListAdministrators(v.ctx(), people.Cursor{}, paneLimit)
	return v.howMany("settings.administrators.state", len(found.Items), found.Next), err
}
