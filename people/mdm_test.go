package people

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
)

// TestChannelsThatInvite holds Apple's table of InviteToProgram.
func TestChannelsThatInvite(t *testing.T) {
	invites := map[MDMKind][]Platform{MDMDevice: {IOS, IPadOS}, MDMUser: {MacOS}, MDMSharedIPad: {IPadOS}}
	for _, kind := range []MDMKind{MDMDevice, MDMUser, MDMSharedIPad, MDMPersonalDevice, MDMPersonalUser, ""} {
		for _, platform := range []Platform{IOS, IPadOS, MacOS} {
			want := false
			for _, p := range invites[kind] {
				want = want || p == platform
			}
			require.Equal(t, want, kind.Invites(platform), "%s on %s", kind, platform)
		}
	}
	require.True(t, EnrolledDevice{Kind: MDMDevice}.Invitable())
	require.False(t, EnrolledDevice{Kind: MDMDevice, AccountDriven: true}.Invitable())
	require.False(t, EnrolledDevice{Kind: MDMPersonalDevice}.Invitable())
}

func TestPlatformOf(t *testing.T) {
	for product, want := range map[string]Platform{
		"iPhone15,2": IOS, "iPod9,1": IOS, "iPad13,1": IPadOS, "MacBookPro18,3": MacOS, "Mac14,2": MacOS, "iMac21,1": MacOS,
		"VirtualMac2,1": MacOS, "AppleTV11,1": "", "Watch6,1": "", "": "",
	} {
		p, known := PlatformOf(product)
		require.Equal(t, want, p, product)
		require.Equal(t, want != "", known, product)
	}
}

// TestEnrolledDeviceFits: what a device calls itself is made to fit.
func TestEnrolledDeviceFits(t *testing.T) {
	e := EnrolledDevice{EnrollmentID: "U", Kind: MDMDevice, Platform: IPadOS, SerialNumber: " S ", UDID: "U"}
	for told, want := range map[string]string{
		"iPad van Åsa": "iPad van Åsa", " iPad\r\nBcc: x ": "iPad Bcc: x", "": "S", "\x00\n": "S",
		strings.Repeat("é", 400): strings.Repeat("é", MaxName), "a\xff": "a?",
	} {
		e.Name = told
		require.Equal(t, want, e.Device().Name)
		require.True(t, utf8.ValidString(e.Device().Name))
		require.NoError(t, e.Check())
	}
	e.SerialNumber, e.Name = "", ""
	require.Equal(t, "U", e.Device().Name)
}

func TestMDMChannelCheck(t *testing.T) {
	good := MDMChannel{EnrollmentID: "U:1", DeviceID: "U", Kind: MDMUser, Topic: "com.apple.mgmt.x", Token: "0A", PushMagic: "m"}
	require.NoError(t, good.Check())
	require.Equal(t, "0a", good.Push().Token)
	for _, change := range []func(*MDMChannel){
		func(m *MDMChannel) { m.EnrollmentID = "" },
		func(m *MDMChannel) { m.DeviceID = strings.Repeat("x", MaxEnrollmentID+1) },
		func(m *MDMChannel) { m.Token = "" },
		func(m *MDMChannel) { m.Topic = "" },
		func(m *MDMChannel) { m.PushMagic = "" },
	} {
		bad := good
		change(&bad)
		require.Error(t, bad.Check())
	}
}
