package console

import (
	"context"
	"net/url"

	"heraut/console/page"
	"heraut/invitation"
	"heraut/people"
)

// invitesStore is what inviting on Info tabs needs.
type invitesStore interface {
	ListDevices(ctx context.Context, f people.DeviceFilter, after people.Cursor, limit int) (people.Page[people.OwnedDevice], error)
	ListActive(ctx context.Context, f invitation.Filter, after people.Cursor, limit int) (people.Page[invitation.Invitation], error)
	ListCompleted(ctx context.Context, f invitation.Filter, after people.Cursor, limit int) (people.Page[invitation.Invitation], error)
}

// userInvitation is the part of a user's Info tab that invites: a button for
// each device, what was sent before, and how it ended.
type userInvitation struct {
	User     people.User
	Operator bool
	// Enrolled says when and how the user enrolled; the zero Moment: not yet.
	Enrolled page.Moment
	Devices  []people.OwnedDevice
	Open     []inviteLine
	Past     []inviteLine
	// MoreOpen and MorePast are where the rest is; empty: this is all.
	MoreOpen, MorePast string
}

// inviteLine is one invitation in a list.
type inviteLine struct {
	Href, Device, Channel string
	Stands                sentence
}

// The most that a user's page lists of each.
const (
	userDevices     = 50
	userInvitations = 20
)

func (v *visit) userInvitation(user people.User) (userInvitation, error) {
	u := userInvitation{User: user, Operator: v.can(operator)}
	devices, err := v.Store.ListDevices(v.ctx(), people.DeviceFilter{UserID: user.ID}, people.Cursor{}, userDevices)
	if err != nil {
		return u, err
	}
	u.Devices = devices.Items
	filter := invitation.Filter{UserID: user.ID}
	open, err := v.Store.ListActive(v.ctx(), filter, people.Cursor{}, userInvitations)
	if err != nil {
		return u, err
	}
	past, err := v.Store.ListCompleted(v.ctx(), filter, people.Cursor{}, userInvitations)
	if err != nil {
		return u, err
	}
	u.Open, u.Past = v.listed(open.Items), v.listed(past.Items)
	query := url.Values{"user_id": {user.ID}}
	if open.Next != nil {
		u.MoreOpen = with("/tasks/active", query)
	}
	if past.Next != nil {
		u.MorePast = with("/tasks/completed", query)
	}
	u.Enrolled = v.enrolled(user, past.Items)
	return u, nil
}

func (v *visit) listed(items []invitation.Invitation) []inviteLine {
	list := make([]inviteLine, len(items))
	for i, one := range items {
		list[i] = inviteLine{Href: "/invitations/" + one.ID, Channel: v.t("channel." + string(one.Channel)), Stands: v.invited(one)}
		if one.Device != nil {
			list[i].Device = one.Device.Name
		}
	}
	return list
}

// enrolled says when and how: "ingeschreven op 12 nov. 2026 via push". Of the
// invitations that one acceptance settled, the one that was answered tells how;
// they are settled at once, so the latest of them stands for all.
func (v *visit) enrolled(user people.User, past []invitation.Invitation) page.Moment {
	at := v.clock.On(user.EnrolledAt)
	if user.State != people.Enrolled || at.Words == "" {
		return page.Moment{}
	}
	how := ""
	for _, one := range past {
		if one.State == invitation.Accepted {
			how = v.via(one.Channel)
			break
		}
	}
	if how == "" && user.ManagedAppleAccount != "" {
		how = v.t("via.account")
	}
	at.Words = v.t("invite.enrolled", "day", at.Words, "how", how)
	return at
}
