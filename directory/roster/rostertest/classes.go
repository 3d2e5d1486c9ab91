package rostertest

import (
	"fmt"
	"strconv"
)

// classOf is the year and the class of student n: the classes of a location
// fill up one after the other.
func (s *school) classOf(n int) (year int, name string) {
	number := n / max(1, s.locationCount()) / perClass
	year = years[number/2%len(years)]
	letter := 2*(number/(2*len(years))) + number%2
	return year, strconv.Itoa(year) + letters(letter)
}

// letters counts A, B, ... Z, AA, AB, ...
func letters(n int) string {
	if n < 26 {
		return string(rune('A' + n))
	}
	return letters(n/26-1) + letters(n%26)
}

func (s *school) classes() error {
	const header = "course_id,course_number,course_name,location_id"
	err := s.file("courses.csv", header, func(add func(...string)) {
		for i := range s.locationCount() {
			// Without a name of its own: the class is called by its number.
			add("C"+strconv.Itoa(i+1), "", "", "L"+strconv.Itoa(i+1))
		}
	})
	if err != nil {
		return err
	}
	students := s.people - s.staff
	err = s.file("classes.csv", "class_id,class_number,course_id,instructor_id,location_id", func(add func(...string)) {
		seen := map[string]bool{}
		for n := range students {
			id, location := s.classID(n), s.locationOf(n)
			if seen[id] {
				continue
			}
			seen[id] = true
			_, name := s.classOf(n)
			add(id, name, "C"+location[1:], personID(len(seen)%max(1, s.staff)), location)
		}
	})
	if err != nil {
		return err
	}
	return s.file("rosters.csv", "roster_id,class_id,student_id", func(add func(...string)) {
		for n := range students {
			add("R"+strconv.Itoa(n+1), s.classID(n), personID(s.staff+n))
		}
	})
}

func (s *school) classID(n int) string {
	_, name := s.classOf(n)
	return s.locationOf(n) + "-" + name
}

func (s *school) equipment() error {
	return s.file("devices.csv", "serial_number,name,platform,person_id,udid", func(add func(...string)) {
		for i := range s.people {
			for d := range s.devices {
				number := i*s.devices + d
				platform, model := kind(i, d)
				add(fmt.Sprintf("F%010X", number), model+" van "+s.firstNames[i], platform, personID(i), fmt.Sprintf("00008030-%016X", number))
			}
		}
	})
}

// kind deals the platforms out: iPads most, then iPhones, then Macs.
func kind(person, device int) (platform, model string) {
	switch (person + device*5) % 10 {
	case 0, 1, 2:
		return "ios", "iPhone"
	case 3, 4:
		return "macos", "MacBook"
	default:
		return "ipados", "iPad"
	}
}
