// Package datadir keeps a data folder: one process owns it at a time, nobody
// else reads it, and a demo's folder stays a demo's.
package datadir

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"golang.org/x/sys/unix"
)

// Names of files that this package keeps in the folder.
const (
	lockName = "lock"
	demoName = "demo"
	// secretsName is a file that every data folder of Heraut's has.
	secretsName = "secrets"
)

// Folder is a data folder that this process owns until Close.
type Folder struct {
	path string
	lock *os.File
}

// Open makes the folder (0700) where it is missing, takes it for this process,
// and closes it to others on the machine: from then on all files of the
// process are its owner's alone (umask 077). demo marks a new folder; a marked
// one is refused without demo, an unmarked one that holds anything with it.
func Open(path string, demo bool) (*Folder, error) {
	if err := os.MkdirAll(path, 0o700); err != nil {
		return nil, fmt.Errorf("making the data folder: %w", err)
	}
	if err := checkMark(path, demo); err != nil {
		return nil, err
	}
	f, err := Take(path)
	if err != nil {
		return nil, err
	}
	if err := f.prepare(demo); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return f, nil
}

// Take takes an existing folder for this process, whatever its mark. It is
// refused, with a sentence that names the process, while another has it.
func Take(path string) (*Folder, error) {
	lock, err := takeLock(path)
	if err != nil {
		return nil, err
	}
	return &Folder{path: path, lock: lock}, nil
}

// Empty tells whether a folder is missing or holds nothing of anybody's.
func Empty(path string) (bool, error) {
	entries, err := os.ReadDir(path)
	if errors.Is(err, fs.ErrNotExist) {
		return true, nil
	}
	if err != nil {
		return false, fmt.Errorf("looking into the folder %s: %w", path, err)
	}
	ignored := []string{lockName, "lost+found"} // a lock alone is a start that was killed
	return !slices.ContainsFunc(entries, func(e fs.DirEntry) bool { return !slices.Contains(ignored, e.Name()) }), nil
}

// Demo tells whether a folder carries the mark of the demo.
func Demo(path string) bool {
	_, err := os.Stat(filepath.Join(path, demoName))
	return err == nil
}

// File is the path of a file in the folder.
func (f *Folder) File(name string) string { return filepath.Join(f.path, name) }

// Close lets other processes have the folder.
func (f *Folder) Close() error {
	if err := f.lock.Close(); err != nil {
		return fmt.Errorf("leaving the data folder %s: %w", f.path, err)
	}
	return nil
}

// checkMark changes nothing, so that a refused folder stays as it is.
func checkMark(path string, demo bool) error {
	marked := Demo(path)
	if marked && !demo {
		return fmt.Errorf("the data folder %s belongs to the demo: add --demo, or name another folder with --data", path)
	}
	if marked || !demo {
		return nil
	}
	empty, err := Empty(path)
	if err != nil {
		return err
	}
	if !empty {
		return fmt.Errorf("the data folder %s is not the demo's: leave out --demo, or name another folder with --data", path)
	}
	return nil
}

// prepare closes the folder to others, and marks it for the demo.
func (f *Folder) prepare(demo bool) error {
	if err := f.closeToOthers(); err != nil {
		return err
	}
	if demo && !Demo(f.path) {
		return f.WriteSecret(demoName, []byte("This folder belongs to `heraut serve --demo`.\n"))
	}
	return nil
}

// closeToOthers leaves the mode of a folder that others use too, such as /tmp;
// the files in it are ours alone in any case.
func (f *Folder) closeToOthers() error {
	unix.Umask(0o077) // SQLite makes its files with whatever the process allows
	info, err := os.Stat(f.path)
	if err != nil {
		return fmt.Errorf("looking at the data folder: %w", err)
	}
	empty, err := Empty(f.path)
	if err != nil {
		return err
	}
	_, missing := os.Stat(f.File(secretsName))
	ours := empty || missing == nil
	if info.Mode().Perm()&0o077 == 0 || info.Mode()&fs.ModeSticky != 0 || !ours {
		return nil
	}
	if err := os.Chmod(f.path, 0o700); err != nil { //nolint:gosec // a folder needs the x
		return fmt.Errorf("others may read the data folder %s and this process can not forbid it: name a folder inside it with --data", f.path)
	}
	return nil
}
