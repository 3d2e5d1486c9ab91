package external_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"heraut/mdm/external"
)

// device and person are ids as NanoMDM makes them.
const (
	device = "0B5A2C7E-0000-4000-8000-0000000000A1"
	person = "9C4D1F22-0000-4000-8000-0000000000B2"
)

func TestAuthenticateTellsOfADevice(t *testing.T) {
	h := newHook(t)
	e := object{"topic": "mdm.Authenticate", "created_at": at, "checkin_event": object{
		"udid": device, "ids": object{"id": device, "type": "Device"},
		"raw_payload": message("MessageType", "Authenticate", "UDID", device, "DeviceName", "Anna's\niPhone", "SerialNumber", "C39XXXX",
			"ProductName", "iPhone15,2", "Model", "MQ0X3", "ModelName", "iPhone", "OSVersion", "18.1", "Topic", "com.apple.mgmt.External.1"),
	}}
	for range 2 { // what comes twice is told twice; the ledger bears it
		status, words := h.post(t, e)
		require.Equal(t, http.StatusOK, status, words)
	}
	want := external.Device{
		Enrollment: external.Enrollment{ID: device, Type: external.DeviceChannel, UDID: device},
		Name:       "Anna's iPhone", SerialNumber: "C39XXXX", ProductName: "iPhone15,2", Model: "MQ0X3", ModelName: "iPhone", OSVersion: "18.1", At: atTime,
	}
	require.Equal(t, []external.Device{want, want}, h.ledger.devices)
}

func TestTokenUpdateTellsOfAChannel(t *testing.T) {
	h := newHook(t)
	status, words := h.post(t, object{"topic": "mdm.TokenUpdate", "created_at": at, "checkin_event": object{
		"udid": device, "ids": object{"id": device + ":" + person, "parent_id": device, "type": "User"}, "token_update_tally": 1,
		"raw_payload": message("UDID", device, "UserID", person, "UserShortName", "anna", "UserLongName", "Anna de Vries",
			"Token", []byte{0xAB, 0xCD}, "PushMagic", "magic-1", "Topic", "com.apple.mgmt.External.1", "NotOnConsole", raw("<false/>")),
	}})
	require.Equal(t, http.StatusOK, status, words)
	require.Equal(t, []external.Channel{{
		Enrollment: external.Enrollment{ID: device + ":" + person, ParentID: device, Type: external.UserChannel, UDID: device},
		Topic:      "com.apple.mgmt.External.1", Token: "abcd", PushMagic: "magic-1",
		UserShortName: "anna", UserLongName: "Anna de Vries", First: true, At: atTime,
	}}, h.ledger.renewed)
}

func TestEnrollmentsAreNamedAsNanoMDMDoes(t *testing.T) {
	for name, c := range map[string]struct {
		event   object
		message []byte
		want    external.Enrollment
	}{
		"ids win": {
			object{"udid": device, "ids": object{"id": "chosen", "type": "Device"}},
			message("UDID", device),
			external.Enrollment{ID: "chosen", Type: external.DeviceChannel, UDID: device},
		},
		"no ids":               {object{"udid": device}, message(), external.Enrollment{ID: device, Type: external.DeviceChannel, UDID: device}},
		"neither ids nor udid": {object{}, message("UDID", device), external.Enrollment{ID: device, Type: external.DeviceChannel, UDID: device}},
		"a Mac's user": {
			object{"udid": device},
			message("UDID", device, "UserID", person),
			external.Enrollment{ID: device + ":" + person, ParentID: device, Type: external.UserChannel, UDID: device},
		},
		"a Shared iPad's user": {
			object{},
			message("UDID", device, "UserID", "FFFFFFFF-FFFF-FFFF-FFFF-FFFFFFFFFFFF", "UserShortName", "anna@school.example"),
			external.Enrollment{ID: device + ":anna@school.example", ParentID: device, Type: external.SharedIPad, UDID: device},
		},
		"a User Enrollment": {
			object{"enrollment_id": "E-1"},
			message("EnrollmentID", "E-1"),
			external.Enrollment{ID: "E-1", Type: external.UserEnrollmentDevice},
		},
		"a User Enrollment's user": {
			object{},
			message("EnrollmentID", "E-1", "EnrollmentUserID", "P-1"),
			external.Enrollment{ID: "E-1:P-1", ParentID: "E-1", Type: external.UserEnrollmentUser},
		},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHook(t)
			c.event["raw_payload"] = c.message
			status, words := h.post(t, object{"topic": "mdm.CheckOut", "created_at": at, "checkin_event": c.event})
			require.Equal(t, http.StatusOK, status, words)
			require.Equal(t, []external.Enrollment{c.want}, h.ledger.left)
		})
	}
}

func TestConnectTellsOfAnAnswer(t *testing.T) {
	chain := raw(`<array><dict><key>ErrorCode</key><integer>12021</integer><key>ErrorDomain</key><string>MCMDMErrorDomain</string>
<key>LocalizedDescription</key><string>Onbekende opdracht</string><key>USEnglishDescription</key><string>Unknown command
https://buy.itunes.apple.com/x?inviteCode=1</string></dict></array>`)
	for name, c := range map[string]struct {
		status  string
		message []byte
		want    external.Report
	}{
		"shown": {
			"Acknowledged", message("UDID", device, "CommandUUID", "C-1", "Status", "Acknowledged", "InvitationResult", "Acknowledged"),
			external.Report{Status: "Acknowledged", InvitationResult: "Acknowledged"},
		},
		"an address that the device does not take": {
			"Acknowledged", message("UDID", device, "CommandUUID", "C-1", "Status", "Acknowledged", "InvitationResult", "InvalidInvitationURL"),
			external.Report{Status: "Acknowledged", InvitationResult: "InvalidInvitationURL"},
		},
		"put off": {
			"NotNow", message("UDID", device, "CommandUUID", "C-1", "Status", "NotNow"),
			external.Report{Status: "NotNow"},
		},
		"an error": {
			"Error", message("UDID", device, "CommandUUID", "C-1", "Status", "Error", "ErrorChain", chain),
			external.Report{Status: "Error", Words: "MCMDMErrorDomain 12021 Unknown command [address]"},
		},
		"said by the event alone": {
			"Acknowledged", message("UDID", device, "InvitationResult", "Acknowledged"),
			external.Report{Status: "Acknowledged", InvitationResult: "Acknowledged"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHook(t)
			status, words := h.post(t, object{"topic": "mdm.Connect", "created_at": at, "acknowledge_event": object{
				"udid": device, "ids": object{"id": device, "type": "Device"}, "status": c.status, "command_uuid": "C-1", "raw_payload": c.message,
			}})
			require.Equal(t, http.StatusOK, status, words)
			c.want.Enrollment = external.Enrollment{ID: device, Type: external.DeviceChannel, UDID: device}
			c.want.CommandUUID, c.want.At = "C-1", atTime
			require.Equal(t, []external.Report{c.want}, h.ledger.reports)
		})
	}
}
