package console

import (
	"net/http"

	"heraut/console/page"
	"heraut/people"
)

// userInfo is what the tab Info of a user shows.
type userInfo struct {
	User     people.User
	Enrolled page.Moment
}

func (v *visit) userInfo() error {
	user, err := v.Store.User(v.ctx(), v.id())
	if err != nil {
		return err
	}
	return v.showUser(http.StatusOK, "users/info", user.ID, userInfo{User: user, Enrolled: v.clock.On(user.EnrolledAt)})
}

// switchUser turns managed distribution services on or off for a user.
func (v *visit) switchUser() error {
	f, err := v.submitted("managed_distribution")
	if err != nil {
		return err
	}
	on := f.Values["managed_distribution"] == "on"
	user, err := v.Store.UpdateUser(v.ctx(), v.actor(), v.id(), nil, func(u people.User) (people.User, error) {
		u.ManagedDistribution = on
		return u, nil
	})
	if err != nil {
		return err
	}
	v.Office.UserChanged(v.ctx(), user.ID) // services that go off end open invitations
	v.Office.ContentChanged(v.ctx())
	return v.done("/users/"+user.ID+"/info", "saved", 0)
}
