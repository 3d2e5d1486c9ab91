package devicesim

import (
	"crypto/rand"
	"fmt"
	"strings"

	"github.com/google/uuid"
)

// Platform is a kind of device.
type Platform string

// The platforms, as Heraut calls them, and the one that can not be invited.
const (
	IPhone  Platform = "ios"
	IPad    Platform = "ipados"
	Mac     Platform = "macos"
	AppleTV Platform = "tvos"
)

// model is what a device says of itself.
type model struct {
	name, model, product, version, build string
}

// hardware has one device of each kind.
var hardware = map[Platform]model{
	IPhone:  {"iPhone", "MTP03", "iPhone15,4", "26.1", "23B85"},
	IPad:    {"iPad", "MQ6J3", "iPad14,1", "26.1", "23B85"},
	Mac:     {"MacBook Air", "MRXN3", "Mac15,12", "26.1", "25B78"},
	AppleTV: {"Apple TV", "MN893", "AppleTV14,1", "26.1", "23J582"},
}

// invent fills in what tells one device from another.
func (o *Options) invent(kind model) {
	random := strings.ToUpper(rand.Text())
	if o.UDID == "" {
		o.UDID = udid(o.Platform)
	}
	if o.SerialNumber == "" {
		o.SerialNumber = "S" + random[:9]
	}
	if o.Name == "" {
		o.Name = kind.name
	}
	if o.EnrollmentID == "" && o.Enrollment == UserEnrollment {
		o.EnrollmentID = strings.ToUpper(uuid.NewString())
	}
	o.User = o.User.complete(o.Enrollment)
}

// complete gives somebody who is signed in an id.
func (u User) complete(enrollment Enrollment) User {
	switch {
	case u.ShortName == "":
		return User{}
	case enrollment == SharedIPad:
		u.ID = sharedUserID
	case u.ID == "":
		u.ID = strings.ToUpper(uuid.NewString())
	}
	return u
}

// udid makes one of the platform's form: a UUID for a Mac, the chip and its
// number for the others.
func udid(p Platform) string {
	id := uuid.New()
	if p == Mac {
		return strings.ToUpper(id.String())
	}
	return fmt.Sprintf("00008110-%016X", id[:8])
}
