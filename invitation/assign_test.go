package invitation

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
)

// invitable is a user with an address, a device with push and one without.
func invitable(change func(*Candidate)) Candidate {
	c := Candidate{
		UserID: "u", Services: true, HasMail: true,
		Devices: []CandidateDevice{{ID: "live", Channel: ChannelAlert}, {ID: "plain"}},
	}
	change(&c)
	return c
}

func TestAssignByPolicy(t *testing.T) {
	push := Target{UserID: "u", DeviceID: "live", Channel: ChannelAlert}
	pushedByMail := Target{UserID: "u", DeviceID: "live", Channel: ChannelMail}
	plain := Target{UserID: "u", DeviceID: "plain", Channel: ChannelMail}
	alone := Target{UserID: "u", Channel: ChannelMail}
	noChannel := Skip{UserID: "u", DeviceID: "plain", Reason: NoChannel}

	all := func(*Candidate) {}
	noMail := func(c *Candidate) { c.HasMail = false }
	noDevice := func(c *Candidate) { c.Devices = nil }
	nothing := func(c *Candidate) { c.HasMail, c.Devices = false, nil }
	for _, c := range []struct {
		name    string
		policy  Policy
		user    func(*Candidate)
		targets []Target
		skips   []Skip
	}{
		{"auto", PolicyAuto, all, []Target{push, plain}, nil},
		{"auto, no address", PolicyAuto, noMail, []Target{push}, []Skip{noChannel}},
		{"auto, no device", PolicyAuto, noDevice, nil, []Skip{{UserID: "u", Reason: NoDevice}}},
		{"push", PolicyPush, all, []Target{push}, []Skip{noChannel}},
		{"push, no device", PolicyPush, noDevice, nil, []Skip{{UserID: "u", Reason: NoDevice}}},
		{"mail", PolicyMail, all, []Target{pushedByMail, plain}, nil},
		{"mail, no device", PolicyMail, noDevice, []Target{alone}, nil},
		{"mail, no address", PolicyMail, noMail, nil, []Skip{{UserID: "u", DeviceID: "live", Reason: NoChannel}, noChannel}},
		{"mail, nothing", PolicyMail, nothing, nil, []Skip{{UserID: "u", Reason: NoChannel}}},
		{"both", PolicyBoth, all, []Target{alone, push}, []Skip{noChannel}},
		{"both, no address", PolicyBoth, noMail, []Target{push}, []Skip{noChannel}},
		{"both, no device", PolicyBoth, noDevice, []Target{alone}, nil},
		{"both, nothing", PolicyBoth, nothing, nil, []Skip{{UserID: "u", Reason: NoChannel}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			targets, skips := Assign([]Candidate{invitable(c.user)}, NotEnrolled, c.policy)
			require.Equal(t, c.targets, targets)
			require.Equal(t, c.skips, skips)
		})
	}
}

func TestAssignByAudience(t *testing.T) {
	for _, c := range []struct {
		name     string
		audience Audience
		user     func(*Candidate)
		reason   Reason
	}{
		{"services off", NotEnrolled, func(c *Candidate) { c.Services = false }, ServicesOff},
		{"services off counts first", NotInvited, func(c *Candidate) { c.Services, c.Enrolled = false, true }, ServicesOff},
		{"enrolled", NotEnrolled, func(c *Candidate) { c.Enrolled = true }, AlreadyEnrolled},
		{"enrolled counts before invited", NotInvited, func(c *Candidate) { c.Enrolled, c.Invited = true, true }, AlreadyEnrolled},
		{"invited before", NotInvited, func(c *Candidate) { c.Invited = true }, PreviouslyInvited},
		{"invited before, not enrolled", NotEnrolled, func(c *Candidate) { c.Invited = true }, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			targets, skips := Assign([]Candidate{invitable(c.user)}, c.audience, PolicyAuto)
			if c.reason == "" {
				require.Len(t, targets, 2)
				require.Empty(t, skips)
				return
			}
			require.Empty(t, targets)
			require.Equal(t, []Skip{{UserID: "u", Reason: c.reason}}, skips)
		})
	}
}

func TestCountSumsUp(t *testing.T) {
	totals := Count([]Target{
		{UserID: "a", Channel: ChannelMail},
		{UserID: "a", DeviceID: "1", Channel: ChannelAlert},
		{UserID: "a", DeviceID: "2", Channel: ChannelMail},
		{UserID: "b", DeviceID: "3", Channel: ChannelMDM},
	}, []Skip{{UserID: "c", Reason: NoDevice}, {UserID: "d", Reason: NoDevice}})
	require.Equal(t, Totals{
		Invitations: 4, Users: 2, ByChannel: map[Channel]int{ChannelMDM: 1, ChannelAlert: 1, ChannelMail: 2},
		Messages: 3, Skipped: map[Reason]int{NoDevice: 2},
	}, totals, "one mail covers all of a user's invitations by mail")
}

func TestDigestIsThatOfTheSet(t *testing.T) {
	set := []Target{{UserID: "a", DeviceID: "1", Channel: ChannelMail}, {UserID: "b", Channel: ChannelMail}}
	digest := Digest(set)
	require.Len(t, digest, 64)
	again := []Target{{InvitationID: "x", UserID: "b", Channel: ChannelMail}, {InvitationID: "y", UserID: "a", DeviceID: "1", Channel: ChannelMail}}
	SortTargets(again)
	require.Equal(t, digest, Digest(again))
	for _, other := range [][]Target{
		set[:1],
		{{UserID: "a", DeviceID: "1", Channel: ChannelAlert}, set[1]},
		{{UserID: "a1", Channel: ChannelMail}, set[1]},
		{{UserID: "a", DeviceID: "1", Channel: ChannelMail}, {UserID: "b", DeviceID: "2", Channel: ChannelMail}},
	} {
		require.NotEqual(t, digest, Digest(other))
	}
}

func TestCompareTellsWhatChanged(t *testing.T) {
	target := func(id string) Target { return Target{UserID: id, Channel: ChannelMail} }
	a, b, c := target("a"), target("b"), target("c")
	require.Equal(t, Difference{}, Compare([]Target{a, b}, []Target{a, b}))
	require.Equal(t, Difference{Added: []Target{a}, Removed: []Target{c}, AddedCount: 1, RemovedCount: 1}, Compare([]Target{b, c}, []Target{a, b}))
	require.Equal(t, Difference{Removed: []Target{a, b}, RemovedCount: 2}, Compare([]Target{a, b}, nil))

	moved := a
	moved.Channel = ChannelAlert
	require.Equal(t, Difference{Added: []Target{moved}, Removed: []Target{a}, AddedCount: 1, RemovedCount: 1}, Compare([]Target{a}, []Target{moved}))

	var many []Target
	for i := range 150 {
		many = append(many, target(fmt.Sprintf("%03d", i)))
	}
	d := Compare(nil, many)
	require.Equal(t, 150, d.AddedCount)
	require.Equal(t, many[:MaxListed], d.Added)
}
