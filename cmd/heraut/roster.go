package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"mime/multipart"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// rosterFiles are Apple School Manager's, in the order in which they refer to
// each other, and ours for devices.
var rosterFiles = []string{
	"locations.csv", "students.csv", "staff.csv", "courses.csv", "classes.csv", "rosters.csv", "devices.csv",
}

// roster is what is uploaded: part names with the files to read.
type roster struct{ parts []rosterPart }

type rosterPart struct{ name, path string }

// openRoster looks which files there are; it reads none yet.
func openRoster(path string) (*roster, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, fmt.Errorf("looking for the roster: %w", err)
	}
	if !info.IsDir() {
		if !strings.EqualFold(filepath.Ext(path), ".zip") {
			return nil, fmt.Errorf("%s is neither a folder nor a zip", path)
		}
		return &roster{parts: []rosterPart{{"roster", path}}}, nil
	}
	r := &roster{}
	for _, name := range rosterFiles {
		file := filepath.Join(path, name)
		info, err := os.Stat(file)
		switch {
		case errors.Is(err, fs.ErrNotExist):
		case err != nil:
			return nil, fmt.Errorf("looking for the roster: %w", err)
		case info.IsDir():
			return nil, fmt.Errorf("%s is a folder, not a file", file)
		default:
			r.parts = append(r.parts, rosterPart{name, file})
		}
	}
	if len(r.parts) == 0 {
		return nil, fmt.Errorf("%s holds no roster: one of %s is needed", path, strings.Join(rosterFiles, ", "))
	}
	return r, nil
}

// stream writes the options and files as multipart while they are read. stop
// ends the writing and tells why a file could not be read.
func (r *roster) stream(options map[string]bool) (body io.Reader, contentType string, stop func() error) {
	reader, writer := io.Pipe()
	form := multipart.NewWriter(writer)
	done := make(chan error, 1)
	go func() {
		err := r.write(form, options)
		if err == nil {
			err = form.Close()
		}
		_ = writer.CloseWithError(err) // always nil
		done <- err
	}()
	return reader, form.FormDataContentType(), func() error {
		_ = reader.Close() // always nil; frees the writer
		if err := <-done; !errors.Is(err, io.ErrClosedPipe) {
			return err
		}
		return nil
	}
}

func (r *roster) write(form *multipart.Writer, options map[string]bool) error {
	for _, name := range slices.Sorted(maps.Keys(options)) {
		if !options[name] {
			continue
		}
		if err := form.WriteField(name, "true"); err != nil {
			return err
		}
	}
	for _, part := range r.parts {
		if err := writePart(form, part); err != nil {
			return err
		}
	}
	return nil
}

func writePart(form *multipart.Writer, part rosterPart) error {
	file, err := os.Open(part.path)
	if err != nil {
		return fmt.Errorf("reading the roster: %w", err)
	}
	defer func() { _ = file.Close() }() // only read from
	to, err := form.CreateFormFile(part.name, filepath.Base(part.path))
	if err != nil {
		return err
	}
	if _, err := io.Copy(to, file); err != nil {
		return fmt.Errorf("uploading %s: %w", filepath.Base(part.path), err)
	}
	return nil
}
