package external_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"heraut/invitation"
	"heraut/people"
)

// device and person are ids as NanoMDM makes them, topic one of a push
// certificate.
const (
	device = "0B5A2C7E-0000-4000-8000-0000000000A1"
	person = "9C4D1F22-0000-4000-8000-0000000000B2"
	topic  = "com.apple.mgmt.External.1"
)

// minute is a time of the server's clock.
func minute(n int) time.Time { return time.Date(2026, 3, 28, 9, n, 0, 0, time.UTC) }

// checkin is a check-in event of the device's channel.
func checkin(topic string, at time.Time, payload []byte) object {
	return object{"topic": topic, "created_at": at, "checkin_event": object{
		"udid": device, "ids": object{"id": device, "type": "Device"}, "raw_payload": payload,
	}}
}

func authenticate(at time.Time) object {
	return checkin("mdm.Authenticate", at, message("MessageType", "Authenticate", "UDID", device, "DeviceName", "Anna's iPhone",
		"SerialNumber", "C39XXXX", "ProductName", "iPhone15,2", "Model", "MQ0X3", "ModelName", "iPhone", "OSVersion", "18.1", "Topic", topic))
}

func tokenUpdate(at time.Time, token byte) object {
	return checkin("mdm.TokenUpdate", at, message("UDID", device, "Token", []byte{0xAB, token}, "PushMagic", "magic-1", "Topic", topic,
		"AwaitingConfiguration", raw("<false/>")))
}

func checkOut(at time.Time) object { return checkin("mdm.CheckOut", at, message("UDID", device)) }

func TestAuthenticateTellsOfADevice(t *testing.T) {
	h := newHook(t)
	for range 2 { // what comes twice is told twice; the ledger bears it
		h.take(t, authenticate(minute(0)))
	}
	want := people.EnrolledDevice{
		EnrollmentID: device, Kind: people.MDMDevice, Name: "Anna's iPhone", Platform: people.IOS,
		SerialNumber: "C39XXXX", UDID: device, At: minute(0),
	}
	require.Equal(t, []people.EnrolledDevice{want, want}, h.ledger.devices)
}

func TestPlatformIsTheProducts(t *testing.T) {
	for product, want := range map[string]people.Platform{
		"iPhone15,2": people.IOS, "iPod9,1": people.IOS, "iPad13,1": people.IPadOS, "Mac14,2": people.MacOS, "MacBookPro18,3": people.MacOS,
		"": people.IOS, "AppleTV14,1": "", "Watch7,1": "", "RealityDevice14,1": "",
	} {
		h := newHook(t)
		h.take(t, checkin("mdm.Authenticate", minute(0), message("UDID", device, "ProductName", product, "DeviceName", "d")))
		if want == "" {
			require.Empty(t, h.ledger.devices, product)
			continue
		}
		require.Len(t, h.ledger.devices, 1, product)
		require.Equal(t, want, h.ledger.devices[0].Platform, product)
	}
}

func TestTokenUpdateTellsOfAChannel(t *testing.T) {
	h := newHook(t)
	h.take(t, object{"topic": "mdm.TokenUpdate", "created_at": minute(0), "checkin_event": object{
		"udid": device, "ids": object{"id": device + ":" + person, "parent_id": device, "type": "User"}, "token_update_tally": 1,
		"raw_payload": message("UDID", device, "UserID", person, "UserShortName", "anna", "UserLongName", "Anna de Vries",
			"Token", []byte{0xAB, 0xCD}, "PushMagic", "magic-1", "Topic", topic, "NotOnConsole", raw("<false/>")),
	}})
	require.Equal(t, []people.MDMChannel{{
		EnrollmentID: device + ":" + person, DeviceID: device, Kind: people.MDMUser,
		Topic: topic, Token: "abcd", PushMagic: "magic-1", At: minute(0),
	}}, h.ledger.renewed)
}

func TestChannelsAreNamedAsNanoMDMDoes(t *testing.T) {
	for name, c := range map[string]struct {
		event   object
		message []any
		want    people.MDMChannel
	}{
		"ids win": {
			object{"udid": device, "ids": object{"id": "chosen", "type": "Device"}},
			[]any{"UDID", device},
			people.MDMChannel{EnrollmentID: "chosen", DeviceID: "chosen", Kind: people.MDMDevice},
		},
		"no ids": {
			object{"udid": device},
			nil,
			people.MDMChannel{EnrollmentID: device, DeviceID: device, Kind: people.MDMDevice},
		},
		"neither ids nor udid": {
			object{},
			[]any{"UDID", device},
			people.MDMChannel{EnrollmentID: device, DeviceID: device, Kind: people.MDMDevice},
		},
		"a Mac's user": {
			object{"udid": device},
			[]any{"UDID", device, "UserID", person},
			people.MDMChannel{EnrollmentID: device + ":" + person, DeviceID: device, Kind: people.MDMUser},
		},
		"a Shared iPad's user": {
			object{},
			[]any{"UDID", device, "UserID", "FFFFFFFF-FFFF-FFFF-FFFF-FFFFFFFFFFFF", "UserShortName", "anna@school.example"},
			people.MDMChannel{EnrollmentID: device + ":anna@school.example", DeviceID: device, Kind: people.MDMSharedIPad, Account: "anna@school.example"},
		},
		"a User Enrollment": {
			object{"enrollment_id": "E-1"},
			[]any{"EnrollmentID", "E-1"},
			people.MDMChannel{EnrollmentID: "E-1", DeviceID: "E-1", Kind: people.MDMPersonalDevice},
		},
		"a User Enrollment's user": {
			object{},
			[]any{"EnrollmentID", "E-1", "EnrollmentUserID", "P-1"},
			people.MDMChannel{EnrollmentID: "E-1:P-1", DeviceID: "E-1", Kind: people.MDMPersonalUser},
		},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHook(t)
			c.event["raw_payload"] = message(append(c.message, "Topic", topic, "Token", []byte{1}, "PushMagic", "m")...)
			h.take(t, object{"topic": "mdm.TokenUpdate", "created_at": minute(0), "checkin_event": c.event})
			c.want.Topic, c.want.Token, c.want.PushMagic, c.want.At = topic, "01", "m", minute(0)
			require.Equal(t, []people.MDMChannel{c.want}, h.ledger.renewed)
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
		want    invitation.Report
	}{
		"shown": {
			"Acknowledged", message("UDID", device, "CommandUUID", uuid, "Status", "Acknowledged", "InvitationResult", "Acknowledged"),
			invitation.Report{Status: "Acknowledged", Result: "Acknowledged"},
		},
		"an address that the device does not take": {
			"Acknowledged", message("UDID", device, "CommandUUID", uuid, "Status", "Acknowledged", "InvitationResult", "InvalidInvitationURL"),
			invitation.Report{Status: "Acknowledged", Result: "InvalidInvitationURL"},
		},
		"put off": {
			"NotNow", message("UDID", device, "CommandUUID", uuid, "Status", "NotNow"),
			invitation.Report{Status: "NotNow"},
		},
		"an error": {
			"Error", message("UDID", device, "CommandUUID", uuid, "Status", "Error", "ErrorChain", chain),
			invitation.Report{Status: "Error", Words: "MCMDMErrorDomain 12021 Unknown command [address]"},
		},
		"said by the event alone": {
			"Acknowledged", message("UDID", device, "InvitationResult", "Acknowledged"),
			invitation.Report{Status: "Acknowledged", Result: "Acknowledged"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHook(t)
			h.take(t, object{"topic": "mdm.Connect", "created_at": minute(0), "acknowledge_event": object{
				"udid": device, "ids": object{"id": device, "type": "Device"}, "status": c.status, "command_uuid": uuid, "raw_payload": c.message,
			}})
			require.Equal(t, []told{{uuid, c.want}}, h.ledger.reports)
		})
	}
}
