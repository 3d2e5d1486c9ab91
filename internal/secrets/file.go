package secrets

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

// maxFileSize bounds what is read, in bytes: hundreds of keys fit.
const maxFileSize = 1 << 20

// Create makes a secrets file with one fresh key and returns its keyring. The
// file appears complete or not at all, readable by its owner alone. Where the
// path exists already, nothing changes and the error is fs.ErrExist.
func Create(path string) (*Keyring, error) {
	c := content{Version: version}
	c.add(time.Now())
	err := write(path, c, func(temporary string) error {
		// A link, unlike a rename, does not replace a file that another
		// process made in the meantime.
		return os.Link(temporary, path)
	})
	if err != nil {
		return nil, fmt.Errorf("creating secrets file %s: %w", path, err)
	}
	return newKeyring(c)
}

// Load reads a secrets file. It refuses a file that others than its owner may
// read, and one that is damaged, with a sentence that names the fix.
func Load(path string) (*Keyring, error) {
	c, err := read(path)
	if err != nil {
		return nil, err
	}
	return newKeyring(c)
}

// Rotate adds a fresh key to the file, makes it the current one, and keeps the
// older ones. Running processes use it from their next start; all that share
// the file need it before one of them starts again.
func Rotate(path string) (*Keyring, error) {
	return change(path, func(c *content) error {
		c.add(time.Now())
		return nil
	})
}

// Retire takes an old key out of the file: links that it signed stop working,
// what it sealed or encrypted can no longer be read. The current key can not
// be retired.
func Retire(path, id string) (*Keyring, error) {
	return change(path, func(c *content) error { return c.remove(id) })
}

func change(path string, edit func(*content) error) (*Keyring, error) {
	c, err := read(path)
	if err != nil {
		return nil, err
	}
	if err := edit(&c); err != nil {
		return nil, fmt.Errorf("changing secrets file %s: %w", path, err)
	}
	err = write(path, c, func(temporary string) error { return os.Rename(temporary, path) })
	if err != nil {
		return nil, fmt.Errorf("changing secrets file %s: %w", path, err)
	}
	return newKeyring(c)
}

func read(path string) (content, error) {
	file, err := os.Open(path)
	if err != nil {
		return content{}, fmt.Errorf("opening secrets file: %w", err)
	}
	defer func() { _ = file.Close() }() // only read from
	info, err := file.Stat()
	if err != nil {
		return content{}, fmt.Errorf("looking at secrets file: %w", err)
	}
	if err := checkMode(path, info); err != nil {
		return content{}, err
	}
	data, err := io.ReadAll(io.LimitReader(file, maxFileSize))
	if err != nil {
		return content{}, fmt.Errorf("reading secrets file: %w", err)
	}
	c, err := parse(data)
	if err != nil {
		return content{}, fmt.Errorf("reading secrets file %s: %w", path, err)
	}
	return c, nil
}

func checkMode(path string, info fs.FileInfo) error {
	if !info.Mode().IsRegular() {
		return fmt.Errorf("secrets file %s is not a regular file", path)
	}
	if mode := info.Mode().Perm(); mode&0o077 != 0 {
		return fmt.Errorf("secrets file %s may be read by others than its owner (mode %04o): run chmod 600 %s, and rotate the keys if others could see it",
			path, mode, path)
	}
	return nil
}

// write puts the content beside path, on disk, and lets publish bring it to
// its place: a kill at any moment leaves the old file or the new one.
func write(path string, c content, publish func(temporary string) error) error {
	data, err := json.MarshalIndent(c, "", "  ")
	if err != nil {
		return err
	}
	folder := filepath.Dir(path)
	file, err := os.CreateTemp(folder, ".secrets-*") // made with mode 0600
	if err != nil {
		return err
	}
	defer func() { _ = os.Remove(file.Name()) }() // gone already after a rename
	_, err = file.Write(append(data, '\n'))
	if err := errors.Join(err, file.Sync(), file.Close()); err != nil {
		return err
	}
	if err := publish(file.Name()); err != nil {
		return err
	}
	return syncFolder(folder)
}

func syncFolder(path string) error {
	folder, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(folder.Sync(), folder.Close())
}
