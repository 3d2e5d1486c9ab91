package roster

import (
	"fmt"
	"strings"

	"heraut/people"
)

var deviceColumns = schema{
	required: []string{"serial_number", "name", "platform"},
	optional: []string{"person_id", "udid"},
}

// device keeps a line of devices.csv.
func (p *parser) device(r row) {
	d := people.RosterDevice{
		SerialNumber: strings.Clone(r.get("serial_number")),
		UDID:         strings.Clone(r.get("udid")),
		Name:         words(r.get("name")),
		Platform:     platform(r.get("platform")),
		PersonID:     r.get("person_id"),
	}
	if d.SerialNumber == "" {
		r.problem("serial_number", "Give the serial number; it tells one device from another.")
		return
	}
	if !unique(r, p.serials, "serial_number", d.SerialNumber) || !unique(r, p.udids, "udid", d.UDID) {
		return
	}
	device := people.Device{Name: d.Name, Platform: d.Platform, SerialNumber: d.SerialNumber, UDID: d.UDID}
	if !r.check(device.Check(), map[string]string{"/name": "name", "/platform": "platform", "/serial_number": "serial_number", "/udid": "udid"}) {
		return
	}
	if d.PersonID != "" && !p.refers(r, &p.persons, "person_id", "person") {
		return
	}
	d.PersonID = p.persons.copyOf(d.PersonID)
	p.devices = append(p.devices, d)
}

// unique reports a value that an earlier line has.
func unique(r row, seen map[string]int, name, value string) bool {
	if value == "" {
		return true
	}
	if first, twice := seen[value]; twice {
		r.problem(name, fmt.Sprintf("%q is there already: line %d.", short(value), first))
		return false
	}
	seen[value] = r.number
	return true
}

// platform reads Heraut's words and the names of the devices themselves; what
// it does not know is left for the check to refuse.
func platform(text string) people.Platform {
	switch strings.ToLower(text) {
	case "ios", "iphone", "iphone os":
		return people.IOS
	case "ipados", "ipad":
		return people.IPadOS
	case "macos", "mac", "os x":
		return people.MacOS
	}
	return people.Platform(text)
}
