package console

import (
	"context"
	"net/http"
	"slices"

	"heraut/console/page"
	"heraut/people"
)

// userInfo is what the tab Info of a user shows.
type userInfo struct {
	User     people.User
	Enrolled page.Moment
	// How says by which way the user enrolled; empty: not enrolled.
	How string
	// Devices are those assigned to the user.
	Devices     []people.OwnedDevice
	DeviceSteps steps
	// Groups are those the user belongs to, directly or by nesting.
	Groups     []people.GroupOfUser
	GroupSteps steps
	// By is a group whose switch counts for the user; the zero one: none of
	// those shown.
	By     people.GroupOfUser
	Invite userInvitation
	// Source is where the user comes from.
	Source source
}

// belongings are what a user has, and where the user belongs.
type belongings interface {
	GroupsOfUser(ctx context.Context, userID string, after people.Cursor, limit int) (people.Page[people.GroupOfUser], error)
	DeleteEnrollment(ctx context.Context, actor people.Actor, userID string) error
}

func (v *visit) userInfo() error {
	user, err := v.Store.User(v.ctx(), v.id())
	if err != nil {
		return err
	}
	info := userInfo{User: user, Enrolled: v.clock.On(user.EnrolledAt)}
	for _, read := range []func(*userInfo) error{v.readDevices, v.readGroups, v.readEnrollment} {
		if err := read(&info); err != nil {
			return err
		}
	}
	if info.Invite, err = v.userInvitation(user); err != nil {
		return err
	}
	if info.Source, err = v.userSource(user.ID); err != nil {
		return err
	}
	return v.showUser(http.StatusOK, "users/info", user.ID, info)
}

func (v *visit) readDevices(info *userInfo) error {
	at, err := v.placeAt("devices")
	if err != nil {
		return err
	}
	devices, err := v.Store.ListDevices(v.ctx(), people.DeviceFilter{UserID: info.User.ID}, at, paneLimit)
	info.Devices, info.DeviceSteps = devices.Items, v.stepsOf("devices", devices.Next)
	return err
}

func (v *visit) readGroups(info *userInfo) error {
	at, err := v.placeAt("groups")
	if err != nil {
		return err
	}
	groups, err := v.Store.GroupsOfUser(v.ctx(), info.User.ID, at, paneLimit)
	info.Groups, info.GroupSteps = groups.Items, v.stepsOf("groups", groups.Next)
	if i := slices.IndexFunc(info.Groups, func(g people.GroupOfUser) bool { return g.ManagedDistribution }); i >= 0 {
		info.By = info.Groups[i]
	}
	return err
}

func (v *visit) readEnrollment(info *userInfo) error {
	if info.User.State != people.Enrolled {
		return nil
	}
	enrolled, err := v.Store.EnrollmentsOf(v.ctx(), info.User.ID)
	if e, is := enrolled[info.User.ID]; is {
		info.How = v.t("source." + string(e.Source))
	}
	return err
}

// switchUser turns managed distribution services on or off for a user; it asks
// first where open invitations end by that.
func (v *visit) switchUser() error {
	f, err := v.submitted(append(endingFields, "managed_distribution")...)
	if err != nil {
		return err
	}
	on := f.Values["managed_distribution"] == "on"
	e, err := v.userOff(on)
	if err != nil {
		return err
	}
	if !e.confirmed(f) {
		return v.askEndingOfUser(e)
	}
	_, err = v.Store.UpdateUser(v.ctx(), v.actor(), e.ID, e.version(f), func(u people.User) (people.User, error) {
		u.ManagedDistribution = on
		return u, nil
	})
	if e.overtaken(err) {
		return v.askEndingOfUser(e)
	}
	if err != nil {
		return err
	}
	v.counts.forget()
	v.Office.UserChanged(v.ctx(), e.ID) // services that go off end open invitations
	v.Office.ContentChanged(v.ctx())
	return v.done(e.Back, "saved", 0)
}

// userOff is what the user's switch ends when it goes off.
func (v *visit) userOff(on bool) (ending, error) {
	user, err := v.Store.User(v.ctx(), v.id())
	e := ending{
		What: "off", ID: user.ID, Name: user.FullName, Version: user.Version,
		Action: "/users/" + user.ID + "/services", Back: "/users/" + user.ID + "/info",
	}
	if err != nil || on || !user.ManagedDistribution {
		return e, err
	}
	found, err := v.Store.EndingWithUser(v.ctx(), user.ID)
	e.Invitations = found.Invitations
	return e, err
}

func (v *visit) askEndingOfUser(e ending) error {
	return v.showUser(e.status(), "users/ending", e.ID, e)
}

// unenrollment is the question whether an enrollment shall end.
type unenrollment struct {
	User     people.User
	Enrolled page.Moment
}

func (v *visit) askUnenroll() error {
	user, err := v.Store.User(v.ctx(), v.id())
	if err != nil {
		return err
	}
	return v.showUser(http.StatusOK, "users/unenroll", user.ID, unenrollment{User: user, Enrolled: v.clock.On(user.EnrolledAt)})
}

// unenroll ends the enrollment of a user, who can be invited again.
func (v *visit) unenroll() error {
	if err := v.Store.DeleteEnrollment(v.ctx(), v.actor(), v.id()); err != nil {
		return err
	}
	v.Office.ContentChanged(v.ctx())
	return v.done("/users/"+v.id()+"/info", "unenrolled", 0)
}
