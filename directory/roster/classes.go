package roster

import (
	"cmp"

	"heraut/people"
)

var (
	courseColumns = schema{
		required: []string{"course_id"},
		optional: []string{"course_number", "course_name", "location_id"},
	}
	classColumns = schema{
		required: []string{"class_id", "course_id"},
		optional: []string{"class_number", "location_id"},
		numbered: "instructor_id",
	}
	rosterColumns = schema{
		required: []string{"class_id", "student_id"},
		optional: []string{"roster_id"},
	}
)

// course keeps the name of a line of courses.csv.
func (p *parser) course(r row) {
	id, ok := p.courses.define(r, "course_id")
	if !ok {
		return
	}
	p.courses.accept(id)
	p.courseOf[id] = words(cmp.Or(r.get("course_name"), r.get("course_number")))
	p.aside(r, &p.locations, "location_id", "location")
}

// class makes a group of a line of classes.csv.
func (p *parser) class(r row) {
	id, ok := p.classes.define(r, "class_id")
	if !ok {
		return
	}
	course := r.get("course_id")
	if ok, message := p.courses.has(course, "course"); !ok {
		r.problem("course_id", message)
		return
	}
	group := people.RosterGroup{
		ExternalID: people.RosterClass + id,
		Name:       cmp.Or(words(p.courseOf[course]+" "+r.get("class_number")), id),
	}
	if !p.addGroup(r, group, map[string]string{"/name": "class_number", "/external_id": "class_id"}) {
		return
	}
	p.classes.accept(id)
	p.aside(r, &p.locations, "location_id", "location")
	for i, instructor := range r.each() {
		if ok, message := p.persons.has(instructor, "person"); !ok {
			line, col := r.at(i)
			p.log.warning(r.table.file, line, col, "instructor_id: "+message)
		}
	}
}

// seat makes the student of a line of rosters.csv a member of the class.
func (p *parser) seat(r row) {
	class, student := r.get("class_id"), r.get("student_id")
	classOK := p.refers(r, &p.classes, "class_id", "class")
	studentOK := p.refers(r, &p.persons, "student_id", "person")
	if !classOK || !studentOK {
		return
	}
	g, known := p.groupOf[people.RosterClass+class]
	if !known {
		r.problem("class_id", "classes.csv was not read, so the class is not known.")
		return
	}
	// One copy of each id serves all of a person's classes.
	p.groups[g].MemberIDs = append(p.groups[g].MemberIDs, p.persons.copyOf(student))
}

// refers reports a column that does not name something that is there.
func (p *parser) refers(r row, x *index, name, what string) bool {
	id := r.get(name)
	if id == "" {
		r.problem(name, "Give the id of a "+what+".")
		return false
	}
	ok, message := x.has(id, what)
	if !ok {
		r.problem(name, message)
	}
	return ok
}

// aside warns of a reference that nothing depends on.
func (p *parser) aside(r row, x *index, name, what string) {
	id := r.get(name)
	if id == "" {
		return
	}
	if ok, message := x.has(id, what); !ok {
		line, col := r.at(r.table.columns[name])
		p.log.warning(r.table.file, line, col, name+": "+message)
	}
}
