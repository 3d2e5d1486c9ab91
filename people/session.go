package people

import "time"

// Session is what a browser's token stands for.
type Session struct {
	// AdministratorID is who signed in; empty while nobody has.
	AdministratorID string
	// Epoch is the administrator's when the session was made.
	Epoch int64
	// Data is the session's own text.
	Data string
	// OverAt ends the session whatever happens, and Idle without a request.
	OverAt time.Time
	Idle   time.Duration
}
