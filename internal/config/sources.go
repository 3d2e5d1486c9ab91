package config

import (
	"net/url"
	"slices"
)

// Source tells where a setting's value comes from.
type Source struct {
	Name string
	// Value is as it was written; of a secret it shows no more than that it is
	// set, of an address with a password the address without.
	Value string
	// From is "default", "file PATH", "environment NAME" or "flag --NAME".
	From string
}

// Sources lists the settings of the command, in the order of Flags.
func (c *Config) Sources() []Source { return slices.Clone(c.sources) }

// from is a setting's source; empty where the command lacks the setting.
func (c *Config) from(name string) string {
	for _, s := range c.sources {
		if s.Name == name {
			return s.From
		}
	}
	return ""
}

func (c *Config) setSource(name, value, from string) {
	for i := range c.sources {
		if c.sources[i].Name == name {
			c.sources[i].Value, c.sources[i].From = value, from
		}
	}
}

// shown hides what is secret in a value.
func shown(s setting, value string) string {
	if !s.Secret || value == "" {
		return value
	}
	u, err := url.Parse(value)
	if err != nil || u.Host == "" {
		return "(set)"
	}
	u.RawQuery = "" // may carry a password too
	return u.Redacted()
}
