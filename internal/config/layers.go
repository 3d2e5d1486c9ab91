package config

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/knadh/koanf/parsers/yaml"
	"github.com/knadh/koanf/providers/confmap"
	"github.com/knadh/koanf/providers/env/v2"
	"github.com/knadh/koanf/providers/file"
	"github.com/knadh/koanf/providers/posflag"
	"github.com/knadh/koanf/v2"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// delimiter parts the levels of a key: plan.channel.
const delimiter = "."

// layer is one place that settings come from.
type layer struct {
	// from names the place of a key for people.
	from func(key string) string
	*koanf.Koanf
}

// text is the value of a key as a flag would have it; false where the layer
// says nothing.
func (l layer) text(key string) (string, bool, error) {
	if !l.Exists(key) {
		return "", false, nil
	}
	value, err := text(l.Get(key))
	return value, true, err
}

// layers are in order of precedence, the weakest first.
type layers []layer

// find is the text of a key in the strongest layer that has it.
func (ls layers) find(key string) (value, from string, err error) {
	for _, l := range slices.Backward(ls) {
		value, found, err := l.text(key)
		if found {
			return value, l.from(key), err
		}
	}
	return "", fromDefault, nil
}

const fromDefault = "default"

// readLayers reads every layer for a command whose settings are ours.
func readLayers(cmd *cobra.Command, command string) (layers, error) {
	path, err := filePath(cmd)
	if err != nil {
		return nil, err
	}
	settingsFile, err := fileLayer(path, cmd.Root())
	if err != nil {
		return nil, err
	}
	ls := layers{defaultLayer(command), settingsFile, envLayer(cmd.Root()), flagLayer(cmd)}
	return ls, nil
}

// filePath is the settings file's; empty without one.
func filePath(cmd *cobra.Command) (string, error) {
	flag := cmd.Flags().Lookup(configFlag)
	if flag != nil && flag.Changed {
		if flag.Value.String() == "" {
			return "", errors.New("config must name a settings file (flag --config)")
		}
		return flag.Value.String(), nil
	}
	return os.Getenv(envName(configFlag)), nil
}

func defaultLayer(command string) layer {
	values := map[string]any{}
	for _, s := range settings() {
		values[s.Name] = s.Default
	}
	if command == "serve" {
		values[namesSetting] = "true" // the engine's file lies beside the store's
	}
	k := koanf.New(delimiter)
	_ = k.Load(confmap.Provider(values, ""), nil) // a map in memory has no faults
	return layer{from: func(string) string { return fromDefault }, Koanf: k}
}

func fileLayer(path string, root *cobra.Command) (layer, error) {
	k := koanf.New(delimiter)
	l := layer{from: func(string) string { return "file " + path }, Koanf: k}
	if path == "" {
		return l, nil
	}
	if err := k.Load(file.Provider(path), yaml.Parser()); err != nil {
		return l, fmt.Errorf("reading the settings file %s: %w", path, err)
	}
	known := knownKeys(root)
	for _, key := range k.Keys() {
		s, ok := known[key]
		switch {
		case !ok:
			return l, fmt.Errorf("the settings file %s has the key %q, which is no setting: `heraut config check` lists them", path, key)
		case s.secret:
			if err := checkFile(path, 0o007); err != nil {
				return l, fmt.Errorf("the settings file holds %s and %w", key, err)
			}
		}
	}
	return l, nil
}

// envLayer takes the variables that are settings or options of a command. An
// empty one counts as not set: compose files pass on what they lack as "".
func envLayer(root *cobra.Command) layer {
	keys := map[string]string{}
	for key := range knownKeys(root) {
		keys[envName(key)] = key
	}
	k := koanf.New(delimiter)
	_ = k.Load(env.Provider(delimiter, env.Opt{
		Prefix: envPrefix,
		TransformFunc: func(name, value string) (string, any) {
			if value == "" {
				return "", nil
			}
			return keys[name], value
		},
	}), nil) // the environment has no faults
	return layer{from: func(key string) string { return "environment " + envName(key) }, Koanf: k}
}

// flagLayer takes the settings' flags that were given.
func flagLayer(cmd *cobra.Command) layer {
	k := koanf.New(delimiter)
	_ = k.Load(posflag.ProviderWithFlag(cmd.Flags(), delimiter, nil, func(f *pflag.Flag) (string, any) {
		if !f.Changed {
			return "", nil
		}
		return f.Name, f.Value.String()
	}), nil) // flags in memory have no faults
	return layer{from: func(key string) string { return "flag --" + key }, Koanf: k}
}

// known is what a key of the settings file may be.
type known struct{ secret bool }

// knownKeys holds each setting and, as command.option, each further flag of
// each command.
func knownKeys(root *cobra.Command) map[string]known {
	keys := map[string]known{}
	for _, s := range settings() {
		keys[s.Name] = known{secret: s.Secret}
	}
	var walk func(cmd *cobra.Command)
	walk = func(cmd *cobra.Command) {
		cmd.LocalFlags().VisitAll(func(f *pflag.Flag) {
			if key := optionKey(cmd, f); key != "" {
				keys[key] = known{}
			}
		})
		for _, child := range cmd.Commands() {
			walk(child)
		}
	}
	walk(root)
	return keys
}

// optionKey is the key of a flag that belongs to one command alone,
// plan.channel; empty for settings and for --help.
func optionKey(cmd *cobra.Command, f *pflag.Flag) string {
	if f.Name == configFlag || f.Name == "help" || f.Name == "version" || isSetting(f.Name) {
		return ""
	}
	path := strings.Fields(cmd.CommandPath())
	if len(path) < 2 {
		return ""
	}
	return strings.Join(append(path[1:], f.Name), delimiter)
}

func isSetting(name string) bool {
	for _, s := range settings() {
		if s.Name == name {
			return true
		}
	}
	return false
}
