package people

import "time"

// EnrollmentLink lets its holder enroll one device in the name of a user. It
// is used up when a device has got its certificate by it; until then the
// profile can be downloaded again.
type EnrollmentLink struct {
	ID       string
	UserID   string
	FullName string
	Language string // the user's; may be empty
	// Devices are the names of the devices that the user has, sorted.
	Devices   []string
	CreatedAt time.Time
	ExpiresAt time.Time
	UsedAt    time.Time // zero: not used
	// Expired is true to the database's clock.
	Expired bool
}

// Open tells whether a device can still be enrolled with the link.
func (l EnrollmentLink) Open() bool { return l.UsedAt.IsZero() && !l.Expired }
