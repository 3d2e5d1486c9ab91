package main

import (
	"context"
	"errors"
	"io/fs"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/google/uuid"

	"heraut/internal/secrets"
	"heraut/people"
	devicesim "heraut/simulator/device"
	"heraut/simulator/school"
)

const (
	// demoMDMTopic is that of the school's MDM push certificate.
	demoMDMTopic = "com.apple.mgmt.External.regenboog"
	// demoKeys are shared by the demo's devices, to spare the processor.
	demoKeys = 4
	// demoLinkLife is how long the demo's links for devices work.
	demoLinkLife = time.Hour
)

// startDevices takes up the devices of an earlier start. What they show, their
// owners answer.
func (d *demo) startDevices(pace float64) error {
	d.fleet = devicesim.NewFleet(devicesim.FleetOptions{
		APNs: d.apns, Keys: demoKeys, Pace: pace, PlainLoopback: true,
		Shown: func(device *devicesim.Device, invitationURL string) { d.crowd.Prompt(device.Owner(), invitationURL) },
		Keep:  func(state []byte) error { return replaceFile(d.file(devicesStateFile), state) },
	})
	d.showDevices(d.fleet)
	kept, err := os.ReadFile(d.file(devicesStateFile))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	return d.fleet.Restore(kept)
}

// begin lets devices enroll as soon as next is served. Whoever else calls waits
// for that, some seconds at the first start: a plan of before would be stale.
func (d *demo) begin(ctx context.Context, next http.Handler) http.Handler {
	enrolled := make(chan struct{})
	go func() {
		defer close(enrolled)
		if err := d.enrollDevices(ctx); err != nil && ctx.Err() == nil {
			d.parts.log.WarnContext(ctx, "not all of the demo's devices could enroll", "error", err)
		}
	}()
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !strings.HasPrefix(r.URL.Path, mdmPrefix) && !strings.HasPrefix(r.URL.Path, "/enroll/") {
			select {
			case <-enrolled:
			case <-r.Context().Done():
				return
			}
		}
		next.ServeHTTP(w, r)
	})
}

// enrollDevices lets the iPads and Macs of the eager class enroll by the user
// portal, as their owners do with a link of their administrator's. The others
// have the school's app alone, or nothing. It ends when all are enrolled, or
// with the demo.
func (d *demo) enrollDevices(ctx context.Context) error {
	pupils := d.school.PeopleIn(school.Eager)
	users, err := d.usersOf(ctx, pupils)
	if err != nil {
		return err
	}
	var roles devicesim.Script
	for i, pupil := range pupils {
		for _, device := range d.school.DevicesOf(pupil.ID) {
			if device.Platform == string(people.IOS) || d.fleet.Find(device.SerialNumber) != nil {
				continue
			}
			link, err := d.enrollmentLink(ctx, users[i])
			if err != nil {
				return err
			}
			roles.Devices = append(roles.Devices, roleOf(device, pupil, link))
		}
	}
	return d.fleet.Play(ctx, roles, "")
}

func roleOf(device school.Device, owner school.Person, link string) devicesim.Role {
	role := devicesim.Role{
		Options: devicesim.Options{
			UDID: device.UDID, SerialNumber: device.SerialNumber, Name: device.Name,
			Platform: devicesim.Platform(device.Platform), Owner: owner.ID,
		},
		Profile: link,
	}
	if role.Platform == devicesim.Mac {
		role.User = devicesim.User{ShortName: owner.ID, LongName: owner.FirstName + " " + owner.LastName}
	}
	return role
}

// enrollmentLink does what POST /v1/users/{id}/enrollment-link does.
func (d *demo) enrollmentLink(ctx context.Context, userID string) (string, error) {
	link, keys := people.EnrollmentLink{ID: uuid.NewString(), UserID: userID}, d.parts.keys
	token := keys.Link(secrets.LinkEnroll, link.ID, enrollLink)
	_, err := d.parts.store.CreateEnrollmentLink(ctx, demoActor, link, secrets.LinkHash(token), keys.CodeHash(keys.Code(link.ID)), demoLinkLife)
	return d.parts.config.PublicURL + "/enroll/" + token, err
}
