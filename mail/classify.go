package mail

import (
	"errors"
	"fmt"
	"net/textproto"

	"heraut/invitation"
)

// phase is where in a transaction a reply came.
type phase int

const (
	phaseMail phase = iota
	phaseRcpt
	phaseData
	phaseDot
)

// Reply codes with a meaning of their own (RFC 5321, 4.2.3; RFC 4954, 6).
const (
	codeDone         = 250
	codeClosing      = 421
	codeAuthRequired = 530
)

// classify says what a reply within a transaction means:
//
//	          MAIL                       RCPT      DATA      after the dot
//	2xx                                                      Taken
//	4xx       Later                      Later     Later     Later
//	5xx       relay RouteDown,           Refused   Refused   Refused
//	          direct Refused
//
// A relay that refuses MAIL refuses the sender, whoever the recipient is. The
// same holds for 530 at any phase. 552 is like any 5xx: RFC 5321, 4.5.3.1.10
// wants it read as 452 only where it means too many recipients, and here a
// transaction has one.
func (d *delivery) classify(p phase, reply *textproto.Error) invitation.Outcome {
	outcome := invitation.Outcome{Code: reply.Code, Answer: fmt.Sprintf("%03d %s", reply.Code, reply.Msg)}
	switch {
	case p == phaseDot && reply.Code/100 == 2:
		outcome.Class = invitation.Taken
	case reply.Code < 500:
		outcome.Class = invitation.Later
	case d.relay && (p == phaseMail || reply.Code == codeAuthRequired):
		outcome.Class = invitation.RouteDown
		outcome.Answer = "The relay refuses this sender: " + outcome.Answer
	default:
		outcome.Class = invitation.Refused
	}
	return outcome
}

// notOpened classifies what kept a connection from being opened: a relay is
// the whole route, a recipient's server is not.
func (d *delivery) notOpened(err error) invitation.Outcome {
	failure, ok := errors.AsType[*openError](err)
	if !ok {
		return cancelled()
	}
	outcome := invitation.Outcome{Class: invitation.Later, Code: failure.code, Answer: failure.sentence}
	if d.relay || failure.route {
		outcome.Class = invitation.RouteDown
	}
	return outcome
}

func later(words string) invitation.Outcome {
	return invitation.Outcome{Class: invitation.Later, Answer: words}
}

func cancelled() invitation.Outcome {
	return later("Sending was stopped before the message left.")
}

// openError is why a connection could not be opened.
type openError struct {
	step     string // StepDNS .. StepLogin
	sentence string // for a person; ends with a full stop unless a server's words end it
	code     int    // the server's reply; 0: none
	network  bool   // no TCP connection came about
	route    bool   // no mail can leave this way at all
	before   []Step // what went well
}

func (e *openError) Error() string { return e.sentence }

// failed makes the error of a step in the dialogue; what names it with the host.
func failed(step string, t target, what string, err error) *openError {
	e := &openError{step: step, code: replyCode(err)}
	what = fmt.Sprintf(what, t.host)
	switch {
	case e.code != 0:
		e.sentence = what + " was refused: " + words(err)
		if step == StepConnect {
			e.sentence = what + " was: " + words(err)
		}
	default:
		e.sentence = what + " did not come: " + networkWords(err) + "."
	}
	return e
}

func replyCode(err error) int {
	if reply, ok := errors.AsType[*textproto.Error](err); ok {
		return reply.Code
	}
	return 0
}

// words are a reply's code and text.
func words(err error) string {
	if reply, ok := errors.AsType[*textproto.Error](err); ok {
		return fmt.Sprintf("%03d %s", reply.Code, reply.Msg)
	}
	return err.Error()
}
