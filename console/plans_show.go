package console

import (
	"cmp"
	"net/url"
	"slices"

	"heraut/content"
	"heraut/invitation"
	"heraut/people"
)

// confirmation is a plan with all that one should know before sending it.
type confirmation struct {
	Plan invitation.Plan
	// Stale is what changed since the plan that was to be sent; Problem is why
	// it could not be sent; Mending is what was done to mend it, nil: nothing.
	Stale   *invitation.Difference
	Problem string
	Mending *mending

	// Who is the user's or the group's name, Device that of the one device.
	Who, Device string
	Back        string
	Operator    bool
	// Dialog tells that the answer stays in the dialog.
	Dialog bool
	// Expired and Empty tell why it can not be sent.
	Expired, Empty bool
	Channels       []tally
	Reasons        []tally
	Skips          []skipped
	// Mend is where forms that mend go. Addresses tells that some can be typed, and
	// Focused that the focus is on a line.
	Mend               string
	Addresses, Focused bool
	// NextSkips and FirstSkips are the addresses of the next and the first part.
	NextSkips, FirstSkips string
	// GroupOff tells that switching the group on would help.
	GroupOff bool
	// ByMail tells that mail reaches people whom this plan leaves out.
	ByMail bool
	Sample []named
	// Rest is how many invitations the sample leaves out.
	Rest           int
	Added, Removed []named
	Licenses       []content.Forecast
}

// Sendable tells whether Send is shown.
func (c confirmation) Sendable() bool {
	return c.Operator && !c.Expired && !c.Empty && c.Plan.SendID == ""
}

// tally is a number of something, with its words.
type tally struct {
	Key, Text string
	N         int
}

// named is an invitation by names.
type named struct{ User, Device, Channel string }

// skipped is somebody or something that is not invited, and what would mend it.
type skipped struct {
	UserID, User, Device, Reason string
	// Mend is services, address or device; empty: nothing here does.
	Mend string
	// Error is what is wrong with what was typed to mend it.
	Error, Typed string
	// Focus: one goes on here.
	Focus bool
}

// The parts of a plan that are shown at once.
const (
	sampleSize = 8
	skipsSize  = 25
)

// confirmation shows a plan in the dialog, or as a page.
func (v *visit) confirmation(status int, c confirmation) error {
	if err := v.fill(&c); err != nil {
		return err
	}
	v.section = "users"
	if c.Plan.Request.GroupID != "" {
		v.section = "groups"
	}
	return v.dialog(status, "plans/confirm", "confirmation", c)
}

func (v *visit) fill(c *confirmation) error {
	p := c.Plan
	c.Back, c.Operator, c.Dialog = backOf(p.Request), v.can(operator), v.inDialog()
	c.ByMail = p.Totals.Skipped[invitation.NoDevice] > 0
	c.Expired = c.Expired || p.SendID == "" && !v.clock.Now.Before(p.ExpiresAt)
	c.Empty = p.Totals.Invitations == 0 && p.Totals.Silent == 0
	for _, channel := range []invitation.Channel{invitation.ChannelMDM, invitation.ChannelAlert, invitation.ChannelMail} {
		if n := p.Totals.ByChannel[channel]; n > 0 {
			c.Channels = append(c.Channels, tally{Key: string(channel), Text: v.t("channel." + string(channel)), N: n})
		}
	}
	c.Reasons = v.reasons(p.Totals.Skipped)
	sample, err := v.Store.NamedTargets(v.ctx(), p.ID, people.Cursor{}, sampleSize)
	if err != nil {
		return err
	}
	for _, t := range sample.Items {
		c.Sample = append(c.Sample, named{User: t.User.FullName, Device: nameOf(t.Device), Channel: v.t("channel." + string(t.Channel))})
	}
	c.Rest = p.Totals.Invitations - len(sample.Items)
	if c.Licenses, err = v.Store.ForecastLicenses(v.ctx(), p.ID); err != nil {
		return err
	}
	skips, err := v.skipsHere(c)
	if err != nil {
		return err
	}
	return v.name(c, skips)
}

// reasons are the counts of who is left out, in one order.
func (v *visit) reasons(counts map[invitation.Reason]int) []tally {
	var list []tally
	for reason, n := range counts {
		if n > 0 {
			list = append(list, tally{Key: string(reason), Text: v.t("skipped."+string(reason), "n", n), N: n})
		}
	}
	slices.SortFunc(list, func(a, b tally) int { return cmp.Or(cmp.Compare(b.N, a.N), cmp.Compare(a.Key, b.Key)) })
	return list
}

// nameOf is the name of a device; empty where there is none.
func nameOf(d *invitation.DeviceName) string {
	if d == nil {
		return ""
	}
	return d.Name
}

// name puts names to whom it is about and to what has changed, in two queries.
func (v *visit) name(c *confirmation, skips []invitation.NamedSkip) error {
	var added, removed []invitation.Target
	if c.Stale != nil {
		added, removed = c.Stale.Added, c.Stale.Removed
	}
	users, devices := []string{c.Plan.Request.UserID}, slices.Clone(c.Plan.Request.DeviceIDs)
	for _, t := range slices.Concat(added, removed) {
		users, devices = append(users, t.UserID), append(devices, t.DeviceID)
	}
	for _, s := range skips {
		users = append(users, s.User.ID)
	}
	names, err := v.Store.NamesOf(v.ctx(), distinct(users), distinct(devices))
	if err != nil {
		return err
	}
	c.Added, c.Removed = v.named(added, names), v.named(removed, names)
	v.listSkips(c, skips, names)
	return v.nameOwner(c, names)
}

// listSkips makes the lines of who is left out: a user is mended on the first of
// theirs.
func (v *visit) listSkips(c *confirmation, skips []invitation.NamedSkip, names invitation.Names) {
	seen := map[string]bool{}
	for _, s := range skips {
		one := v.skipped(c, s, names.Users[s.User.ID].HasMail)
		if seen[one.UserID+one.Mend] {
			one.Mend = ""
		}
		seen[one.UserID+one.Mend] = true
		c.Addresses = c.Addresses || one.Mend == "address"
		c.Skips = append(c.Skips, one)
	}
	if c.Mending != nil {
		c.Focused = c.Mending.focus(c.Skips)
	}
}

// distinct sorts ids and drops empty and repeated ones.
func distinct(ids []string) []string {
	slices.Sort(ids)
	return slices.DeleteFunc(slices.Compact(ids), func(id string) bool { return id == "" })
}

func (v *visit) nameOwner(c *confirmation, names invitation.Names) error {
	r := c.Plan.Request
	if len(r.DeviceIDs) == 1 {
		c.Device = names.Devices[r.DeviceIDs[0]]
	}
	if r.GroupID == "" {
		c.Who = names.Users[r.UserID].FullName
		return nil
	}
	group, err := v.Store.Group(v.ctx(), r.GroupID)
	c.Who = group.Name
	c.GroupOff = !group.ManagedDistribution && c.Plan.Totals.Skipped[invitation.ServicesOff] > 0
	return err
}

func (v *visit) named(targets []invitation.Target, names invitation.Names) []named {
	list := make([]named, len(targets))
	for i, t := range targets {
		list[i] = named{User: names.Users[t.UserID].FullName, Device: names.Devices[t.DeviceID], Channel: v.t("channel." + string(t.Channel))}
	}
	return list
}

// skipsHere are the skips of the part that the address asks for.
func (v *visit) skipsHere(c *confirmation) ([]invitation.NamedSkip, error) {
	at, err := v.place()
	if err != nil {
		return nil, err
	}
	skips, err := v.Store.PlanSkips(v.ctx(), c.Plan.ID, "", at, skipsSize)
	if err != nil {
		return nil, err
	}
	path := "/plans/" + c.Plan.ID
	c.Mend = path + "/mend"
	if skips.Next != nil {
		c.NextSkips = with(path, url.Values{"after": {after(*skips.Next)}})
	}
	if v.query("after") != "" {
		c.FirstSkips = path
		c.Mend = with(c.Mend, url.Values{"after": {v.query("after")}})
	}
	return skips.Items, nil
}

// skipped says why somebody is not invited, and what would mend it.
func (v *visit) skipped(c *confirmation, s invitation.NamedSkip, hasMail bool) skipped {
	line := skipped{UserID: s.User.ID, User: s.User.FullName, Device: nameOf(s.Device), Reason: v.t("reason." + string(s.Reason))}
	switch {
	case s.Reason == invitation.ServicesOff:
		line.Mend = "services"
	case s.Reason == invitation.NoChannel && !hasMail && c.Plan.Request.Policy != invitation.PolicyPush:
		line.Mend = "address"
	case s.Reason == invitation.NoDevice:
		line.Mend = "device"
	}
	if line.Mend == "address" && c.Mending != nil {
		line.Error, line.Typed = c.Mending.Errors[s.User.ID], c.Mending.Typed[s.User.ID]
	}
	return line
}
