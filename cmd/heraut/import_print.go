package main

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"heraut/api/client"
)

// print shows what is wrong as compilers do, then the counts.
func (j rosterImport) print(out io.Writer) error {
	more := j.ErrorCount
	for _, e := range j.Errors {
		message := clean(e.Message)
		if e.Severity != client.Error {
			message = clean(string(e.Severity)) + ": " + message
		} else {
			more--
		}
		if _, err := fmt.Fprintf(out, "%s: %s\n", place(e), message); err != nil {
			return err
		}
	}
	if more > 0 {
		if _, err := fmt.Fprintf(out, "and %s\n", plural(more, "more error")); err != nil {
			return err
		}
	}
	if j.State != client.JobStateDone {
		return nil
	}
	return errors.Join(j.printCounts(out), j.printPeople(out), j.printState(out))
}

// place is file:line:column; the file alone where the whole of it is meant.
func place(e client.ImportError) string {
	file := clean(cmp.Or(e.File, "roster"))
	if e.Line == 0 {
		return file
	}
	return fmt.Sprintf("%s:%d:%d", file, e.Line, e.Column)
}

func (j rosterImport) printCounts(out io.Writer) error {
	t := newTable(out, "", "CREATED", "UPDATED", "UNCHANGED", "MISSING")
	for _, row := range []struct {
		name   string
		counts client.RowCounts
	}{{"users", j.Counts.Users}, {"groups", j.Counts.Groups}, {"devices", j.Counts.Devices}} {
		t.row(row.name, row.counts.Created, row.counts.Updated, row.counts.Unchanged, row.counts.Missing)
	}
	return t.flush()
}

// printPeople lists who is missing from the roster and which devices go by
// another name there.
func (j rosterImport) printPeople(out io.Writer) error {
	lines := j.missing()
	for _, device := range j.Counts.Renamed {
		lines = append(lines, fmt.Sprintf("device %s keeps its name %q; the roster calls it %q",
			clean(device.SerialNumber), clean(device.Name), clean(device.RosterName)))
	}
	if more := j.Counts.RenamedCount - len(j.Counts.Renamed); more > 0 {
		lines = append(lines, "and "+plural(more, "more device")+" of another name")
	}
	if j.Counts.Removed > 0 {
		lines = append(lines, "removed: "+plural(j.Counts.Removed, "user"))
	}
	if len(lines) == 0 {
		return nil
	}
	_, err := fmt.Fprintln(out, strings.Join(lines, "\n"))
	return err
}

// missing names those whom the roster lacks, unless it names nobody at all.
func (j rosterImport) missing() []string {
	c := j.Counts.Users
	if c.Missing == 0 || c.Created+c.Updated+c.Unchanged == 0 {
		return nil
	}
	var lines []string
	for _, user := range j.Counts.Missing {
		lines = append(lines, fmt.Sprintf("missing: %s (%s)", clean(user.FullName), clean(user.ExternalID)))
	}
	if more := c.Missing - len(j.Counts.Missing); more > 0 {
		lines = append(lines, fmt.Sprintf("missing: and %d more", more))
	}
	switch {
	case j.ErrorCount > 0:
		lines = append(lines, "Who is missing is kept, and may stand in a line that could not be read.")
	case j.Counts.Removed == 0 && !j.DryRun:
		lines = append(lines, "Who is missing is kept; --remove-missing removes them.")
	}
	return lines
}

func (j rosterImport) printState(out io.Writer) error {
	words := "Imported"
	if j.DryRun {
		words = "Nothing was changed: this was a dry run"
	}
	if j.ErrorCount > 0 {
		words += ", with " + plural(j.ErrorCount, "error")
	}
	words += "."
	if !j.DryRun && j.Counts.Groups.Created > 0 {
		words += "\nNobody is invited before services are on: " + programName(os.Args[0]) + " services on --group NAME"
	}
	_, err := fmt.Fprintln(out, words)
	return err
}
