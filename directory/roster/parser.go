package roster

import (
	"context"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"heraut/people"
)

// origin is where an id was defined.
type origin struct {
	id   string // the one copy that is kept
	file string
	line int
	// refused: the line was reported and is not part of the roster.
	refused bool
}

func (o origin) String() string { return fmt.Sprintf("%s, line %d", o.file, o.line) }

// index holds the ids of one kind, and whether a file of them was read at all.
type index struct {
	read bool
	ids  map[string]origin
}

// parser holds what is known so far.
type parser struct {
	log log

	locations, persons, courses, classes index
	serials, udids                       map[string]int // to the line

	people   []people.RosterPerson
	devices  []people.RosterDevice
	courseOf map[string]string // course id to its name
	groups   []people.RosterGroup
	groupOf  map[string]int // external id to place in groups
	seats    bool           // rosters.csv is there
}

func newParser() *parser {
	p := &parser{
		serials: map[string]int{}, udids: map[string]int{}, courseOf: map[string]string{},
		groupOf: map[string]int{},
	}
	for _, x := range []*index{&p.locations, &p.persons, &p.courses, &p.classes} {
		x.ids = map[string]origin{}
	}
	return p
}

// file is how one file is read.
type file struct {
	schema schema
	// index is where the file's ids are kept, nil for none.
	index *index
	row   func(row)
}

func (p *parser) file(name string) file {
	switch name {
	case Locations:
		return file{locationColumns, &p.locations, p.location}
	case Students:
		return file{studentColumns, &p.persons, p.person}
	case Staff:
		return file{staffColumns, &p.persons, p.person}
	case Courses:
		return file{courseColumns, &p.courses, p.course}
	case Classes:
		return file{classColumns, &p.classes, p.class}
	case Rosters:
		return file{rosterColumns, nil, p.seat}
	default:
		return file{deviceColumns, nil, p.device}
	}
}

// read reads one file. Its error is ctx's.
func (p *parser) read(ctx context.Context, files fs.FS, name, path string) error {
	in, err := files.Open(path)
	if err != nil {
		p.log.problem(name, 0, 0, "The file can not be opened: "+err.Error())
		return nil
	}
	defer func() { _ = in.Close() }() // it was only read
	p.seats = p.seats || name == Rosters
	f := p.file(name)
	t := openTable(name, in, f.schema, &p.log)
	if t == nil {
		return nil
	}
	if f.index != nil {
		f.index.read = true
	}
	for n := 0; ; n++ {
		if n%1024 == 0 && ctx.Err() != nil {
			return fmt.Errorf("reading %s: %w", name, ctx.Err())
		}
		r, ok := t.next()
		if !ok {
			return nil
		}
		f.row(r)
	}
}

// result gathers what was read.
func (p *parser) result() Roster {
	for i := range p.groups {
		slices.Sort(p.groups[i].MemberIDs)
		p.groups[i].MemberIDs = slices.Compact(p.groups[i].MemberIDs)
	}
	return Roster{
		Roster:    people.Roster{People: p.people, Groups: p.groups, Devices: p.devices},
		Problems:  p.log.problems,
		Warnings:  p.log.warnings,
		SeatsRead: p.seats,
	}
}

// define checks that a row brings a new id and remembers where it was. An id
// counts as refused until accept says otherwise.
func (x *index) define(r row, name string) (id string, ok bool) {
	id = r.get(name)
	if id == "" {
		r.problem(name, "Give an id.")
		return "", false
	}
	if first, twice := x.ids[id]; twice {
		r.problem(name, fmt.Sprintf("The id %q is there already: %s.", short(id), first))
		return "", false
	}
	id = strings.Clone(id) // a part of the line would keep all of it
	x.ids[id] = origin{id: id, file: r.table.file, line: r.number, refused: true}
	return id, true
}

// accept says that the row of a defined id is part of the roster.
func (x *index) accept(id string) {
	o := x.ids[id]
	o.refused = false
	x.ids[id] = o
}

// copyOf returns the copy of an id that is kept already, or makes one.
func (x *index) copyOf(id string) string {
	if o, ok := x.ids[id]; ok {
		return o.id
	}
	return strings.Clone(id)
}

// has tells whether an id can be referred to; message says why not. What is
// in a file that was not read can not be checked.
func (x *index) has(id, what string) (ok bool, message string) {
	o, defined := x.ids[id]
	switch {
	case defined && o.refused:
		return false, fmt.Sprintf("The %s %q was refused: %s.", what, short(id), o)
	case !defined && x.read:
		return false, fmt.Sprintf("There is no %s %q.", what, short(id))
	}
	return true, ""
}
