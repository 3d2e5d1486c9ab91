package console

import (
	"context"
	"net/http"

	"heraut/console/page"
	"heraut/invitation"
	"heraut/people"
)

var devicesRoutes = []route{
	{get, "/devices", viewer, (*visit).devices},
	{get, "/devices/new", operator, (*visit).newDevice},
	{post, "/devices", operator, (*visit).createDevice},
	{get, "/devices/:id", viewer, (*visit).device},
	{get, "/devices/:id/edit", operator, (*visit).editDevice},
	{post, "/devices/:id/edit", operator, (*visit).updateDevice},
	{get, "/devices/:id/assign", operator, (*visit).chooseOwner},
	{post, "/devices/:id/assign", operator, (*visit).assignDevice},
	{post, "/users/:id/devices", operator, (*visit).dropDevice},
	{get, "/devices/:id/delete", admin, (*visit).askDeleteDevice},
	{post, "/devices/:id/delete", admin, (*visit).deleteDevice},
}

// devicesStore keeps devices.
type devicesStore interface {
	CreateDevice(ctx context.Context, actor people.Actor, d people.Device) (people.Device, error)
	Device(ctx context.Context, id string) (people.Device, error)
	UpdateDevice(ctx context.Context, actor people.Actor, id string, ifVersion *int64, edit func(people.Device) (people.Device, error)) (people.Device, error)
	DeleteDevice(ctx context.Context, actor people.Actor, id string, ifVersion *int64) error
	ListDevices(ctx context.Context, f people.DeviceFilter, after people.Cursor, limit int) (people.Page[people.OwnedDevice], error)
	// DeviceMDM is what the MDM server knows of a device.
	DeviceMDM(ctx context.Context, id string) (people.MDMFacts, error)
	// ListInvitations lists the newest first.
	ListInvitations(ctx context.Context, f invitation.Filter, after people.Cursor, limit int) (people.Page[invitation.Invitation], error)
}

// devices shows the list alone.
func (v *visit) devices() error {
	pane, err := v.devicesPane("")
	if err != nil {
		return err
	}
	if v.live() && v.target() == "list-items" {
		return v.listItems("devices/list", pane)
	}
	return v.show(http.StatusOK, "devices/list", pane, nil)
}

// devicesPane is the middle pane, with one device marked.
func (v *visit) devicesPane(selected string) (listPane, error) {
	v.section = "devices"
	at, err := v.place()
	if err != nil {
		return listPane{}, err
	}
	f := people.DeviceFilter{
		Query: v.wanted(), Platform: people.Platform(v.query("platform")), Assigned: people.Assigned(v.query("assigned")), Sort: v.order(),
	}
	found, err := v.Store.ListDevices(v.ctx(), f, at, paneLimit)
	if err != nil {
		return listPane{}, err
	}
	kept := v.keep()
	items := make([]listItem, len(found.Items))
	for i, d := range found.Items {
		items[i] = listItem{Name: d.Name, Note: d.Owner, Href: with("/devices/"+d.ID, kept), Selected: d.ID == selected, Drag: d.ID}
		if d.Owner == "" {
			items[i].Note = v.t("devices.unassigned")
		}
	}
	pane := v.pane("devices", "/devices", items, found.Next)
	pane.Filters = v.deviceFilters()
	if v.can(operator) {
		pane.Add = "/devices/new"
	}
	return pane, nil
}

func (v *visit) deviceFilters() []listFilter {
	platforms := []option{{"", v.t("devices.any_platform")}}
	for _, p := range platformsShown {
		platforms = append(platforms, option{string(p), v.t("platform." + string(p))})
	}
	return []listFilter{
		{Name: "platform", Label: v.t("devices.platform"), Chosen: v.query("platform"), Options: platforms},
		{Name: "assigned", Label: v.t("devices.assigned"), Chosen: v.query("assigned"), Options: []option{
			{"", v.t("devices.assigned.any")},
			{string(people.AssignedYes), v.t("devices.assigned.yes")},
			{string(people.AssignedNo), v.t("devices.assigned.no")},
		}},
		v.orders(people.ByOwner),
	}
}

// platformsShown are the platforms in the order of choices.
var platformsShown = []people.Platform{people.IPadOS, people.IOS, people.MacOS}

// showDevice shows one of a device's pages, beside the list.
func (v *visit) showDevice(status int, name, id string, data any) error {
	pane, err := v.devicesPane(id)
	if err != nil {
		return err
	}
	return v.show(status, name, pane, data)
}

// devicePage is what the page of a device shows.
type devicePage struct {
	Device   people.Device
	Owner    people.User // the zero one: nobody
	Channels []channelLine
	MDM      people.MDMFacts
	Enrolled page.Moment // at the MDM server
	Seen     page.Moment
	// Invited are the latest invitations for it.
	Invited []invitedLine
}

// channelLine is a way to reach a device.
type channelLine struct {
	Kind  people.PushKind
	Topic string
	Live  bool
	// At is when it was told; Dead when it was found dead.
	At, Dead page.Moment
}

// invitedLine is an invitation, with how it stands.
type invitedLine struct {
	ID, Name string
	Stands   sentence
}

// latestLimit is how many of the latest invitations a device's page shows.
const latestLimit = 10

func (v *visit) device() error {
	device, err := v.Store.Device(v.ctx(), v.id())
	if err != nil {
		return err
	}
	p := devicePage{Device: device}
	if p.Owner, err = v.owner(device); err != nil {
		return err
	}
	if p.MDM, err = v.Store.DeviceMDM(v.ctx(), device.ID); err != nil {
		return err
	}
	p.Enrolled, p.Seen = v.clock.On(p.MDM.EnrolledAt), v.clock.At(p.MDM.LastSeenAt)
	for _, c := range device.Push {
		p.Channels = append(p.Channels, channelLine{Kind: c.Kind, Topic: c.Topic, Live: c.Live(), At: v.clock.At(c.UpdatedAt), Dead: v.clock.At(c.DeadSince)})
	}
	invited, err := v.Store.ListInvitations(v.ctx(), invitation.Filter{DeviceID: device.ID}, people.Cursor{}, latestLimit)
	if err != nil {
		return err
	}
	for _, i := range invited.Items {
		p.Invited = append(p.Invited, invitedLine{ID: i.ID, Name: i.User.FullName, Stands: v.invited(i)})
	}
	return v.showDevice(http.StatusOK, "devices/info", device.ID, p)
}

// owner is who has the device; the zero user: nobody.
func (v *visit) owner(d people.Device) (people.User, error) {
	if d.UserID == "" {
		return people.User{}, nil
	}
	return v.Store.User(v.ctx(), d.UserID)
}
