package external

import (
	"cmp"
	"strconv"
	"strings"
)

// sharedUser is the UserID of every user channel of a Shared iPad; the person
// is in UserShortName (source: Apple's checkin/tokenupdate.yaml).
const sharedUser = "FFFFFFFF-FFFF-FFFF-FFFF-FFFFFFFFFFFF"

// names are what a device calls itself and its user.
type names struct {
	UDID             string
	UserID           string
	UserShortName    string
	UserLongName     string
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
	OSVersion    string
	SerialNumber string
	Token        []byte
	PushMagic    string
}

// report is what is read of a device's answer to a command (source: Apple's
// application.invitetoprogram.yaml and "Sending MDM commands to a device").
type report struct {
	names

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

// words are the device's, the innermost reason last.
func (r report) words() string {
	var parts []string
	for _, e := range r.ErrorChain {
		text := oneLine(cmp.Or(e.USEnglishDescription, e.LocalizedDescription))
		parts = append(parts, strings.TrimSpace(oneLine(e.ErrorDomain)+" "+strconv.Itoa(e.ErrorCode)+" "+text))
	}
	return words(strings.Join(parts, "; "))
}

// enrollment tells whose event it is: by the ids that the server gave, else
// as NanoMDM would have named it (source: its mdm.Enrollment.Resolved).
func (o origin) enrollment(n names) Enrollment {
	n.UDID = cmp.Or(n.UDID, o.UDID)
	n.EnrollmentID = cmp.Or(n.EnrollmentID, o.EnrollmentID)
	e := n.resolve()
	if o.IDs != nil && o.IDs.ID != "" {
		e.ID, e.ParentID, e.Type = o.IDs.ID, o.IDs.ParentID, EnrollmentType(o.IDs.Type)
	}
	e.UDID = n.UDID
	return e
}

func (n names) resolve() Enrollment {
	switch {
	case n.UDID != "" && strings.EqualFold(n.UserID, sharedUser):
		return userChannel(n.UDID, n.UserShortName, SharedIPad)
	case n.UDID != "" && n.UserID != "":
		return userChannel(n.UDID, n.UserID, UserChannel)
	case n.UDID != "":
		return Enrollment{ID: n.UDID, Type: DeviceChannel}
	case n.EnrollmentID != "" && n.EnrollmentUserID != "":
		return userChannel(n.EnrollmentID, n.EnrollmentUserID, UserEnrollmentUser)
	default:
		return Enrollment{ID: n.EnrollmentID, Type: UserEnrollmentDevice}
	}
}

func userChannel(device, user string, kind EnrollmentType) Enrollment {
	return Enrollment{ID: device + ":" + user, ParentID: device, Type: kind}
}
