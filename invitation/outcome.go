package invitation

import "time"

// Class says what a provider's answer to one delivery means for what happens next.
type Class string

// The classes of outcomes. Whoever talks to a provider decides the class,
// because it alone knows the provider's words.
const (
	// Taken: the provider took the message (SMTP 250 after the dot, APNs 200).
	Taken Class = "taken"
	// Refused: this recipient's server or device refused it for good.
	Refused Class = "refused"
	// TokenDead: APNs says the device token is no longer valid (410, BadDeviceToken).
	TokenDead Class = "token_dead"
	// Later: this recipient's server or device asks to try again later.
	Later Class = "later"
	// RouteDown: the route as a whole is down (connect, TLS, login, certificate);
	// nothing was decided about this recipient.
	RouteDown Class = "route_down"
	// Unknown: the connection broke after the message was on the wire; the
	// provider may or may not have taken it.
	Unknown Class = "unknown"
)

// Outcome is a provider's answer to one delivery.
type Outcome struct {
	Class Class
	// Code is the provider's status: an SMTP reply code, an HTTP status, or 0.
	Code int
	// Answer is the provider's words, shortened to 500 bytes of valid UTF-8 on one line. It holds
	// neither link tokens nor secrets.
	Answer string
	// RetryAfter is how long the provider asked to wait; 0 when it did not say.
	RetryAfter time.Duration
	// DeadSince is APNs' time at which it found the token dead (TokenDead only).
	DeadSince time.Time
}
