package devicesim

import (
	"net"
	"net/url"
)

const (
	inviteToProgram   = "InviteToProgram"
	deviceInformation = "DeviceInformation"
	profileList       = "ProfileList"

	programID = "com.apple.cloudvpp"

	errorDomain     = "MCMDMErrorDomain"
	unknownCommand  = 12021
	unknownSaysWhat = " is not a valid request type."
)

// carryOut does what a command asks, and reports.
func (c *channel) carryOut(asked command) report {
	b := c.device.next()
	say := report{names: c.names(), CommandUUID: asked.CommandUUID, Status: statusAcknowledged}
	switch kind := asked.Command.RequestType; {
	case b.NotNow > 0 || (b.Setup && kind == inviteToProgram):
		say.Status = statusNotNow
	case kind == inviteToProgram && c.invitable():
		c.invite(&say, b, asked)
	case kind == deviceInformation:
		say.QueryResponses = c.information(asked.Command.Queries)
	case kind == profileList:
		say.ProfileList = []map[string]any{c.of.profile.listed()}
	default:
		say.refuse(unknownCommand, `"`+kind+`"`+unknownSaysWhat)
	}
	c.count(say)
	return say
}

func (c *channel) count(said report) {
	counts := &c.device.fleet.counts
	switch said.Status {
	case statusNotNow:
		counts.notNow.Add(1)
	case statusError:
		counts.errors.Add(1)
	}
}

func (r *report) refuse(code int, words string) {
	r.Status = statusError
	r.ErrorChain = []cause{{code, errorDomain, words, words}}
}

// invitable tells whether InviteToProgram is known on the channel: an iPhone's
// and an iPad's own, a user's on a Mac and on a Shared iPad, none of a user
// enrollment, no Apple TV's. Source: Apple, "Invite to Program". That the
// others answer as to a command they do not know is an assumption.
func (c *channel) invitable() bool {
	users := c.user != User{}
	switch o := c.device.options; {
	case o.Enrollment == UserEnrollment:
		return false
	case o.Enrollment == SharedIPad || o.Platform == Mac:
		return users
	default:
		return o.Platform == IPhone || o.Platform == IPad
	}
}

// invite shows an invitation, unless it is none.
func (c *channel) invite(say *report, b Behaviour, asked command) {
	say.InvitationResult = c.device.fleet.resultOf(b, asked)
	switch {
	case b.ErrorCode != 0:
		say.InvitationResult = ""
		say.refuse(b.ErrorCode, "The invitation could not be shown.")
	case say.InvitationResult != resultAcknowledged:
		if b.Status != "" {
			say.Status = b.Status
		}
	default:
		c.show(asked.Command.InvitationURL)
	}
}

func (f *Fleet) resultOf(b Behaviour, asked command) string {
	switch {
	case b.Result != "":
		return b.Result
	case asked.Command.ProgramID != programID:
		return resultBadProgram
	case !f.opens(asked.Command.InvitationURL):
		return resultBadURL
	}
	return resultAcknowledged
}

// opens tells whether a device takes the URL of an invitation.
func (f *Fleet) opens(invitationURL string) bool {
	address, err := url.Parse(invitationURL)
	if err != nil || address.Host == "" {
		return false
	}
	here := net.ParseIP(address.Hostname()).IsLoopback() || address.Hostname() == "localhost"
	return address.Scheme == "https" || (f.options.PlainLoopback && here && address.Scheme == "http")
}

// show puts the invitation before the owner.
func (c *channel) show(invitationURL string) {
	f := c.device.fleet
	f.counts.shown.Add(1)
	f.log.Info("a device shows an invitation", "serial_number", c.device.options.SerialNumber)
	c.device.mu.Lock()
	c.device.shows = invitationURL
	c.device.mu.Unlock()
	if f.options.Shown != nil {
		f.options.Shown(c.device, invitationURL)
	}
}

// information answers those of the questions that the device may answer.
func (c *channel) information(questions []string) map[string]any {
	o := c.device.options
	kind := hardware[o.Platform]
	known := map[string]any{
		"DeviceName": o.Name, "Model": kind.model, "ModelName": kind.name, "ProductName": kind.product,
		"OSVersion": kind.version, "BuildVersion": kind.build, "IsSupervised": false,
	}
	if o.Enrollment != UserEnrollment {
		known["UDID"], known["SerialNumber"] = o.UDID, o.SerialNumber
	}
	answers := map[string]any{}
	for _, question := range questions {
		if answer, ok := known[question]; ok {
			answers[question] = answer
		}
	}
	return answers
}

// listed is the profile as ProfileList shows it.
func (p *profile) listed() map[string]any {
	return map[string]any{
		"PayloadIdentifier": p.Identifier, "PayloadUUID": p.UUID, "PayloadDisplayName": p.DisplayName,
		"PayloadVersion": 1, "HasRemovalPasscode": false, "IsEncrypted": false, "IsManaged": true,
	}
}
