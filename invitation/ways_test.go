package invitation

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestWays(t *testing.T) {
	mdm, alert, mail := ChannelMDM, ChannelAlert, ChannelMail
	for _, c := range []struct {
		name        string
		ways        Ways
		first, push Channel
		byMail      bool
	}{
		{"all", Ways{mdm, PolicyAuto, true, true, true}, mdm, mdm, true},
		{"alert planned", Ways{alert, PolicyAuto, true, true, true}, alert, alert, true},
		{"mdm gone", Ways{mdm, PolicyAuto, false, true, true}, alert, alert, true},
		{"mdm and alert gone", Ways{mdm, PolicyAuto, false, false, true}, mail, "", true},
		{"nothing left", Ways{mdm, PolicyAuto, false, false, false}, "", "", false},
		{"alert gone, mdm came", Ways{alert, PolicyAuto, true, false, true}, mdm, mdm, true},
		{"alert gone", Ways{alert, PolicyAuto, false, false, true}, mail, "", true},
		{"mail planned", Ways{mail, PolicyAuto, true, true, true}, mail, "", true},
		{"address gone", Ways{mail, PolicyAuto, true, true, false}, mdm, "", false},
		{"address gone, alert left", Ways{mail, PolicyAuto, false, true, false}, alert, "", false},
		{"push", Ways{mdm, PolicyPush, true, true, true}, mdm, mdm, false},
		{"push, mdm gone", Ways{mdm, PolicyPush, false, true, true}, "", "", false},
		{"both", Ways{mdm, PolicyBoth, true, false, true}, mdm, mdm, true},
		{"both, mdm gone", Ways{mdm, PolicyBoth, false, true, true}, "", "", true},
		{"mail alone", Ways{mail, PolicyMail, true, true, true}, mail, "", true},
		{"mail alone, address gone", Ways{mail, PolicyMail, true, true, false}, "", "", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			require.Equal(t, c.first, c.ways.First())
			require.Equal(t, c.push, c.ways.Push())
			require.Equal(t, Reach{Push: c.push != "", Mail: c.byMail}, c.ways.Reach())
			for _, via := range []Via{ViaPush, ViaMail, ViaBoth} {
				var want []Channel
				if c.push != "" && via != ViaMail {
					want = append(want, c.push)
				}
				if c.byMail && via != ViaPush {
					want = append(want, mail)
				}
				require.Equal(t, want, c.ways.Reminder(via), via)
			}
		})
	}
}

func TestBarredDevices(t *testing.T) {
	barred := func(c *Candidate) { c.Devices = []CandidateDevice{{ID: "d", Barred: true}} }
	for _, c := range []struct {
		name   string
		policy Policy
		mail   bool
		reason Reason
	}{
		{"auto", PolicyAuto, true, ""},
		{"auto, no address", PolicyAuto, false, DeviceNotInvitable},
		{"push", PolicyPush, true, DeviceNotInvitable},
		{"both", PolicyBoth, true, DeviceNotInvitable},
		{"mail", PolicyMail, true, ""},
		{"mail, no address", PolicyMail, false, NoChannel},
	} {
		t.Run(c.name, func(t *testing.T) {
			user := invitable(barred)
			user.HasMail = c.mail
			_, skips := Assign([]Candidate{user}, NotEnrolled, c.policy)
			if c.reason == "" {
				require.Empty(t, skips)
				return
			}
			require.Equal(t, []Skip{{UserID: "u", DeviceID: "d", Reason: c.reason}}, skips)
		})
	}
	user := invitable(barred)
	user.Devices[0].Channel = ChannelAlert
	targets, _ := Assign([]Candidate{user}, NotEnrolled, PolicyPush)
	require.Equal(t, ChannelAlert, targets[0].Channel, "an alert is another way")
}
