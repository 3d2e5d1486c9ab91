package invitation

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"slices"
)

// Candidate is a user as planning sees one.
type Candidate struct {
	UserID   string
	Services bool // the user's switch or that of any group above; off for who is disabled
	Disabled bool // left, or disabled where the organization keeps its people
	Enrolled bool
	Invited  bool // a provider ever took a delivery for the user
	HasMail  bool
	// Silent users have a Managed Apple Account that Apple enrolls without an
	// invitation.
	Silent  bool
	Devices []CandidateDevice
}

// CandidateDevice is a device assigned to a candidate.
type CandidateDevice struct {
	ID      string
	Channel Channel // the best live push channel, or empty
	// Barred tells that the kind of its MDM enrollment may not be invited.
	Barred bool
}

// Assign turns candidates into targets by audience and channel policy, and
// says who and what is left out and why. Who of them is silent stands in
// neither list; see Silent.
//
// auto: each device by push where it has a live channel, else by mail where
// the user has an address. push: live devices only. mail: each device by mail;
// a user without a device gets one invitation without a device. both: each
// device by push where live, and one invitation by mail besides.
func Assign(candidates []Candidate, audience Audience, policy Policy) ([]Target, []Skip) {
	var targets []Target
	var skips []Skip
	for _, c := range candidates {
		if reason := c.excluded(audience); reason != "" {
			skips = append(skips, Skip{UserID: c.UserID, Reason: reason})
			continue
		}
		if c.Silent {
			continue
		}
		t, s := c.assign(policy)
		targets, skips = append(targets, t...), append(skips, s...)
	}
	SortTargets(targets)
	return targets, skips
}

// Silent lists, sorted, the candidates whom the audience takes in and who are
// enrolled without an invitation.
func Silent(candidates []Candidate, audience Audience) []string {
	var users []string
	for _, c := range candidates {
		if c.Silent && c.excluded(audience) == "" {
			users = append(users, c.UserID)
		}
	}
	slices.Sort(users)
	return users
}

func (c Candidate) excluded(audience Audience) Reason {
	switch {
	case !c.Services:
		return ServicesOff
	case c.Enrolled:
		return AlreadyEnrolled
	case audience == NotInvited && c.Invited:
		return PreviouslyInvited
	}
	return ""
}

func (c Candidate) assign(policy Policy) ([]Target, []Skip) {
	byMail := policy == PolicyMail || policy == PolicyBoth
	if len(c.Devices) == 0 && !byMail {
		return nil, []Skip{{UserID: c.UserID, Reason: NoDevice}}
	}
	var targets []Target
	var skips []Skip
	for _, d := range c.Devices {
		switch channel := c.channel(d, policy); {
		case channel != "":
			targets = append(targets, Target{UserID: c.UserID, DeviceID: d.ID, Channel: channel})
		default:
			skips = append(skips, Skip{UserID: c.UserID, DeviceID: d.ID, Reason: d.without(policy)})
		}
	}
	withoutDevice := policy == PolicyBoth || (policy == PolicyMail && len(c.Devices) == 0)
	switch {
	case withoutDevice && c.HasMail:
		targets = append(targets, Target{UserID: c.UserID, Channel: ChannelMail})
	case withoutDevice && len(c.Devices) == 0:
		skips = append(skips, Skip{UserID: c.UserID, Reason: NoChannel})
	}
	return targets, skips
}

func (c Candidate) channel(d CandidateDevice, policy Policy) Channel {
	mail := Channel("")
	if c.HasMail {
		mail = ChannelMail
	}
	switch policy {
	case PolicyMail:
		return mail
	case PolicyAuto:
		return cmp.Or(d.Channel, mail)
	default:
		return d.Channel
	}
}

// without tells why the device has no channel.
func (d CandidateDevice) without(policy Policy) Reason {
	if d.Barred && policy != PolicyMail {
		return DeviceNotInvitable
	}
	return NoChannel
}

// SortTargets puts targets in the order in which plans freeze them: a user's
// targets together, so that they stay on one page.
func SortTargets(targets []Target) { slices.SortFunc(targets, compareTargets) }

func compareTargets(a, b Target) int {
	return cmp.Or(cmp.Compare(a.UserID, b.UserID), cmp.Compare(a.DeviceID, b.DeviceID), cmp.Compare(a.Channel, b.Channel))
}

// Digest is the fingerprint of a set of (user, device, channel) and of silent
// users, 64 hex digits. Both must be sorted. Invitation ids do not count:
// planning again gives others.
func Digest(targets []Target, silent ...string) string {
	h := sha256.New()
	for _, t := range targets {
		_, _ = h.Write([]byte(t.UserID + "\x00" + t.DeviceID + "\x00" + string(t.Channel) + "\n")) // a hash never fails
	}
	for _, user := range silent {
		_, _ = h.Write([]byte(user + "\n")) // a hash never fails
	}
	return hex.EncodeToString(h.Sum(nil))
}

// Count sums up targets and skips.
func Count(targets []Target, skips []Skip) Totals {
	t := Totals{
		Invitations: len(targets),
		ByChannel:   map[Channel]int{ChannelMDM: 0, ChannelAlert: 0, ChannelMail: 0},
		Skipped:     map[Reason]int{},
	}
	users, mailed := map[string]bool{}, map[string]bool{}
	for _, target := range targets {
		users[target.UserID] = true
		t.ByChannel[target.Channel]++
		if target.Channel.Push() {
			t.Messages++
		} else {
			mailed[target.UserID] = true
		}
	}
	t.Users = len(users)
	t.Messages += len(mailed)
	for _, s := range skips {
		t.Skipped[s.Reason]++
	}
	return t
}

// Compare tells what planning again adds to and removes from a plan. Both
// lists must be sorted.
func Compare(before, now []Target) Difference {
	var d Difference
	i, j := 0, 0
	for i < len(before) || j < len(now) {
		switch order := compareAt(before, i, now, j); {
		case order == 0:
			i, j = i+1, j+1
		case order < 0:
			d.RemovedCount++
			d.Removed = appendUpTo(d.Removed, before[i])
			i++
		default:
			d.AddedCount++
			d.Added = appendUpTo(d.Added, now[j])
			j++
		}
	}
	return d
}

// compareAt treats the end of a list as larger than any target.
func compareAt(a []Target, i int, b []Target, j int) int {
	switch {
	case i == len(a):
		return 1
	case j == len(b):
		return -1
	}
	return compareTargets(a[i], b[j])
}

func appendUpTo(list []Target, t Target) []Target {
	if len(list) < MaxListed {
		return append(list, t)
	}
	return list
}
