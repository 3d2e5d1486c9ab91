package external

import (
	"cmp"
	"encoding/hex"
	"strconv"
	"strings"
	"time"

	"github.com/micromdm/nanomdm/mdm"

	"heraut/invitation"
	"heraut/people"
)

// kinds are NanoMDM's words for types of enrollment.
var kinds = map[string]people.MDMKind{
	mdm.EnrollType(mdm.Device).String():               people.MDMDevice,
	mdm.EnrollType(mdm.User).String():                 people.MDMUser,
	mdm.EnrollType(mdm.SharediPad).String():           people.MDMSharedIPad,
	mdm.EnrollType(mdm.UserEnrollmentDevice).String(): people.MDMPersonalDevice,
	mdm.EnrollType(mdm.UserEnrollment).String():       people.MDMPersonalUser,
}

// channel names one channel of a device as the MDM server does.
type channel struct {
	id     string
	parent string // of a user's channel: the device's
	kind   people.MDMKind
}

// device is the id of the device's channel.
func (c channel) device() string { return cmp.Or(c.parent, c.id) }

// named tells whether the channel has a name. In the name of a user's channel
// a colon follows the device's: a device that had one in its own could pass
// for another's user.
func (c channel) named() bool {
	return c.id != "" && c.kind != "" && !strings.Contains(c.device(), ":")
}

// channel tells whose event it is: by the ids that the server gave, else as
// NanoMDM would have named it.
func (o origin) channel(e mdm.Enrollment) channel {
	if o.IDs != nil && o.IDs.ID != "" {
		return channel{o.IDs.ID, o.IDs.ParentID, kinds[o.IDs.Type]}
	}
	e.UDID, e.EnrollmentID = cmp.Or(e.UDID, o.UDID), cmp.Or(e.EnrollmentID, o.EnrollmentID)
	r := e.Resolved()
	switch {
	case r == nil:
		return channel{}
	case r.IsUserChannel:
		return channel{r.DeviceChannelID + ":" + r.UserChannelID, r.DeviceChannelID, kinds[r.Type.String()]}
	default:
		return channel{r.DeviceChannelID, "", kinds[r.Type.String()]}
	}
}

// checkin is what is read of Authenticate, TokenUpdate and CheckOut (source:
// Apple's mdm/checkin/*.yaml).
type checkin struct {
	mdm.Enrollment

	Topic        string
	DeviceName   string
	Model        string
	ModelName    string
	ProductName  string
	SerialNumber string
	Token        []byte
	PushMagic    string
}

// enrolled is the device that an Authenticate tells of; false for one that can
// not be invited: an Apple TV, a Watch. Who enrolled it is not told: an
// administrator assigns it.
func (m checkin) enrolled(c channel, at time.Time) (people.EnrolledDevice, bool) {
	platform, known := people.PlatformOf(cmp.Or(m.ProductName, m.ModelName, m.Model))
	if !known {
		// Its device channel is the one that every device has.
		platform, known = people.IOS, m.ProductName == ""
	}
	return people.EnrolledDevice{
		EnrollmentID: c.id, Kind: c.kind, Name: m.DeviceName, Platform: platform,
		SerialNumber: m.SerialNumber, UDID: m.UDID, At: at,
	}, known
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

// report is what is read of a device's answer to a command (source: Apple's
// application.invitetoprogram.yaml and "Sending MDM commands to a device").
type report struct {
	Status           string
	CommandUUID      string
	InvitationResult string
	ErrorChain       []mdm.ErrorChain
}

// said is the answer as it is kept.
func (r report) said() invitation.Report {
	var parts []string
	for _, e := range r.ErrorChain {
		text := cmp.Or(e.USEnglishDescription, e.LocalizedDescription)
		parts = append(parts, strings.TrimSpace(e.ErrorDomain+" "+strconv.Itoa(e.ErrorCode)+" "+text))
	}
	return invitation.Report{Status: r.Status, Result: r.InvitationResult, Words: strings.Join(parts, "; ")}.Clean()
}
