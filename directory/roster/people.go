package roster

import (
	"errors"
	"strings"

	"heraut/fault"
	"heraut/people"
)

var (
	locationColumns = schema{required: []string{"location_id", "location_name"}}
	studentColumns  = schema{
		required: []string{"person_id", "first_name", "last_name", "location_id"},
		optional: []string{"person_number", "middle_name", "grade_level", "email_address", "sis_username", "password_policy"},
		numbered: "location_id",
	}
	staffColumns = schema{
		required: []string{"person_id", "first_name", "last_name", "location_id"},
		// The last two are the students' file's; exports that write both
		// files alike have them too.
		optional: []string{"person_number", "middle_name", "email_address", "sis_username", "grade_level", "password_policy"},
		numbered: "location_id",
	}
)

// location makes a group of a line of locations.csv.
func (p *parser) location(r row) {
	id, ok := p.locations.define(r, "location_id")
	if !ok {
		return
	}
	group := people.RosterGroup{ExternalID: people.RosterLocation + id, Name: words(r.get("location_name"))}
	if p.addGroup(r, group, map[string]string{"/name": "location_name", "/external_id": "location_id"}) {
		p.locations.accept(id)
	}
}

// addGroup keeps a group that the domain has nothing against.
func (p *parser) addGroup(r row, g people.RosterGroup, columns map[string]string) bool {
	if !r.check(people.Group{Name: g.Name, ExternalID: g.ExternalID}.Check(), columns) {
		return false
	}
	p.groupOf[g.ExternalID] = len(p.groups)
	p.groups = append(p.groups, g)
	return true
}

// person keeps a line of students.csv or staff.csv.
func (p *parser) person(r row) {
	id, ok := p.persons.define(r, "person_id")
	if !ok {
		return
	}
	person := people.RosterPerson{
		ExternalID: id,
		FullName:   words(r.get("first_name") + " " + r.get("middle_name") + " " + r.get("last_name")),
		Email:      strings.Clone(r.get("email_address")),
	}
	user := people.User{FullName: person.FullName, Email: person.Email, ExternalID: person.ExternalID}
	if !r.check(user.Check(), map[string]string{"/full_name": "first_name", "/email": "email_address", "/external_id": "person_id"}) {
		return
	}
	p.persons.accept(id)
	p.people = append(p.people, person)
	for i, location := range r.each() {
		p.place(r, i, location, id)
	}
}

// place makes a person a member of a location. A location that is not there
// costs the person that membership and nothing else.
func (p *parser) place(r row, i int, location, person string) {
	if ok, message := p.locations.has(location, "location"); !ok {
		line, col := r.at(i)
		p.log.problem(r.table.file, line, col, "location_id: "+message+" The person is taken without it.")
		return
	}
	if g, ok := p.groupOf[people.RosterLocation+location]; ok {
		p.groups[g].MemberIDs = append(p.groups[g].MemberIDs, person)
	}
}

// words joins the words of a name by single blanks; an escaped line break
// counts as one. The result is a copy.
func words(text string) string {
	return strings.Clone(strings.Join(strings.Fields(text), " "))
}

// check reports what the domain has against a row; columns names the column
// behind each of the domain's pointers.
func (r row) check(err error, columns map[string]string) bool {
	if err == nil {
		return true
	}
	f, ok := errors.AsType[*fault.Error](err)
	if !ok {
		r.problem("", err.Error())
		return false
	}
	for _, field := range f.Fields {
		r.problem(columns[field.Pointer], field.Message)
	}
	return false
}
