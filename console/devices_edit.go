package console

import (
	"net/http"
	"strconv"

	"heraut/invitation"
	"heraut/people"
)

// deviceForm is the page on which a device is made or changed.
type deviceForm struct {
	// Device is the one that is changed; the zero one when it is made.
	Device    people.Device
	Form      form
	Platforms []people.Platform
	// Action is where the form goes.
	Action string
}

var deviceFields = []string{"name", "platform", "serial_number", "udid", "version"}

func (v *visit) showDeviceForm(status int, d people.Device, f form) error {
	p := deviceForm{Device: d, Form: f, Platforms: platformsShown, Action: "/devices"}
	if d.ID != "" {
		p.Action = "/devices/" + d.ID + "/edit"
	}
	return v.showDevice(status, "devices/edit", d.ID, p)
}

func (v *visit) newDevice() error {
	f := newForm(map[string]string{"name": v.query("name"), "platform": string(people.IPadOS)})
	return v.showDeviceForm(http.StatusOK, people.Device{}, f)
}

func (v *visit) createDevice() error {
	f, err := v.submitted(deviceFields...)
	if err != nil {
		return err
	}
	device, err := v.Store.CreateDevice(v.ctx(), v.actor(), deviceOf(people.Device{Name: f.Values["name"]}, f))
	if err != nil {
		if err := v.refuse(&f, err); err != nil {
			return err
		}
		return v.showDeviceForm(http.StatusUnprocessableEntity, people.Device{}, f)
	}
	v.counts.forget()
	return v.done("/devices/"+device.ID, "device_made", 0)
}

func (v *visit) editDevice() error {
	device, err := v.Store.Device(v.ctx(), v.id())
	if err != nil {
		return err
	}
	return v.showDeviceForm(http.StatusOK, device, newForm(deviceValues(device)))
}

func deviceValues(d people.Device) map[string]string {
	return map[string]string{
		"platform": string(d.Platform), "serial_number": d.SerialNumber, "udid": d.UDID, "version": strconv.FormatInt(d.Version, 10),
	}
}

func (v *visit) updateDevice() error {
	f, err := v.submitted(deviceFields...)
	if err != nil {
		return err
	}
	device, err := v.Store.UpdateDevice(v.ctx(), v.actor(), v.id(), versionOf(f), func(d people.Device) (people.Device, error) {
		return deviceOf(d, f), nil
	})
	if err != nil {
		return v.deviceRefused(f, err)
	}
	return v.done("/devices/"+device.ID, "saved", 0)
}

// deviceRefused shows the form again, with what is wrong with it.
func (v *visit) deviceRefused(f form, refused error) error {
	if err := v.refuse(&f, refused); err != nil {
		return err
	}
	device, err := v.Store.Device(v.ctx(), v.id())
	if err != nil {
		return err
	}
	v.overtaken(&f, refused, deviceValues(device), source{})
	return v.showDeviceForm(http.StatusUnprocessableEntity, device, f)
}

// deviceOf puts the fields of the form into a device; its name was fixed when
// it enrolled.
func deviceOf(d people.Device, f form) people.Device {
	d.Platform = people.Platform(f.Values["platform"])
	d.SerialNumber, d.UDID = f.Values["serial_number"], f.Values["udid"]
	return d
}

// deviceEnd is what the end of a device takes along.
type deviceEnd struct {
	Device people.Device
	// Invitations are the open ones for it.
	Invitations int
}

func (v *visit) askDeleteDevice() error {
	device, err := v.Store.Device(v.ctx(), v.id())
	if err != nil {
		return err
	}
	open, err := v.Store.CountInvitations(v.ctx(), invitation.Filter{DeviceID: device.ID})
	if err != nil {
		return err
	}
	return v.showDevice(http.StatusOK, "devices/delete", device.ID, deviceEnd{Device: device, Invitations: open})
}

func (v *visit) deleteDevice() error {
	device, err := v.Store.Device(v.ctx(), v.id())
	if err != nil {
		return err
	}
	if err := v.Store.DeleteDevice(v.ctx(), v.actor(), device.ID, nil); err != nil {
		return err
	}
	v.Office.UserChanged(v.ctx(), device.UserID)
	v.counts.forget()
	return v.done("/devices", "device_deleted", 0)
}
