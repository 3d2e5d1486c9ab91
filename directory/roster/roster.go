// Package roster reads the files that a school uploads to Apple School
// Manager, and devices.csv beside them, into people, groups and devices.
//
// A line that is good is kept whatever is wrong with the others; each one that
// is not is named by file, line and column. Files are read line by line, so
// memory follows what is kept and never the length of a line.
//
// Source of the format: Apple School Manager user guide, template information
// and the pages of each template.
package roster

import (
	"context"
	"io/fs"

	"heraut/people"
)

// The files of a roster. All but Devices are Apple's.
const (
	Locations = "locations.csv"
	Students  = "students.csv"
	Staff     = "staff.csv"
	Courses   = "courses.csv"
	Classes   = "classes.csv"
	Rosters   = "rosters.csv"
	Devices   = "devices.csv"
)

// Names lists the files of a roster in the order in which they are read: what
// others refer to comes first.
func Names() []string {
	return []string{Locations, Students, Staff, Courses, Classes, Rosters, Devices}
}

// Limits of what is read.
const (
	// MaxLine is the longest line in bytes; a longer one is refused unread.
	MaxLine = 64 << 10
	// MaxLines is the most lines of one file.
	MaxLines = 5_000_000
	// MaxProblems is how many problems, and how many warnings, are listed;
	// a file with more is not read on.
	MaxProblems = 100_000
)

// Problem is something wrong with a file.
type Problem struct {
	File string `json:"file"`
	// Line and Column begin with 1 and point at the first character of what
	// is wrong; both are 0 for the file as a whole.
	Line    int    `json:"line"`
	Column  int    `json:"column"`
	Message string `json:"message"`
}

// Roster is what the files say.
type Roster struct {
	people.Roster

	// Problems are the lines that were not taken, or not in full.
	Problems []Problem
	// Warnings tell what was left aside without harm: unknown columns and
	// files, and references that nothing depends on.
	Warnings []Problem
	// SeatsRead: rosters.csv was there, which says who sits in which class.
	SeatsRead bool
}

// Complete tells whether every line was taken. Who is missing from a roster
// that is not complete has not left: the line may be one of the Problems.
func (r Roster) Complete() bool { return len(r.Problems) == 0 }

// Seated tells whether who sits in which class is known in full: every line
// was taken, and rosters.csv was there. A class whose members are not known
// has not lost them.
func (r Roster) Seated() bool { return r.Complete() && r.SeatsRead }

// Parse reads a roster from a folder (see Open and OpenZip, or any fs.FS). What
// is wrong with the files is in the result; the error is ctx's alone.
//
// Each class becomes a group, external id "class:<class_id>", named by course
// and class number, of its students; instructors are left out, because who
// invites a class means its pupils. Each location becomes a group, external id
// "location:<location_id>", of all its people. A reference to a file that is
// not there at all is not checked.
func Parse(ctx context.Context, files fs.FS) (Roster, error) {
	p := newParser()
	for name, path := range p.locate(files) {
		if err := p.read(ctx, files, name, path); err != nil {
			return Roster{}, err
		}
	}
	return p.result(), nil
}
