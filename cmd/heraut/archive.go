package main

import (
	"archive/tar"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"time"
)

const (
	// manifestName is the first entry of a backup.
	manifestName = "manifest.json"
	// backupFormat is the number of the form of backups.
	backupFormat = 1
	// maxManifest bounds what is read of a manifest, in bytes.
	maxManifest = 1 << 20
)

// manifest says what a backup holds.
type manifest struct {
	Format  int            `json:"format"`
	Heraut  string         `json:"heraut"`
	MadeAt  time.Time      `json:"made_at"`
	Entries []manifestFile `json:"files"`
}

type manifestFile struct {
	Name   string `json:"name"`
	Size   int64  `json:"size"`
	SHA256 string `json:"sha256"`
}

func addManifest(archive *tar.Writer, files []archived) error {
	m := manifest{Format: backupFormat, Heraut: versionName(), MadeAt: time.Now().UTC().Truncate(time.Second)}
	for _, file := range files {
		entry, err := describe(file)
		if err != nil {
			return fmt.Errorf("reading %s: %w", file.name, err)
		}
		m.Entries = append(m.Entries, entry)
	}
	content, err := json.MarshalIndent(m, "", "  ")
	if err != nil {
		return err
	}
	header := &tar.Header{Name: manifestName, Mode: 0o600, Size: int64(len(content)), ModTime: m.MadeAt}
	if err := archive.WriteHeader(header); err != nil {
		return err
	}
	_, err = archive.Write(content)
	return err
}

func describe(file archived) (manifestFile, error) {
	in, err := os.Open(file.path)
	if err != nil {
		return manifestFile{}, err
	}
	defer func() { _ = in.Close() }() // only read from
	sum := sha256.New()
	size, err := io.Copy(sum, in)
	return manifestFile{Name: file.name, Size: size, SHA256: hex.EncodeToString(sum.Sum(nil))}, err
}

func addFile(archive *tar.Writer, file archived) error {
	in, err := os.Open(file.path)
	if err != nil {
		return err
	}
	defer func() { _ = in.Close() }() // only read from
	info, err := in.Stat()
	if err != nil {
		return err
	}
	header := &tar.Header{Name: file.name, Mode: 0o600, Size: info.Size(), ModTime: info.ModTime()}
	if err := archive.WriteHeader(header); err != nil {
		return err
	}
	_, err = io.Copy(archive, in)
	return err
}

// errNoBackup is the error of what is no backup of Heraut's.
var errNoBackup = errors.New("it is no backup of Heraut")

// readManifest reads the first entry.
func readManifest(archive *tar.Reader) (manifest, error) {
	var m manifest
	header, err := archive.Next()
	if err != nil || header.Name != manifestName || header.Size > maxManifest {
		return m, errNoBackup
	}
	content, err := io.ReadAll(archive)
	if err != nil {
		return m, fmt.Errorf("reading its manifest: %w", err)
	}
	if err := json.NewDecoder(bytes.NewReader(content)).Decode(&m); err != nil {
		return m, errNoBackup
	}
	if m.Format != backupFormat {
		return m, fmt.Errorf("it has format %d and this Heraut reads %d: restore it with the Heraut that made it (%s)", m.Format, backupFormat, m.Heraut)
	}
	return m, nil
}

// extract writes the entries that the manifest lists, and refuses what differs
// from it.
func extract(archive *tar.Reader, m manifest, to func(name string) (string, error)) error {
	for _, want := range m.Entries {
		header, err := archive.Next()
		if err != nil || header.Name != want.Name || header.Typeflag != tar.TypeReg || header.Size != want.Size {
			return fmt.Errorf("the backup is cut or was changed at %s", want.Name)
		}
		path, err := to(want.Name)
		if err != nil {
			return err
		}
		if err := extractFile(archive, want, path); err != nil {
			return err
		}
	}
	return nil
}

func extractFile(in io.Reader, want manifestFile, path string) (err error) {
	out, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, out.Close()) }()
	sum := sha256.New()
	size, err := io.Copy(io.MultiWriter(out, sum), in)
	if errors.Is(err, io.ErrUnexpectedEOF) {
		return fmt.Errorf("the backup is cut in the middle of %s", want.Name)
	}
	if err != nil {
		return fmt.Errorf("unpacking %s: %w", want.Name, err)
	}
	if size != want.Size || hex.EncodeToString(sum.Sum(nil)) != want.SHA256 {
		return fmt.Errorf("the backup is damaged: %s differs from its manifest", want.Name)
	}
	return out.Sync()
}
