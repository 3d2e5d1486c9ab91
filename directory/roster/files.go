package roster

import (
	"archive/zip"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"strings"

	"heraut/fault"
)

// Files is an open roster.
type Files struct {
	fs.FS

	closer io.Closer
}

// Open opens a folder with a roster's files, or a zip file of them. Close it.
func Open(path string) (*Files, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, fmt.Errorf("opening the roster: %w", err)
	}
	if info.IsDir() {
		return &Files{FS: os.DirFS(path)}, nil
	}
	file, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("opening the roster: %w", err)
	}
	files, err := OpenZip(file, info.Size())
	if err != nil {
		return nil, errors.Join(err, file.Close())
	}
	files.closer = file
	return files, nil
}

// OpenZip opens a zip file of a roster's files, which r must outlive. A file
// that is not a zip is a *fault.Error.
func OpenZip(r io.ReaderAt, size int64) (*Files, error) {
	archive, err := zip.NewReader(r, size)
	if err != nil {
		return nil, fault.New(fault.InvalidRequest, "The roster is neither a folder nor a zip file of a roster's CSV files.")
	}
	return &Files{FS: archive}, nil
}

// Close closes what Open opened.
func (f *Files) Close() error {
	if f.closer == nil {
		return nil
	}
	if err := f.closer.Close(); err != nil {
		return fmt.Errorf("closing the roster: %w", err)
	}
	return nil
}

// locate yields the name and the path of each file that is there, in the order
// of Names, and reports what is missing or not a roster's.
func (p *parser) locate(files fs.FS) func(yield func(name, path string) bool) {
	found := p.list(files)
	return func(yield func(name, path string) bool) {
		for _, name := range Names() {
			if path, ok := found[name]; ok && !yield(name, path) {
				return
			}
		}
	}
}

// list looks in the root, or in the only folder that stands there, which is
// how a folder ends up in a zip file.
func (p *parser) list(files fs.FS) map[string]string {
	found, folders := p.listIn(files, ".")
	if len(found) == 0 && len(folders) == 1 {
		found, _ = p.listIn(files, folders[0])
	}
	_, students := found[Students]
	_, staff := found[Staff]
	_, devices := found[Devices]
	if !students && !staff && !devices {
		p.log.problem("", 0, 0, "There is none of students.csv, staff.csv and devices.csv.")
		return found
	}
	for _, name := range Names() {
		if _, ok := found[name]; !ok {
			p.log.warning(name, 0, 0, "The file is not there.")
		}
	}
	return found
}

func (p *parser) listIn(files fs.FS, folder string) (found map[string]string, folders []string) {
	entries, err := fs.ReadDir(files, folder)
	if err != nil {
		p.log.problem("", 0, 0, "The folder can not be read: "+err.Error())
		return nil, nil
	}
	found = map[string]string{}
	for _, entry := range entries {
		name := strings.ToLower(entry.Name())
		path := strings.TrimPrefix(folder+"/"+entry.Name(), "./")
		switch {
		case strings.HasPrefix(name, "."), name == "__macosx":
			// What Macs leave beside the files.
		case entry.IsDir():
			folders = append(folders, path)
		case !slices.Contains(Names(), name):
			p.unknownFile(entry.Name())
		case found[name] != "":
			p.log.problem(name, 0, 0, "The file is there twice, in upper and lower case; only one is read.")
		default:
			found[name] = path
		}
	}
	return found, folders
}

func (p *parser) unknownFile(name string) {
	if strings.HasSuffix(strings.ToLower(name), ".csv") {
		p.log.warning(name, 0, 0, "The file is not part of a roster; it is left aside.")
	}
}
