// Package mail writes invitation mails and hands them to mail servers: to one
// relay, or directly to the recipient's own. It says what each server's answer
// means, and takes the delivery reports that come back.
package mail

import (
	"time"
)

// Message is one invitation mail, or a reminder of one, before it is written.
type Message struct {
	// MessageID has no angle brackets; see MessageID. Two copies of a Message
	// with the same Date are the same bytes.
	MessageID string
	// From is the address in the From field, FromName the name beside it.
	From, FromName string
	// ReturnPath is where delivery reports go; empty: From.
	ReturnPath string
	To, ToName string
	// Language is "nl" or "en".
	Language string
	// Organization is who invites.
	Organization string
	// Logo is the address of the organization's logo; empty: there is none. It is
	// the same for everybody: that it is fetched tells nothing of a recipient.
	Logo string
	// Devices are the names of the devices that the invitation covers; empty
	// where it covers none in particular.
	Devices []string
	// Link is the address behind the sign-in button, StopLink the one that
	// ends reminders (RFC 8058). Both are http or https.
	Link, StopLink string
	Reminder       bool
	ExpiresAt      time.Time
	// Location is the zone in which ExpiresAt is shown; nil: UTC.
	Location *time.Location
	// Date goes into the Date field; zero: now.
	Date time.Time
}

// Envelope is a written mail with what a mail server must know of it.
type Envelope struct {
	// ReturnPath and To are checked addresses without angle brackets.
	ReturnPath, To string
	MessageID      string
	// Data is the mail with CRLF line ends, not dot-stuffed.
	Data []byte
	// SMTPUTF8 says that a server must offer SMTPUTF8 (RFC 6531) to take it.
	SMTPUTF8 bool

	// private are texts that never go into an Outcome: the links.
	private []string
}

// Compose checks the message and writes it as multipart/alternative, text and
// HTML, in its language. What is wrong with a field is a fault.InvalidRequest.
func Compose(m Message) (Envelope, error) {
	to, from, returnPath, err := m.check()
	if err != nil {
		return Envelope{}, err
	}
	data, err := m.write(from, to)
	if err != nil {
		return Envelope{}, err
	}

	return Envelope{
		ReturnPath: returnPath,
		To:         to,
		MessageID:  m.MessageID,
		Data:       data,
		SMTPUTF8:   !isASCII(to) || !isASCII(from) || !isASCII(returnPath),
		private:    privateTexts(m.Link, m.StopLink),
	}, nil
}
