package mirror

import (
	"context"
	"slices"

	"heraut/people"
)

// conclude takes away what has gone, or holds the run where that is much, and
// finishes it.
func (p *pass) conclude(ctx context.Context, cookie string) error {
	p.run.State = people.RunSucceeded
	p.tellStates()
	if err := p.keepOfOtherSettings(ctx); err != nil {
		return err
	}
	takes, err := p.takes(ctx)
	if err != nil {
		return err
	}
	if p.run.Report.Kept {
		cookie = "" // the next run has to look for them again
	}
	switch {
	case takes.Many() && !takes.Within(p.run.Report.Allowed):
		// The next run has to see again what this one leaves undone.
		p.run.State, cookie = people.RunHeld, ""
	default:
		if err := p.take(ctx); err != nil {
			return err
		}
	}
	p.run.Report.Takes = takes
	return p.ours(p.ledger.FinishRun(ctx, p.run, cookie, p.problems))
}

// keepOfOtherSettings forgets what goes when the settings were changed while
// the directory was read: by those of now, others might go.
func (p *pass) keepOfOtherSettings(ctx context.Context) error {
	d, err := p.ledger.Directory(ctx, p.directory.ID)
	if err != nil || d.Version == p.directory.Version {
		return p.ours(err)
	}
	p.taking = taking{}
	p.problem(people.SeverityWarning, "", "The settings were changed while the directory was read: nothing was taken away, and the next run reads everything.")
	return nil
}

// takes counts what goes. New memberships make up for those that go: all that
// the run has added, in the ledger's count, which outlives a run that was cut
// off between adding and taking away.
func (p *pass) takes(ctx context.Context) (people.DirectoryTakes, error) {
	kept, _, err := p.ledger.OpenRun(ctx, p.directory.ID)
	if err != nil {
		return people.DirectoryTakes{}, p.ours(err)
	}
	t := p.run.Report.Takes
	t.OfPeople += kept.Report.People.Adopted // who was there before the run, too
	t.People = len(p.taking.people) + len(p.taking.disable)
	t.Groups = len(p.taking.groups)
	t.Members = max(0, len(p.taking.members)-kept.Report.Members.Added)
	return t, nil
}

// take takes away, people first: with them go their memberships.
func (p *pass) take(ctx context.Context) error {
	for _, step := range []func() ([]string, error){
		func() ([]string, error) { return p.ledger.RemovePeople(ctx, p.run, p.taking.people) },
		func() ([]string, error) { return p.ledger.DisablePeople(ctx, p.run, p.taking.disable) },
		func() ([]string, error) { return p.ledger.RemoveMembers(ctx, p.run, p.taking.members) },
		func() ([]string, error) { return nil, p.ledger.AddMembers(ctx, p.run, p.taking.late) },
		func() ([]string, error) { return p.ledger.RemoveGroups(ctx, p.run, p.taking.groups) },
	} {
		look, err := step()
		p.looking = append(p.looking, look...)
		if err != nil {
			return p.ours(err)
		}
	}
	slices.Sort(p.looking)
	p.looking = slices.Compact(p.looking)
	gone := len(p.taking.people) + len(p.taking.disable) + len(p.taking.members) + len(p.taking.groups)
	p.changed = p.changed || gone > 0
	return nil
}
