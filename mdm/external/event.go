package external

import (
	"encoding/json"
	"strings"
	"time"

	"heraut/fault"
)

// topic says what an event is about.
type topic string

// The topics that are acted on (source: NanoMDM's service/webhook/event.json).
// There are more: what the organization's other tools do with the server.
const (
	enrolled  topic = "mdm.Authenticate"
	renewed   topic = "mdm.TokenUpdate"
	left      topic = "mdm.CheckOut"
	connected topic = "mdm.Connect"
)

// event is the body of one webhook request.
type event struct {
	Topic       topic             `json:"topic"`
	CreatedAt   time.Time         `json:"created_at"`
	Checkin     *checkinEvent     `json:"checkin_event"`
	Acknowledge *acknowledgeEvent `json:"acknowledge_event"`
}

// origin tells whose event it is. NanoMDM gives ids; MicroMDM and old NanoMDM
// give a udid or an enrollment_id alone.
type origin struct {
	IDs *struct {
		ID       string `json:"id"`
		ParentID string `json:"parent_id"`
		Type     string `json:"type"`
	} `json:"ids"`
	UDID         string `json:"udid"`
	EnrollmentID string `json:"enrollment_id"`
}

type checkinEvent struct {
	origin

	RawPayload []byte `json:"raw_payload"`
	// Tally counts TokenUpdates since enrollment; 1 is the one that ends it.
	Tally int `json:"token_update_tally"`
}

type acknowledgeEvent struct {
	origin

	Status      string `json:"status"`
	CommandUUID string `json:"command_uuid"`
	RawPayload  []byte `json:"raw_payload"`
}

// readEvent reads the body of a request; what is not an event is a
// *fault.Error. A time that the server's clock can not have shown becomes now:
// by it the ledger tells which of two events is the newer one.
func readEvent(body []byte, now time.Time) (event, error) {
	var e event
	if err := json.Unmarshal(body, &e); err != nil {
		return e, fault.New(fault.Malformed, "This is not an event of NanoMDM's webhook.")
	}
	if e.CreatedAt.IsZero() || e.CreatedAt.After(now.Add(24*time.Hour)) {
		e.CreatedAt = now
	}
	switch e.Topic {
	case enrolled, renewed, left:
		if e.Checkin == nil {
			return e, fault.New(fault.Malformed, "An event of this topic has a checkin_event.")
		}
	case connected:
		if e.Acknowledge == nil {
			return e, fault.New(fault.Malformed, "An event of this topic has an acknowledge_event.")
		}
	case "":
		return e, fault.New(fault.Malformed, "An event has a topic.")
	}
	return e, nil
}

// idle tells that a device only asked what there is to do. It does so at
// every connection, and there is nothing in it to keep.
func (e event) idle() bool {
	return e.Topic == connected && (e.Acknowledge.CommandUUID == "" || strings.EqualFold(e.Acknowledge.Status, "Idle"))
}
