package console

import (
	"errors"
	"io"
	"mime/multipart"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"

	"heraut/fault"
)

// maxImport bounds the files of an import, in bytes; the same as the API's.
const maxImport = 1 << 29

// wholeRoster is how importers know a zip of all files.
const wholeRoster = "roster"

// rosterNames are the files of a roster (source: Apple School Manager user
// guide, template information), and the list of devices beside them.
var rosterNames = []string{"locations.csv", "students.csv", "staff.csv", "courses.csv", "classes.csv", "rosters.csv", "devices.csv"}

// receive streams the files of a form into a folder.
func (v *visit) receive() (rosterFiles, error) {
	r := v.c.Request()
	r.Body = http.MaxBytesReader(v.c.Response(), r.Body, maxImport)
	parts, err := r.MultipartReader()
	if err != nil {
		return rosterFiles{}, fault.New(fault.Malformed, "The form did not arrive in good order. Nothing has changed.")
	}
	files, err := v.newFiles()
	if err != nil {
		return files, noRoom(err)
	}
	n, err := files.read(parts)
	if err == nil && n == 0 {
		err = fault.New(fault.InvalidRequest, "Choose a zip of a roster, or its files.")
	}
	if err != nil {
		files.discard(v)
	}
	return files, err
}

// read keeps the files of all parts, and tells how many there are.
func (f rosterFiles) read(parts *multipart.Reader) (n int, err error) {
	for {
		part, err := parts.NextPart()
		if err == io.EOF {
			return n, nil
		}
		if err != nil {
			return n, brokenOff(err)
		}
		if part.FileName() == "" { // no file was chosen
			continue
		}
		name := rosterName(part.FileName())
		if name == "" {
			return n, fault.New(fault.InvalidRequest, "One of the files is no part of a roster. Choose a zip, or files with names such as students.csv.")
		}
		if err := f.write(name, part); err != nil {
			return n, err
		}
		n++
	}
}

// rosterName is the name by which importers know a file; empty: none.
func rosterName(file string) string {
	file = strings.ToLower(filepath.Base(file))
	if strings.HasSuffix(file, ".zip") {
		return wholeRoster
	}
	if slices.Contains(rosterNames, file) {
		return file
	}
	return ""
}

// write keeps one file; its name is one of ours.
func (f rosterFiles) write(name string, from io.Reader) error {
	file, err := os.OpenFile(filepath.Join(f.folder, name), os.O_CREATE|os.O_WRONLY|os.O_EXCL, 0o600)
	if errors.Is(err, os.ErrExist) {
		return fault.New(fault.InvalidRequest, "Two of the files have the same name. Choose each once.")
	}
	if err != nil {
		return noRoom(err)
	}
	if _, err := io.Copy(file, from); err != nil {
		_ = file.Close() // the copy's error says more
		return brokenOff(err)
	}
	if err := file.Close(); err != nil {
		return noRoom(err)
	}
	return nil
}

// brokenOff tells a body that is too large or broken from a disk that is.
func brokenOff(err error) error {
	if _, tooLarge := errors.AsType[*http.MaxBytesError](err); tooLarge {
		return err
	}
	if _, ours := errors.AsType[*os.PathError](err); ours {
		return noRoom(err)
	}
	return fault.New(fault.Malformed, "The form did not arrive in good order. Nothing has changed.")
}

func noRoom(err error) error {
	if errors.Is(err, syscall.ENOSPC) {
		return fault.New(fault.Unavailable, "The disk is full; nothing was imported. Make room and try again.")
	}
	return err
}
