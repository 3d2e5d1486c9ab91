package main

import (
	"context"
	"fmt"
	"net"
	"os"
	"strconv"
	"time"

	rosterfiles "heraut/directory/roster"
	"heraut/invitation"
	"heraut/people"
	"heraut/settings"
	"heraut/simulator/school"
)

const (
	// demoStaff is the external id of the group of the staff, which no roster has.
	demoStaff = "demo:staff"
	demoFrom  = "uitnodigingen@" + school.Domain
	// listPage is how much of a list is read at once.
	listPage = 500
)

var demoActor = people.System("demo")

// fill puts the school into the store at the first start; later ones only
// follow the mail sink to where it is now. Each step can be done again: a
// process that dies in the middle leaves nothing half.
func (d *demo) fill(ctx context.Context, before addresses) error {
	if d.state.Seeded {
		return d.followSink(ctx, before.SMTP)
	}
	for _, step := range []func(context.Context) error{
		d.importRoster, d.gatherStaff, d.switchOn, d.installApp, d.setInvitations, d.setMail, d.setCertificates, d.installToken, d.promiseContent,
	} {
		if err := step(ctx); err != nil {
			return err
		}
	}
	return nil
}

// importRoster does what `heraut import roster` does.
func (d *demo) importRoster(ctx context.Context) error {
	folder := d.file(demoRoster)
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return err
	}
	if err := d.school.WriteRoster(folder); err != nil {
		return err
	}
	files, err := rosterfiles.Open(folder)
	if err != nil {
		return err
	}
	defer func() { _ = files.Close() }() // it was only read
	read, err := rosterfiles.Parse(ctx, files)
	if err != nil {
		return err
	}
	if !read.Complete() {
		return fmt.Errorf("the school's roster has problems: %s", read.Problems[0].Message)
	}
	_, err = d.parts.store.ApplyRoster(ctx, demoActor, read.Roster, people.RosterOptions{}, nil)
	return err
}

// gatherStaff makes a group of those who are in no class.
func (d *demo) gatherStaff(ctx context.Context) error {
	groups, err := d.groups(ctx)
	if err != nil {
		return err
	}
	var staff people.Group
	for _, g := range groups {
		if g.ExternalID == demoStaff {
			staff = g
		}
	}
	if staff.ID == "" {
		staff, err = d.parts.store.CreateGroup(ctx, demoActor, people.Group{Name: "Medewerkers", ExternalID: demoStaff})
		if err != nil {
			return err
		}
	}
	ids, err := d.usersOf(ctx, d.school.PeopleIn(""))
	if err != nil {
		return err
	}
	_, err = d.parts.store.SetMembers(ctx, demoActor, staff.ID, ids, nil)
	return err
}

// groups lists all groups.
func (d *demo) groups(ctx context.Context) ([]people.Group, error) {
	return everything(func(after people.Cursor) (people.Page[people.Group], error) {
		return d.parts.store.ListGroups(ctx, people.GroupFilter{}, after, listPage)
	})
}

// usersOf gives the ids of users.
func (d *demo) usersOf(ctx context.Context, wanted []school.Person) ([]string, error) {
	users, err := everything(func(after people.Cursor) (people.Page[people.User], error) {
		return d.parts.store.ListUsers(ctx, people.UserFilter{}, after, listPage)
	})
	if err != nil {
		return nil, err
	}
	byExternal := make(map[string]string, len(users))
	for _, u := range users {
		byExternal[u.ExternalID] = u.ID
	}
	ids := make([]string, 0, len(wanted))
	for _, p := range wanted {
		ids = append(ids, byExternal[p.ID])
	}
	return ids, nil
}

// everything reads a list to its end.
func everything[T any](list func(after people.Cursor) (people.Page[T], error)) ([]T, error) {
	var all []T
	for after := new(people.Cursor); after != nil; {
		page, err := list(*after)
		if err != nil {
			return nil, err
		}
		all, after = append(all, page.Items...), page.Next
	}
	return all, nil
}

// switchOn switches managed distribution services on for every group.
func (d *demo) switchOn(ctx context.Context) error {
	groups, err := d.groups(ctx)
	if err != nil {
		return err
	}
	for _, g := range groups {
		_, err := d.parts.store.UpdateGroup(ctx, demoActor, g.ID, nil, func(g people.Group) (people.Group, error) {
			g.ManagedDistribution = true
			return g, nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// installApp registers the school's app on the devices that have it.
func (d *demo) installApp(ctx context.Context) error {
	tokens := map[string]string{}
	for _, device := range d.school.Devices {
		tokens[device.SerialNumber] = device.PushToken
	}
	devices, err := everything(func(after people.Cursor) (people.Page[people.OwnedDevice], error) {
		return d.parts.store.ListDevices(ctx, people.DeviceFilter{}, after, listPage)
	})
	if err != nil {
		return err
	}
	for _, device := range devices {
		if _, has := device.PushOf(people.PushAlert); has || tokens[device.SerialNumber] == "" {
			continue
		}
		channel := people.PushChannel{Kind: people.PushAlert, Topic: demoTopic, Token: tokens[device.SerialNumber]}
		_, err := d.parts.store.UpdateDevice(ctx, demoActor, device.ID, nil, func(device people.Device) (people.Device, error) {
			device.Push = append(device.Push, channel)
			return device, nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// setInvitations makes weeks minutes.
func (d *demo) setInvitations(ctx context.Context) error {
	doc := settings.Invitations{
		ExpiresAfter: settings.Duration(15 * time.Minute),
		Reminders: []settings.Reminder{
			{After: settings.Duration(3 * time.Minute), Channel: invitation.ViaPush},
			{After: settings.Duration(6 * time.Minute), Channel: invitation.ViaMail},
		},
		DefaultChannel: invitation.PolicyAuto, OrganizationName: school.Name, DefaultLanguage: "nl",
	}
	return d.put(ctx, settings.NameInvitations, doc, nil, doc.Check())
}

// setMail makes the sink the relay.
func (d *demo) setMail(ctx context.Context) error {
	doc := settings.Mail{Mode: settings.MailRelay, From: demoFrom, Relay: settings.Relay{TLS: settings.TLSNone}}
	var err error
	if doc.Relay.Host, doc.Relay.Port, err = splitAddress(d.state.Addresses.SMTP); err != nil {
		return err
	}
	return d.put(ctx, settings.NameMail, doc, nil, doc.Check())
}

// followSink points the relay at the sink's new address, unless somebody has
// pointed it elsewhere.
func (d *demo) followSink(ctx context.Context, before string) error {
	doc, err := d.parts.settings.mail(ctx)
	if err != nil || before == d.state.Addresses.SMTP {
		return err
	}
	if net.JoinHostPort(doc.Relay.Host, strconv.Itoa(doc.Relay.Port)) != before {
		return nil
	}
	if doc.Relay.Host, doc.Relay.Port, err = splitAddress(d.state.Addresses.SMTP); err != nil {
		return err
	}
	return d.put(ctx, settings.NameMail, doc, nil, doc.Check())
}

// setCertificates installs the push certificates of the school's app and of
// its MDM.
func (d *demo) setCertificates(ctx context.Context) error {
	for kind, topic := range map[people.PushKind]string{people.PushAlert: demoTopic, people.PushMDM: demoMDMTopic} {
		certPEM, keyPEM, err := d.apns.IssueCertificate(topic)
		if err != nil {
			return err
		}
		doc, err := certificates{}.ReadCertificate(certPEM, keyPEM, kind)
		if err := d.put(ctx, settings.NamePush(kind), doc, keyPEM, err); err != nil {
			return err
		}
	}
	return nil
}

func (d *demo) put(ctx context.Context, name settings.Name, doc any, secret []byte, wrong error) error {
	if wrong != nil {
		return wrong
	}
	_, err := d.parts.store.PutSetting(ctx, demoActor, name, doc, secret, nil)
	return err
}

func splitAddress(address string) (host string, port int, err error) {
	host, text, err := net.SplitHostPort(address)
	if err == nil {
		port, err = strconv.Atoi(text)
	}
	return host, port, err
}
