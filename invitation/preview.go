package invitation

import "slices"

// Preview is what plans would hold, without any being made.
type Preview struct {
	// Totals are by channel policy.
	Totals map[Policy]Totals
	// Differ tells that the two audiences are not the same people: somebody was
	// invited and is not enrolled.
	Differ bool
}

// PreviewOf counts what plans for the same people by several policies would
// hold.
func PreviewOf(candidates []Candidate, audience Audience, policies ...Policy) Preview {
	p := Preview{Totals: make(map[Policy]Totals, len(policies)), Differ: slices.ContainsFunc(candidates, invitedInVain)}
	silent := len(Silent(candidates, audience))
	for _, policy := range policies {
		totals := Count(Assign(candidates, audience, policy))
		totals.Silent = silent
		p.Totals[policy] = totals
	}
	return p
}

func invitedInVain(c Candidate) bool { return c.Services && !c.Enrolled && c.Invited }

// Names are what people and devices are called, by their ids; whoever was
// deleted is among them as well.
type Names struct {
	Users   map[string]NamedUser
	Devices map[string]string
}

// NamedUser is a user by name, with what can be mended when no invitation
// reaches them.
type NamedUser struct {
	FullName string
	HasMail  bool
}
