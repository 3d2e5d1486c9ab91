package console

import (
	"net/http"

	"heraut/people"
)

func (v *visit) askDisableUser() error {
	user, err := v.Store.User(v.ctx(), v.id())
	if err != nil {
		return err
	}
	return v.showUser(http.StatusOK, "users/disable", user.ID, user)
}

func (v *visit) disableUser() error { return v.turnUser(true, "user_disabled") }

func (v *visit) enableUser() error { return v.turnUser(false, "user_enabled") }

// turnUser disables or enables a user; the store refuses it for who is kept
// elsewhere.
func (v *visit) turnUser(disabled bool, said string) error {
	user, err := v.Store.UpdateUser(v.ctx(), v.actor(), v.id(), nil, func(u people.User) (people.User, error) {
		u.Disabled = disabled
		return u, nil
	})
	if err != nil {
		return err
	}
	v.Office.UserChanged(v.ctx(), user.ID) // who is disabled has no open invitations
	v.Office.ContentChanged(v.ctx())
	return v.done("/users/"+user.ID+"/info", said, 0)
}
