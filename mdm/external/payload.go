package external

import (
	"cmp"
	"encoding/hex"
	"strconv"
	"strings"
	"time"

	"heraut/invitation"
	"heraut/people"
)

// sharedUser is the UserID of every user channel of a Shared iPad; the person
// is in UserShortName (source: Apple's checkin/tokenupdate.yaml).
const sharedUser = "FFFFFFFF-FFFF-FFFF-FFFF-FFFFFFFFFFFF"

// kinds are NanoMDM's words for kinds of channels (source: its mdm.EnrollType).
var kinds = map[string]people.MDMKind{
	"Device":                   people.MDMDevice,
	"User":                     people.MDMUser,
	"Shared iPad":              people.MDMSharedIPad,
	"User Enrollment (Device)": people.MDMPersonalDevice,
	"User Enrollment":          people.MDMPersonalUser,
}

// names are what a device calls itself and its user.
type names struct {
	UDID             string
	UserID           string
	UserShortName    string
	EnrollmentID     string
	EnrollmentUserID string
}

// checkin is what is read of Authenticate, TokenUpdate and CheckOut (source:
// Apple's mdm/checkin/*.yaml).
type checkin struct {
	names

	Topic        string
	DeviceName   string
	Model        string
	ModelName    string
	ProductName  string
	SerialNumber string
	Token        []byte
	PushMagic    string
}

// report is what is read of a device's answer to a command (source: Apple's
// application.invitetoprogram.yaml and "Sending MDM commands to a device").
type report struct {
	Status           string
	CommandUUID      string
	InvitationResult string
	ErrorChain       []deviceError
}

type deviceError struct {
	ErrorCode            int
	ErrorDomain          string
	LocalizedDescription string
	USEnglishDescription string
}

// said is the report as the ledger takes it.
func (r report) said() invitation.Report {
	return invitation.Report{Status: r.Status, Result: r.InvitationResult, Words: r.words()}
}

// words are the device's, the innermost reason last.
func (r report) words() string {
	var parts []string
	for _, e := range r.ErrorChain {
		text := oneLine(cmp.Or(e.USEnglishDescription, e.LocalizedDescription))
		parts = append(parts, strings.TrimSpace(oneLine(e.ErrorDomain)+" "+strconv.Itoa(e.ErrorCode)+" "+text))
	}
	return words(strings.Join(parts, "; "))
}

// channel names one channel of a device as the MDM server does.
type channel struct {
	id     string
	parent string // of a user's channel: the device's
	kind   people.MDMKind
}

// device is the id of the device's channel.
func (c channel) device() string { return cmp.Or(c.parent, c.id) }

// channel tells whose event it is: by the ids that the server gave, else as
// NanoMDM would have named it (source: its mdm.Enrollment.Resolved).
func (o origin) channel(n names) channel {
	if o.IDs != nil && o.IDs.ID != "" {
		return channel{o.IDs.ID, o.IDs.ParentID, kinds[o.IDs.Type]}
	}
	n.UDID, n.EnrollmentID = cmp.Or(n.UDID, o.UDID), cmp.Or(n.EnrollmentID, o.EnrollmentID)
	return n.channel()
}

func (n names) channel() channel {
	switch {
	case n.UDID != "" && strings.EqualFold(n.UserID, sharedUser):
		return channel{n.UDID + ":" + n.UserShortName, n.UDID, people.MDMSharedIPad}
	case n.UDID != "" && n.UserID != "":
		return channel{n.UDID + ":" + n.UserID, n.UDID, people.MDMUser}
	case n.UDID != "":
		return channel{n.UDID, "", people.MDMDevice}
	case n.EnrollmentID != "" && n.EnrollmentUserID != "":
		return channel{n.EnrollmentID + ":" + n.EnrollmentUserID, n.EnrollmentID, people.MDMPersonalUser}
	default:
		return channel{n.EnrollmentID, "", people.MDMPersonalDevice}
	}
}

// enrolled is the device that an Authenticate tells of. Who enrolled it is not
// told: an administrator assigns it.
func (m checkin) enrolled(c channel, at time.Time) people.EnrolledDevice {
	return people.EnrolledDevice{
		EnrollmentID: c.id, Kind: c.kind, Name: m.DeviceName, Platform: m.platform(),
		SerialNumber: m.SerialNumber, UDID: m.UDID, At: at,
	}
}

// platform is empty for what can not be invited: an Apple TV, a Watch.
func (m checkin) platform() people.Platform {
	for _, product := range []string{m.ProductName, m.ModelName, m.Model} {
		if p, known := people.PlatformOf(product); known {
			return p
		}
	}
	return ""
}

// renewed is the channel that a TokenUpdate tells of.
func (m checkin) renewed(c channel, at time.Time) people.MDMChannel {
	renewed := people.MDMChannel{
		EnrollmentID: c.id, DeviceID: c.device(), Kind: c.kind,
		Topic: m.Topic, Token: hex.EncodeToString(m.Token), PushMagic: m.PushMagic, At: at,
	}
	if c.kind == people.MDMSharedIPad {
		renewed.Account = m.UserShortName
	}
	return renewed
}
