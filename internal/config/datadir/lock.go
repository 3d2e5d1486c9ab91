package datadir

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// takeLock locks a file in the folder for as long as it is open: the kernel
// frees it when the process dies, however it dies.
func takeLock(path string) (*os.File, error) {
	name := filepath.Join(path, lockName)
	file, err := os.OpenFile(name, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("taking the data folder: %w", err)
	}
	err = unix.Flock(int(file.Fd()), unix.LOCK_EX|unix.LOCK_NB)
	if errors.Is(err, unix.EWOULDBLOCK) {
		owner := readOwner(file)
		_ = file.Close() // only read from
		return nil, fmt.Errorf("the data folder %s is in use%s: stop that process, or name another folder with --data", path, owner)
	}
	if err == nil {
		err = writeOwner(file)
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("taking the data folder %s: %w", path, err), file.Close())
	}
	return file, nil
}

// readOwner is " by process 123"; empty in the moment before it is written.
func readOwner(file *os.File) string {
	content := make([]byte, 20)
	n, _ := file.ReadAt(content, 0) // a short file ends with io.EOF
	pid, err := strconv.Atoi(strings.TrimSpace(string(content[:n])))
	if err != nil {
		return ""
	}
	return " by process " + strconv.Itoa(pid)
}

func writeOwner(file *os.File) error {
	if err := file.Truncate(0); err != nil {
		return err
	}
	_, err := file.WriteAt([]byte(strconv.Itoa(os.Getpid())+"\n"), 0)
	return err
}
