package console

import (
	"net/http"
	"strconv"

	"heraut/people"
)

// userForm is the page on which a user is made or changed.
type userForm struct {
	// User is the one that is changed; the zero one when it is made.
	User people.User
	Form form
	// Source decides some of the fields.
	Source source
	// Action is where the form goes.
	Action string
	// Locations are those at Apple to choose from; empty where there is no choice.
	Locations []option
}

var userFields = []string{"full_name", "email", "language", "managed_apple_account", "external_id", "content_location", "version"}

func (v *visit) showUserForm(status int, u people.User, f form) (err error) {
	p := userForm{User: u, Form: f, Action: "/users"}
	if u.ID != "" {
		p.Action = "/users/" + u.ID + "/edit"
		if p.Source, err = v.userSource(u.ID); err != nil {
			return err
		}
	}
	if p.Locations, err = v.locations(u.ContentLocation); err != nil {
		return err
	}
	return v.showUser(status, "users/edit", u.ID, p)
}

func (v *visit) newUser() error {
	f := newForm(map[string]string{"language": v.org.Language, "full_name": v.query("full_name")})
	return v.showUserForm(http.StatusOK, people.User{}, f)
}

func (v *visit) createUser() error {
	f, err := v.submitted(userFields...)
	if err != nil {
		return err
	}
	user, err := v.Store.CreateUser(v.ctx(), v.actor(), userOf(people.User{}, f))
	if err != nil {
		if err := v.refuse(&f, err); err != nil {
			return err
		}
		return v.showUserForm(http.StatusUnprocessableEntity, people.User{}, f)
	}
	v.counts.forget()
	return v.done("/users/"+user.ID+"/info", "user_made", 0)
}

func (v *visit) editUser() error {
	user, err := v.Store.User(v.ctx(), v.id())
	if err != nil {
		return err
	}
	return v.showUserForm(http.StatusOK, user, newForm(userValues(user)))
}

func userValues(u people.User) map[string]string {
	return map[string]string{
		"full_name": u.FullName, "email": u.Email, "language": u.Language, "external_id": u.ExternalID,
		"managed_apple_account": u.ManagedAppleAccount, "content_location": u.ContentLocation, "version": strconv.FormatInt(u.Version, 10),
	}
}

func (v *visit) updateUser() error {
	f, err := v.submitted(userFields...)
	if err != nil {
		return err
	}
	user, err := v.Store.UpdateUser(v.ctx(), v.actor(), v.id(), versionOf(f), func(u people.User) (people.User, error) {
		return userOf(u, f), nil
	})
	if err != nil {
		return v.userRefused(f, err)
	}
	v.Office.ContentChanged(v.ctx()) // another location gives other licenses
	return v.done("/users/"+user.ID+"/info", "saved", 0)
}

// userRefused shows the form again, with what is wrong with it.
func (v *visit) userRefused(f form, refused error) error {
	if err := v.refuse(&f, refused); err != nil {
		return err
	}
	user, err := v.Store.User(v.ctx(), v.id())
	if err != nil {
		return err
	}
	from, err := v.userSource(user.ID)
	if err != nil {
		return err
	}
	v.overtaken(&f, refused, userValues(user), from)
	return v.showUserForm(http.StatusUnprocessableEntity, user, f)
}

// userOf puts the fields of the form into a user.
func userOf(u people.User, f form) people.User {
	u.FullName, u.Email, u.Language = f.Values["full_name"], f.Values["email"], f.Values["language"]
	u.ManagedAppleAccount, u.ExternalID = f.Values["managed_apple_account"], f.Values["external_id"]
	if f.sent("content_location") {
		u.ContentLocation = f.Values["content_location"]
	}
	return u
}

// versionOf is the version that the form was made of: what somebody else has
// changed since is not overwritten.
func versionOf(f form) *int64 {
	n, err := strconv.ParseInt(f.Values["version"], 10, 64)
	if err != nil {
		n = -1 // no version at all matches
	}
	return &n
}

func (v *visit) askDeleteUser() error {
	user, err := v.Store.User(v.ctx(), v.id())
	if err != nil {
		return err
	}
	return v.showUser(http.StatusOK, "users/delete", user.ID, user)
}

func (v *visit) deleteUser() error {
	if err := v.Store.DeleteUser(v.ctx(), v.actor(), v.id(), nil); err != nil {
		return err
	}
	v.Office.UserChanged(v.ctx(), v.id())
	v.Office.ContentChanged(v.ctx())
	v.counts.forget()
	return v.done("/users", "user_deleted", 0)
}
