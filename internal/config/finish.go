package config

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
)

// finish fills in what hangs on several settings and tells what is wrong
// between them.
func (c *Config) finish(command string) []error {
	if c.Demo && c.from(dataSetting) == fromDefault {
		c.Data = DemoData
		c.setSource(dataSetting, DemoData, "default with --demo")
	}
	errs := []error{
		c.pair("tls-cert", c.TLSCert, "tls-key", c.TLSKey),
		c.pair("temporal-tls-cert", c.TemporalTLSCert, "temporal-tls-key", c.TemporalTLSKey),
		c.needs(command),
		c.readTemporalKey(),
	}
	c.TemporalTLS = c.TemporalTLS || c.TemporalTLSCert != "" || c.TemporalTLSCA != "" ||
		c.TemporalTLSServerName != "" || c.TemporalAPIKey != ""
	return slices.DeleteFunc(errs, func(err error) bool { return err == nil })
}

// pair wants both settings or neither, where the command has both.
func (c *Config) pair(nameA, a, nameB, b string) error {
	if (a == "") == (b == "") || c.from(nameA) == "" || c.from(nameB) == "" {
		return nil
	}
	given, lacking := nameA, nameB
	if a == "" {
		given, lacking = nameB, nameA
	}
	return fmt.Errorf("%s needs %s beside it", given, lacking)
}

// needs names what the parts can not do without.
func (c *Config) needs(command string) error {
	if !slices.Contains(parts, command) {
		return nil
	}
	var lacking []string
	if c.DatabaseURL == "" {
		lacking = append(lacking, "--database-url")
	}
	if c.SecretsFile == "" {
		lacking = append(lacking, "--secrets-file")
	}
	if lacking == nil {
		return nil
	}
	return fmt.Errorf("`heraut %s` needs %s: on one machine, without PostgreSQL, run `heraut serve`",
		command, strings.Join(lacking, " and "))
}

func (c *Config) readTemporalKey() error {
	if c.TemporalAPIKeyFile == "" {
		return nil
	}
	if c.TemporalAPIKey != "" {
		return errors.New("give temporal-api-key or temporal-api-key-file, not both")
	}
	content, err := os.ReadFile(c.TemporalAPIKeyFile)
	if err != nil {
		return nil //nolint:nilerr // the check of the setting has said it
	}
	c.TemporalAPIKey = strings.TrimSpace(string(content))
	if c.TemporalAPIKey == "" {
		return errors.New("temporal-api-key-file names an empty file")
	}
	return nil
}
