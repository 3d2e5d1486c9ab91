package datadir

import (
	"errors"
	"fmt"
	"os"
)

// WriteSecret writes a file in the folder that its owner alone may read. It
// appears complete or not at all, and replaces what was there.
func (f *Folder) WriteSecret(name string, content []byte) error {
	file, err := os.CreateTemp(f.path, "."+name+"-*") // made with mode 0600
	if err != nil {
		return fmt.Errorf("writing %s: %w", name, err)
	}
	defer func() { _ = os.Remove(file.Name()) }() // gone already after the rename
	_, err = file.Write(content)
	if err := errors.Join(err, file.Sync(), file.Close()); err != nil {
		return fmt.Errorf("writing %s: %w", name, err)
	}
	if err := os.Rename(file.Name(), f.File(name)); err != nil {
		return fmt.Errorf("writing %s: %w", name, err)
	}
	return syncFolder(f.path)
}

// syncFolder brings a rename to disk.
func syncFolder(path string) error {
	folder, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("saving the data folder: %w", err)
	}
	if err := errors.Join(folder.Sync(), folder.Close()); err != nil {
		return fmt.Errorf("saving the data folder: %w", err)
	}
	return nil
}
