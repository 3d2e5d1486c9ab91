package people

import (
	"slices"
	"strings"
)

// Roster is a school's list of people, groups and devices. External ids are
// the roster's own and stay the same from one roster to the next.
type Roster struct {
	People  []RosterPerson
	Groups  []RosterGroup
	Devices []RosterDevice
}

// Clean returns the roster with surrounding blanks removed from everything
// that rows are told apart by.
func (r Roster) Clean() Roster {
	r.People, r.Groups, r.Devices = slices.Clone(r.People), slices.Clone(r.Groups), slices.Clone(r.Devices)
	for i := range r.People {
		r.People[i].ExternalID = strings.TrimSpace(r.People[i].ExternalID)
	}
	for i := range r.Groups {
		r.Groups[i].ExternalID = strings.TrimSpace(r.Groups[i].ExternalID)
	}
	for i := range r.Devices {
		r.Devices[i].SerialNumber = strings.TrimSpace(r.Devices[i].SerialNumber)
		r.Devices[i].UDID = strings.TrimSpace(r.Devices[i].UDID)
	}
	return r
}

// RosterPerson is one person of a roster.
type RosterPerson struct {
	ExternalID string
	FullName   string
	Email      string
	Language   string // "" leaves the user's language as it is
}

// User is the user that the person should be.
func (p RosterPerson) User() User {
	return User{FullName: p.FullName, Email: p.Email, Language: p.Language, ExternalID: p.ExternalID}.Clean()
}

// RosterGroup is one class or location; its external id begins with
// RosterClass or RosterLocation.
type RosterGroup struct {
	ExternalID string
	Name       string
	MemberIDs  []string // external ids of people
}

// What the external ids of a roster's groups begin with. Groups with other
// external ids, or none, are not the roster's.
const (
	RosterClass    = "class:"
	RosterLocation = "location:"
)

// RosterDevice is one device of a roster.
type RosterDevice struct {
	SerialNumber string
	UDID         string // "" leaves the device's UDID as it is
	Name         string
	Platform     Platform
	PersonID     string // external id; "": assigned to nobody
}

// Device is the device that the row describes, without its user.
func (d RosterDevice) Device() Device {
	return Device{Name: d.Name, Platform: d.Platform, SerialNumber: d.SerialNumber, UDID: d.UDID}.Clean()
}

// RosterOptions say how to apply a roster.
type RosterOptions struct {
	// DryRun reports and changes nothing.
	DryRun bool
	// RemoveMissing deletes users whom an earlier roster brought and this
	// one lacks. Above a tenth of them it is refused unless Force is set.
	RemoveMissing bool
	Force         bool
	// KeepMembers ends no membership: parts of the roster are not known.
	KeepMembers bool
}

// RosterReport counts what a roster changes, or would.
type RosterReport struct {
	Users   RosterCounts `json:"users"`
	Groups  RosterCounts `json:"groups"`
	Devices RosterCounts `json:"devices"`
	// Removed is the number of missing users that were deleted.
	Removed int `json:"removed"`
	// Renamed are devices whose name differs: it was fixed at enrollment and
	// stays. The first 100; RenamedCount has all.
	Renamed      []RenamedDevice `json:"renamed"`
	RenamedCount int             `json:"renamed_count"`
	// Missing are users that this roster lacks. The first 100.
	Missing []MissingUser `json:"missing"`
	// UnknownPeople counts group members and device owners that are nobody's
	// external id; they are left out, and a device keeps the owner it has.
	UnknownPeople int  `json:"unknown_people"`
	DryRun        bool `json:"dry_run"`
}

// RosterCounts are numbers of rows of one kind.
type RosterCounts struct {
	Created   int `json:"created"`
	Updated   int `json:"updated"`
	Unchanged int `json:"unchanged"`
	Missing   int `json:"missing"`
}

// RenamedDevice is a device with another name in the roster.
type RenamedDevice struct {
	SerialNumber string `json:"serial_number"`
	Name         string `json:"name"`
	RosterName   string `json:"roster_name"`
}

// MissingUser is a user that a roster lacks.
type MissingUser struct {
	ID         string `json:"id"`
	ExternalID string `json:"external_id"`
	FullName   string `json:"full_name"`
}
