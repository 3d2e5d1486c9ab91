package config

import (
	"errors"
	"fmt"
	"slices"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// Names of settings that others hang on.
const (
	dataSetting  = "data"
	namesSetting = "names-in-engine"
)

// commandNote is the annotation by which Load knows whose settings to read.
const commandNote = "heraut/command"

// CheckCommand has the flags of every command: it looks at their settings.
const CheckCommand = "config check"

// Load reads the settings of a command that Bind prepared, and gives the
// command's further flags the values that the environment and the file have
// for them. The error holds a sentence for each setting that is wrong; the
// Config is then of use for its Sources alone.
func Load(cmd *cobra.Command) (Config, error) {
	return LoadFor(cmd, cmd.Annotations[commandNote])
}

// LoadFor reads the settings as another command would see them.
func LoadFor(cmd *cobra.Command, command string) (Config, error) {
	ls, err := readLayers(cmd, command)
	if err != nil {
		return Config{}, err
	}
	var c Config
	errs := []error{setOptions(cmd, ls)}
	for _, s := range settings() {
		if !slices.Contains(s.Commands, command) {
			_ = assign(s.field(&c), s.Default) // a test assigns every default
			continue
		}
		value, from, err := ls.find(s.Name)
		if err == nil {
			value, err = s.assign(&c, value)
		}
		if err != nil {
			errs = append(errs, fmt.Errorf("%s %w (%s)", s.Name, err, from))
		}
		c.sources = append(c.sources, Source{Name: s.Name, Value: shown(s, value), From: from})
	}
	errs = append(errs, c.finish(command)...)
	return c, errors.Join(errs...)
}

// assign checks a text and puts it into its field; it returns the text in its
// one form.
func (s setting) assign(c *Config, value string) (string, error) {
	if s.check != nil && value != "" {
		checked, err := s.check(value)
		if err != nil {
			return value, err
		}
		value = checked
	}
	return value, assign(s.field(c), value)
}

// setOptions gives the flags that belong to the command alone their values
// from the environment and the file.
func setOptions(cmd *cobra.Command, ls layers) error {
	var errs []error
	cmd.LocalFlags().VisitAll(func(f *pflag.Flag) {
		key := optionKey(cmd, f)
		if key == "" || f.Changed {
			return
		}
		value, from, err := ls.find(key)
		if err == nil && from != fromDefault {
			err = cmd.Flags().Set(f.Name, value)
		}
		if err != nil {
			errs = append(errs, fmt.Errorf("%s: %w (%s)", key, err, from))
		}
	})
	return errors.Join(errs...)
}
