package slapd

import (
	"bufio"
	"fmt"
	"io"
)

// PersonDN is the name of the nth person of WriteSchool, from 0.
func PersonDN(n int) string { return fmt.Sprintf("uid=u%06d,%s", n, People) }

// ClassDN is the name of the nth class.
func ClassDN(n int) string { return fmt.Sprintf("cn=class%05d,%s", n, Groups) }

// YearDN is the name of the nth year, a group of ten classes.
func YearDN(n int) string { return fmt.Sprintf("cn=year%04d,%s", n, Groups) }

// ClassSize is how many people a class of WriteSchool has, and YearSize how
// many classes a year.
const (
	ClassSize = 25
	YearSize  = 10
)

// WriteSchool writes people with a class for each 25, a year for each ten
// classes, and one group that holds the years.
func WriteSchool(to io.Writer, people int) error {
	w := ldif{bufio.NewWriterSize(to, 1<<16)}
	for n := range people {
		w.write("dn: %s\nobjectClass: inetOrgPerson\nuid: u%06d\ncn: Person %06d\nsn: Number%06d\ngivenName: Person\nmail: u%06d@school.example\n\n",
			PersonDN(n), n, n, n, n)
	}
	classes := (people + ClassSize - 1) / ClassSize
	for c := range classes {
		w.write("dn: %s\nobjectClass: groupOfNames\ncn: class%05d\n", ClassDN(c), c)
		for n := c * ClassSize; n < min(people, (c+1)*ClassSize); n++ {
			w.write("member: %s\n", PersonDN(n))
		}
		w.write("\n")
	}
	years := (classes + YearSize - 1) / YearSize
	for y := range years {
		w.write("dn: %s\nobjectClass: groupOfNames\ncn: year%04d\n", YearDN(y), y)
		for c := y * YearSize; c < min(classes, (y+1)*YearSize); c++ {
			w.write("member: %s\n", ClassDN(c))
		}
		w.write("\n")
	}
	w.write("dn: cn=everyone,%s\nobjectClass: groupOfNames\ncn: everyone\n", Groups)
	for y := range years {
		w.write("member: %s\n", YearDN(y))
	}
	w.write("\n")
	if err := w.Flush(); err != nil {
		return fmt.Errorf("writing a school: %w", err)
	}
	return nil
}

// ldif is text on its way; Flush tells what went wrong before.
type ldif struct{ *bufio.Writer }

func (w ldif) write(form string, args ...any) { _, _ = fmt.Fprintf(w, form, args...) } // Flush tells
