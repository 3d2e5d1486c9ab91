package config

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// APIKey reads the key with which commands sign in to the API: from KeyFile,
// else from admin.key of the data folder, else, where nobody named a folder,
// from the demo's.
func (c *Config) APIKey() (string, error) {
	path := c.keyPath()
	if err := checkFile(path, 0o077); err != nil {
		if errors.Is(err, fs.ErrNotExist) {
			return "", fmt.Errorf("there is no API key at %s: name its file with --key-file, or run `heraut admin create-key`", path)
		}
		return "", fmt.Errorf("key-file %w", err)
	}
	content, err := os.ReadFile(path)
	if err != nil {
		return "", fmt.Errorf("reading the API key: %w", err)
	}
	key := strings.TrimSpace(string(content))
	if key == "" || strings.ContainsAny(key, " \t\r\n") {
		return "", fmt.Errorf("the file %s does not hold one API key", path)
	}
	return key, nil
}

func (c *Config) keyPath() string {
	if c.KeyFile != "" {
		return c.KeyFile
	}
	demo := filepath.Join(DemoData, KeyFile)
	if c.from(dataSetting) == fromDefault && !exists(c.AdminKeyPath()) && exists(demo) {
		return demo
	}
	return c.AdminKeyPath()
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}
