// Package rostertest makes schools up: roster files as Apple School Manager
// takes them and devices.csv, always the same for the same numbers. Tests,
// benchmarks and the demo read them.
package rostertest

import (
	"bufio"
	"encoding/csv"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

const (
	perLocation = 1500
	perClass    = 24
	// perStaff is how many people there are to one member of staff.
	perStaff = 12
	// noAddress is how many students there are to one without an address.
	noAddress = 25
)

// years is the order in which classes are filled, so that even the smallest
// school has a class 4A.
var years = []int{4, 5, 6, 1, 2, 3}

// Write makes the files of a school in dir: people in all, one in twelve of
// them staff, classes "4A", "4B", "5A", ... of 24 students, and a number of
// devices for each person. About one student in 25 has no address.
func Write(dir string, people, devicesPerPerson int) error {
	s := school{
		dir: dir, people: people, devices: devicesPerPerson,
		staff:  (people + perStaff - 1) / perStaff,
		random: rand.New(rand.NewPCG(1, 2)),
	}
	for _, write := range []func() error{s.locations, s.members, s.classes, s.equipment} {
		if err := write(); err != nil {
			return err
		}
	}
	return nil
}

// school is a school in the making. Person i is staff while i < staff.
type school struct {
	dir             string
	people, devices int
	staff           int
	random          *rand.Rand
	firstNames      []string // of each person, for the devices' names
}

// file writes one file: the header, then what rows adds.
func (s *school) file(name, header string, rows func(add func(values ...string))) error {
	file, err := os.Create(filepath.Join(s.dir, name))
	if err != nil {
		return fmt.Errorf("making a roster: %w", err)
	}
	if err := writeCSV(file, header, rows); err != nil {
		_ = file.Close() // the first error says more
		return fmt.Errorf("writing %s: %w", name, err)
	}
	if err := file.Close(); err != nil {
		return fmt.Errorf("writing %s: %w", name, err)
	}
	return nil
}

func writeCSV(w io.Writer, header string, rows func(add func(values ...string))) error {
	buffer := bufio.NewWriter(w)
	out := csv.NewWriter(buffer)
	_ = out.Write(strings.Split(header, ",")) // kept by out and told by Error
	rows(func(values ...string) {
		_ = out.Write(values) // likewise
	})
	out.Flush()
	if err := out.Error(); err != nil {
		return err
	}
	return buffer.Flush()
}

func (s *school) locationCount() int { return (s.people + perLocation - 1) / perLocation }

// locationOf is where student n goes to school, and where staff n works.
func (s *school) locationOf(n int) string { return "L" + strconv.Itoa(1+n%max(1, s.locationCount())) }

func (s *school) locations() error {
	return s.file("locations.csv", "location_id,location_name", func(add func(...string)) {
		for i := range s.locationCount() {
			name := schools[i%len(schools)]
			if i >= len(schools) {
				name += " " + strconv.Itoa(i/len(schools)+1)
			}
			add("L"+strconv.Itoa(i+1), name)
		}
	})
}

func (s *school) members() error {
	err := s.file("staff.csv", "person_id,person_number,first_name,middle_name,last_name,email_address,sis_username,location_id", func(add func(...string)) {
		for i := range s.staff {
			first, middle, last := s.name()
			add(personID(i), strconv.Itoa(1000+i), first, middle, last, address(i, first, middle, last), "", s.locationOf(i))
		}
	})
	if err != nil {
		return err
	}
	const header = "person_id,person_number,first_name,middle_name,last_name,grade_level,email_address,sis_username,password_policy,location_id"
	return s.file("students.csv", header, func(add func(...string)) {
		for n := range s.people - s.staff {
			first, middle, last := s.name()
			email := address(s.staff+n, first, middle, last)
			if n%noAddress == noAddress-1 {
				email = ""
			}
			year, _ := s.classOf(n)
			add(personID(s.staff+n), strconv.Itoa(20000+n), first, middle, last, strconv.Itoa(year), email, "", "4", s.locationOf(n))
		}
	})
}

func personID(i int) string { return "P" + strconv.Itoa(100001+i) }

// name draws a name and notes its first part.
func (s *school) name() (first, middle, last string) {
	first = firstNames[s.random.IntN(len(firstNames))]
	family := lastNames[s.random.IntN(len(lastNames))]
	s.firstNames = append(s.firstNames, first)
	return first, family[0], family[1]
}

// address makes an address of a name; the number keeps it unique.
func address(number int, parts ...string) string {
	var words []string
	for _, part := range parts {
		if word := plain(part); word != "" {
			words = append(words, word)
		}
	}
	return strings.Join(words, ".") + "." + strconv.Itoa(number+1) + "@school.example"
}

// plain keeps the letters of a name, in lower case and without accents.
func plain(name string) string {
	return strings.Map(func(r rune) rune {
		if r > unicode.MaxASCII || !unicode.IsLetter(r) {
			return -1
		}
		return unicode.ToLower(r)
	}, norm.NFD.String(name))
}
