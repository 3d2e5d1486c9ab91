package console

import (
	"net/http"
	"strconv"

	"heraut/fault"
	"heraut/invitation"
	"heraut/people"
)

// ownerPage is where one chooses who gets a device.
type ownerPage struct {
	Device people.Device
	Owner  people.User
	Find   string
	Found  []people.User
}

// chooseOwner is the menu of users for a device; a search finds in it.
func (v *visit) chooseOwner() error {
	device, err := v.Store.Device(v.ctx(), v.id())
	if err != nil {
		return err
	}
	p := ownerPage{Device: device, Find: v.query("find")}
	if p.Owner, err = v.owner(device); err != nil {
		return err
	}
	users, err := v.Store.ListUsers(v.ctx(), people.UserFilter{Query: p.Find}, people.Cursor{}, foundLimit)
	if err != nil {
		return err
	}
	p.Found = users.Items
	if v.live() && v.target() == "owners" {
		return v.part("devices/assign", "owners", p)
	}
	return v.showDevice(http.StatusOK, "devices/assign", device.ID, p)
}

// handover is a device on its way from one user to another.
type handover struct {
	Device people.Device
	From   people.User // the zero one: it was nobody's
	To     people.User // the zero one: it becomes nobody's
	// Invitations are the open ones that the change cancels.
	Invitations int
	// Version is that of the device which was confirmed.
	Version string
}

// assignDevice takes the choice of the menu; user_id is empty for nobody.
func (v *visit) assignDevice() error {
	f, err := v.submitted("user_id", "version", "sure")
	if err != nil {
		return err
	}
	return v.handOver(v.id(), f.Values["user_id"], f)
}

// dropDevice takes a device that was dragged onto a user.
func (v *visit) dropDevice() error {
	f, err := v.submitted("dragged")
	if err != nil {
		return err
	}
	return v.handOver(f.Values["dragged"], v.id(), f)
}

// handOver assigns a device. Where that takes it from somebody, or cancels
// invitations, it asks first; what was confirmed is done to the device as it
// was then.
func (v *visit) handOver(deviceID, userID string, f form) error {
	h, err := v.handover(deviceID, userID)
	if err != nil {
		return err
	}
	if h.From.ID == h.To.ID {
		return v.done("/devices/"+h.Device.ID, "saved", 0)
	}
	if (h.From.ID != "" || h.Invitations > 0) && f.Values["sure"] != "yes" {
		return v.showDevice(http.StatusOK, "devices/confirm", h.Device.ID, h)
	}
	version := &h.Device.Version
	if f.Values["sure"] == "yes" {
		version = versionOf(f)
	}
	_, err = v.Store.UpdateDevice(v.ctx(), v.actor(), h.Device.ID, version, func(d people.Device) (people.Device, error) {
		d.UserID = userID
		return d, nil
	})
	if fault.Is(err, fault.PreconditionFailed) { // it was changed since: ask about what is true now
		return v.showDevice(http.StatusConflict, "devices/confirm", h.Device.ID, h)
	}
	if err != nil {
		return err
	}
	v.Office.UserChanged(v.ctx(), h.From.ID)
	if userID == "" {
		return v.done("/devices/"+h.Device.ID, "device_unassigned", 0)
	}
	return v.done("/devices/"+h.Device.ID, "device_assigned", 0)
}

// handover reads what the change of an owner would do.
func (v *visit) handover(deviceID, userID string) (handover, error) {
	var h handover
	var err error
	if h.Device, err = v.Store.Device(v.ctx(), deviceID); err != nil {
		return h, err
	}
	h.Version = strconv.FormatInt(h.Device.Version, 10)
	if h.From, err = v.owner(h.Device); err != nil {
		return h, err
	}
	if userID != "" {
		if h.To, err = v.Store.User(v.ctx(), userID); err != nil {
			return h, err
		}
	}
	h.Invitations, err = v.Store.CountInvitations(v.ctx(), invitation.Filter{DeviceID: deviceID})
	return h, err
}
