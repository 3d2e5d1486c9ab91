// Package school makes up the school of the demo: its people, their classes
// and what devices they have, always the same. It writes them as the roster
// files that a real school would upload.
package school

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strconv"
)

// Name is the school's.
const Name = "De Regenboog"

// Domain is that of the people's addresses; it is reserved (RFC 2606), so that
// no mail of the demo can reach anybody.
const Domain = "regenboog.example"

// Eager is the class in which everybody can be invited.
const Eager = "4A"

const (
	staff    = 24
	perClass = 23
)

// School is a made-up school.
type School struct {
	Classes []string // "4A", "4B", "5A", ...
	People  []Person
	Devices []Device
}

// Person is a pupil or a member of staff.
type Person struct {
	ID         string
	FirstName  string
	MiddleName string
	LastName   string
	Email      string // empty: none known
	Class      string // empty: staff
}

// Device is an iPhone, an iPad or a Mac.
type Device struct {
	SerialNumber string
	UDID         string
	Name         string
	Platform     string // ios, ipados, macos
	PersonID     string // empty: assigned to nobody
	// PushToken is that of the school's own app, in hexadecimal; empty: the
	// app is not on the device.
	PushToken string
}

// New makes the school: 12 classes of 23 pupils, 24 members of staff, and some
// devices in the cupboard.
func New() School {
	s := School{}
	names := newNames()
	for i := range staff {
		s.add(names.next(), "", kits[i%len(kits)])
	}
	for _, year := range []int{4, 5, 6, 1, 2, 3} {
		for _, letter := range []string{"A", "B"} {
			class := strconv.Itoa(year) + letter
			s.Classes = append(s.Classes, class)
			for i := range perClass {
				s.add(names.next(), class, kitOf(i, class))
			}
		}
	}
	for i := range 6 {
		s.give(Person{}, "iPad leenkast "+strconv.Itoa(i+1), tablet, false)
	}
	return s
}

// PeopleIn lists the pupils of a class.
func (s *School) PeopleIn(class string) []Person {
	var in []Person
	for _, p := range s.People {
		if p.Class == class {
			in = append(in, p)
		}
	}
	return in
}

// DevicesOf lists a person's devices.
func (s *School) DevicesOf(personID string) []Device {
	var of []Device
	for _, d := range s.Devices {
		if d.PersonID == personID {
			of = append(of, d)
		}
	}
	return of
}

// add makes a person with what the kit holds.
func (s *School) add(p Person, class string, k kit) {
	p.ID, p.Class = "P"+strconv.Itoa(1001+len(s.People)), class
	if k.mail {
		p.Email = p.address(len(s.People) + 1)
	}
	s.People = append(s.People, p)
	for _, platform := range k.platforms {
		s.give(p, models[platform]+" van "+p.FirstName, platform, k.app)
	}
}

func (s *School) give(owner Person, name, platform string, app bool) {
	number := len(s.Devices) + 1
	d := Device{
		SerialNumber: fmt.Sprintf("FRB%07d", number),
		UDID:         fmt.Sprintf("00008030-%016X", number),
		Name:         name, Platform: platform, PersonID: owner.ID,
	}
	if app {
		token := sha256.Sum256([]byte("push token of " + d.SerialNumber))
		d.PushToken = hex.EncodeToString(token[:])
	}
	s.Devices = append(s.Devices, d)
}
