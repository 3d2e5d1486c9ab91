package mirror

import (
	"fmt"
	"slices"

	"heraut/people"
)

// noteState notes that the directory hides whether a person is disabled; id is
// the user's, empty where nobody was made for it.
func (p *pass) noteState(person people.DirectoryPerson, id string) {
	switch {
	case !person.StateHidden:
	case id == "":
		p.problem(people.SeverityError, person.DN, "The account may not read whether this person is disabled: give it the right to read userAccountControl.")
	default:
		p.hidden++
	}
}

// noteDoubt warns of a newcomer who may be somebody from elsewhere.
func (p *pass) noteDoubt(person people.DirectoryPerson, doubts []string) {
	if slices.Contains(doubts, person.StableID) {
		p.problem(people.SeverityWarning, person.DN, "Somebody who does not come from this directory has the same address or number: look whether they are one person.")
	}
}

// tellStates warns where who is disabled may not be what the directory means.
func (p *pass) tellStates() {
	if p.hidden > 0 {
		p.problem(people.SeverityWarning, "", fmt.Sprintf("The account may not read whether %d people are disabled: they stay as they were. "+
			"Give it the right to read userAccountControl.", p.hidden))
	}
	if manyEnabled(p.enabled, p.run.Report.Takes.OfPeople) {
		p.problem(people.SeverityWarning, "", fmt.Sprintf("%d people who were disabled are enabled again, and may be invited. "+
			"If the directory still has them disabled, look at what the account may read.", p.enabled))
	}
}

// manyEnabled tells whether so many were enabled at once that the account may
// just have lost the right to read who is disabled: few ever come back.
func manyEnabled(n, of int) bool { return n >= 10 || n > 1 && 20*n > of }
