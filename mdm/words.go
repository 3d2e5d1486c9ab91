package mdm

import (
	"cmp"
	"errors"
	"net/http"
	"regexp"
	"strconv"
	"strings"

	"github.com/micromdm/nanomdm/mdm"
	"github.com/micromdm/nanomdm/service"

	"heraut/invitation"
	"heraut/mdm/plists"
	"heraut/people"
)

// deviceID is how devices are named. In the name of a user's channel a colon
// follows: a device that had one in its own could pass for another's user.
var deviceID = regexp.MustCompile(`^[0-9A-Za-z-]{1,64}$`)

// kinds are NanoMDM's types of enrollment.
var kinds = map[mdm.EnrollType]people.MDMKind{
	mdm.Device:               people.MDMDevice,
	mdm.User:                 people.MDMUser,
	mdm.SharediPad:           people.MDMSharedIPad,
	mdm.UserEnrollmentDevice: people.MDMPersonalDevice,
	mdm.UserEnrollment:       people.MDMPersonalUser,
}

// channelOf names the channel of a message as NanoMDM does (its normalize).
func channelOf(e *mdm.Enrollment) (people.MDMChannel, error) {
	r := e.Resolved()
	if r == nil || !deviceID.MatchString(r.DeviceChannelID) || r.IsUserChannel && r.UserChannelID == "" {
		return people.MDMChannel{}, bad("the message names no device")
	}
	c := people.MDMChannel{EnrollmentID: r.DeviceChannelID, DeviceID: r.DeviceChannelID, Kind: kinds[r.Type]}
	if r.IsUserChannel {
		c.EnrollmentID += ":" + r.UserChannelID
	}
	if c.Kind == people.MDMSharedIPad {
		c.Account = e.UserShortName
	}
	return c, nil
}

// bad makes a fault of a message that the device shall not send again.
func bad(words string) error {
	return service.NewHTTPStatusError(http.StatusBadRequest, errors.New(words))
}

// enrolled tells in the domain's words what an Authenticate says.
func enrolled(m *mdm.Authenticate, userID string) (people.EnrolledDevice, error) {
	c, err := channelOf(&m.Enrollment)
	if err != nil {
		return people.EnrolledDevice{}, err
	}
	// Source: Apple, "AuthenticateRequest".
	var said struct{ DeviceName, ProductName, Model, ModelName string }
	if err := plists.Decode(m.Raw, &said); err != nil {
		return people.EnrolledDevice{}, bad("the message can not be read")
	}
	platform, ok := platformOf(said.ProductName, cmp.Or(said.ModelName, said.Model))
	if !ok {
		return people.EnrolledDevice{}, service.NewHTTPStatusError(http.StatusForbidden, errors.New("invitations go to iPhone, iPad and Mac alone"))
	}
	d := people.EnrolledDevice{
		EnrollmentID: c.EnrollmentID, Kind: c.Kind, Name: said.DeviceName, Platform: platform,
		SerialNumber: m.SerialNumber, UDID: m.UDID, UserID: userID,
	}
	return d, d.Check()
}

// platformOf tells the platform by Apple's product name ("iPad14,3"), or by its
// model's where there is none. A device that tells neither is taken for an
// iPhone: its device channel is the one that every device has.
func platformOf(product, model string) (p people.Platform, ok bool) {
	if p, known := people.PlatformOf(cmp.Or(product, model)); known {
		return p, true
	}
	return people.IOS, product == ""
}

// renewed tells in the domain's words what a TokenUpdate says.
func renewed(m *mdm.TokenUpdate) (people.MDMChannel, error) {
	c, err := channelOf(&m.Enrollment)
	if err != nil {
		return c, err
	}
	c.Topic, c.Token, c.PushMagic = m.Topic, m.Token.String(), m.PushMagic
	return c, c.Check()
}

// address is whatever reads as one: an invitation's may stand in an error.
var address = regexp.MustCompile(`(?i)[a-z][a-z0-9+.-]*://[^\s"'<>]+`)

// reported tells in the domain's words what a device answers to a command.
// Source: Apple, "InviteToProgramResponse" and "ErrorChain".
func reported(m *mdm.CommandResults) (invitation.Report, error) {
	var said struct{ InvitationResult string }
	if err := plists.Decode(m.Raw, &said); err != nil {
		return invitation.Report{}, bad("the message can not be read")
	}
	var parts []string
	for _, e := range m.ErrorChain {
		text := cmp.Or(e.USEnglishDescription, e.LocalizedDescription)
		parts = append(parts, strings.TrimSpace(e.ErrorDomain+" "+strconv.Itoa(e.ErrorCode)+" "+text))
	}
	words := address.ReplaceAllString(strings.Join(parts, "; "), "[address]")
	return invitation.Report{Status: m.Status, Result: said.InvitationResult, Words: words}.Clean(), nil
}
