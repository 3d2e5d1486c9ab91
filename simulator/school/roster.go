package school

import (
	"encoding/csv"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
)

// location is the id of the school's one location.
const location = "L1"

// table is one CSV file.
type table struct {
	name string
	rows [][]string // the first is the header
}

// WriteRoster writes the files that Apple School Manager takes, and
// devices.csv, into a folder that exists. It replaces those that are there.
func (s *School) WriteRoster(dir string) error {
	tables := []table{s.locations(), s.students(), s.teachers(), s.courses(), s.classes(), s.seats(), s.equipment()}
	for _, t := range tables {
		if err := t.write(dir); err != nil {
			return fmt.Errorf("writing %s: %w", t.name, err)
		}
	}
	return nil
}

func (t table) write(dir string) error {
	file, err := os.OpenFile(filepath.Join(dir, t.name), os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	if err := csv.NewWriter(file).WriteAll(t.rows); err != nil {
		_ = file.Close() // the first error says more
		return err
	}
	return file.Close()
}

func (s *School) locations() table {
	return table{"locations.csv", [][]string{{"location_id", "location_name"}, {location, Name}}}
}

func (s *School) students() table {
	t := table{"students.csv", [][]string{{
		"person_id", "person_number", "first_name", "middle_name", "last_name", "grade_level", "email_address", "sis_username",
		"password_policy", "location_id",
	}}}
	for i, p := range s.People {
		if p.Class != "" {
			t.rows = append(t.rows, []string{
				p.ID, strconv.Itoa(20001 + i), p.FirstName, p.MiddleName, p.LastName, p.Class[:1], p.Email, "", "4", location,
			})
		}
	}
	return t
}

func (s *School) teachers() table {
	t := table{"staff.csv", [][]string{{
		"person_id", "person_number", "first_name", "middle_name", "last_name", "email_address", "sis_username", "location_id",
	}}}
	for i, p := range s.PeopleIn("") {
		t.rows = append(t.rows, []string{p.ID, strconv.Itoa(101 + i), p.FirstName, p.MiddleName, p.LastName, p.Email, "", location})
	}
	return t
}

// courses has one course without a name, so that classes are called by their
// numbers alone.
func (s *School) courses() table {
	return table{"courses.csv", [][]string{{"course_id", "course_number", "course_name", "location_id"}, {"C1", "", "", location}}}
}

func (s *School) classes() table {
	t := table{"classes.csv", [][]string{{"class_id", "class_number", "course_id", "instructor_id", "location_id"}}}
	teachers := s.PeopleIn("")
	for i, class := range s.Classes {
		t.rows = append(t.rows, []string{class, class, "C1", teachers[i%len(teachers)].ID, location})
	}
	return t
}

func (s *School) seats() table {
	t := table{"rosters.csv", [][]string{{"roster_id", "class_id", "student_id"}}}
	for i, p := range s.People {
		if p.Class != "" {
			t.rows = append(t.rows, []string{"R" + strconv.Itoa(i+1), p.Class, p.ID})
		}
	}
	return t
}

func (s *School) equipment() table {
	t := table{"devices.csv", [][]string{{"serial_number", "name", "platform", "person_id", "udid"}}}
	for _, d := range s.Devices {
		t.rows = append(t.rows, []string{d.SerialNumber, d.Name, d.Platform, d.PersonID, d.UDID})
	}
	return t
}
