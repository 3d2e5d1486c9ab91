package people

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"heraut/fault"
)

// pointers lists the fields that err complains about.
func pointers(t *testing.T, err error) []string {
	t.Helper()
	if err == nil {
		return nil
	}
	f, ok := errors.AsType[*fault.Error](err)
	require.True(t, ok)
	require.Equal(t, fault.InvalidRequest, f.Code)
	var all []string
	for _, field := range f.Fields {
		all = append(all, field.Pointer)
	}
	return all
}

func TestUserCheck(t *testing.T) {
	good := User{FullName: "Åsa Öberg", Email: "asa@example.org", Language: "nl"}
	for name, c := range map[string]struct {
		change func(*User)
		want   []string
	}{
		"good":               {func(*User) {}, nil},
		"no address":         {func(u *User) { u.Email = "" }, nil},
		"no name":            {func(u *User) { u.FullName = "  " }, []string{"/full_name"}},
		"long name":          {func(u *User) { u.FullName = strings.Repeat("é", MaxName+1) }, []string{"/full_name"}},
		"longest name":       {func(u *User) { u.FullName = strings.Repeat("é", MaxName) }, nil},
		"line break in name": {func(u *User) { u.FullName = "a\r\nBcc: b@c.d" }, []string{"/full_name"}},
		"line separator":     {func(u *User) { u.FullName = "a\u2028b" }, []string{"/full_name"}},
		"NUL":                {func(u *User) { u.FullName = "a\x00b" }, []string{"/full_name"}},
		"not UTF-8":          {func(u *User) { u.FullName = "a\xffb" }, []string{"/full_name"}},
		"no domain":          {func(u *User) { u.Email = "asa" }, []string{"/email"}},
		"address literal":    {func(u *User) { u.Email = "a@[127.0.0.1]" }, []string{"/email"}},
		"no dot":             {func(u *User) { u.Email = "a@localhost" }, []string{"/email"}},
		"smuggled parameter": {func(u *User) { u.Email = `"a@x.nl> NOTIFY=NEVER"@example.org` }, []string{"/email"}},
		"huge address":       {func(u *User) { u.Email = strings.Repeat("a", 100_000) + "@example.org" }, []string{"/email"}},
		"other language":     {func(u *User) { u.Language = "fr" }, []string{"/language"}},
		"two faults":         {func(u *User) { u.FullName, u.Language = "", "fr" }, []string{"/full_name", "/language"}},
	} {
		t.Run(name, func(t *testing.T) {
			u := good
			c.change(&u)
			require.Equal(t, c.want, pointers(t, u.Check()))
		})
	}
}

func TestCleanRemovesBlanks(t *testing.T) {
	u := User{FullName: " Jan ", Email: "\tj@example.org ", ExternalID: " 1 ", ManagedAppleAccount: " j@school.nl"}.Clean()
	require.Equal(t, User{FullName: "Jan", Email: "j@example.org", ExternalID: "1", ManagedAppleAccount: "j@school.nl"}, u)
	require.Equal(t, Group{Name: "4B", ExternalID: "x"}, Group{Name: " 4B ", ExternalID: "x "}.Clean())
}

func TestDeviceCleanLeavesTheOriginalAlone(t *testing.T) {
	d := Device{Name: " iPad ", SerialNumber: " S1 ", UDID: "U ", Push: []PushChannel{{Kind: PushAlert, Token: " ABCD "}}}
	c := d.Clean()
	require.Equal(t, "abcd", c.Push[0].Token)
	require.Equal(t, []string{"iPad", "S1", "U"}, []string{c.Name, c.SerialNumber, c.UDID})
	require.Equal(t, " ABCD ", d.Push[0].Token)
}

func TestDeviceCheck(t *testing.T) {
	good := Device{Name: "iPad", Platform: IPadOS, Push: []PushChannel{
		{Kind: PushMDM, Topic: "com.apple.mgmt.x", Token: "0a", PushMagic: "M"},
		{Kind: PushAlert, Topic: "org.example.app", Token: "0b"},
	}}
	for name, c := range map[string]struct {
		change func(*Device)
		want   []string
	}{
		"good":              {func(*Device) {}, nil},
		"no name":           {func(d *Device) { d.Name = "" }, []string{"/name"}},
		"platform":          {func(d *Device) { d.Platform = "android" }, []string{"/platform"}},
		"long serial":       {func(d *Device) { d.SerialNumber = strings.Repeat("S", MaxSerial+1) }, []string{"/serial_number"}},
		"token is no hex":   {func(d *Device) { d.Push[0].Token = "xyz" }, []string{"/push/0/token"}},
		"empty token":       {func(d *Device) { d.Push[1].Token = "" }, []string{"/push/1/token"}},
		"long token":        {func(d *Device) { d.Push[1].Token = strings.Repeat("0a", MaxToken) }, []string{"/push/1/token"}},
		"no topic":          {func(d *Device) { d.Push[1].Topic = "" }, []string{"/push/1/topic"}},
		"kind":              {func(d *Device) { d.Push[1].Kind = "sms" }, []string{"/push/1/kind"}},
		"two of one kind":   {func(d *Device) { d.Push[0].Kind = PushAlert }, []string{"/push/1/kind"}},
		"mdm without magic": {func(d *Device) { d.Push[0].PushMagic = "" }, []string{"/push/0/push_magic"}},
		"magic with quotes": {func(d *Device) { d.Push[0].PushMagic = `a"b` }, []string{"/push/0/push_magic"}},
	} {
		t.Run(name, func(t *testing.T) {
			d := good
			d.Push = append([]PushChannel{}, good.Push...)
			c.change(&d)
			require.Equal(t, c.want, pointers(t, d.Check()))
		})
	}
}

func TestDeviceKeepsItsName(t *testing.T) {
	d := Device{Name: "iPad van Jan", Platform: IPadOS}
	next := d
	next.UserID = "u"
	require.NoError(t, d.CheckChange(next))
	next.Name = "iPad van Piet"
	require.Equal(t, []string{"/name"}, pointers(t, d.CheckChange(next)))
}

func TestPushOfAndLive(t *testing.T) {
	d := Device{Push: []PushChannel{{Kind: PushAlert, Token: "0a"}}}
	alert, ok := d.PushOf(PushAlert)
	require.True(t, ok)
	require.True(t, alert.Live())
	alert.DeadSince = time.Now()
	require.False(t, alert.Live())
	_, ok = d.PushOf(PushMDM)
	require.False(t, ok)
}

func TestAllEnrolledNeedsMembers(t *testing.T) {
	require.False(t, GroupCounts{}.AllEnrolled())
	require.True(t, GroupCounts{Members: 2, Enrolled: 2}.AllEnrolled())
	require.False(t, GroupCounts{Members: 2, Enrolled: 1, Invited: 1}.AllEnrolled())
}
