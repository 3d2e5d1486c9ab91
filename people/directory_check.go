package people

import (
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// Limits of a directory's settings, in characters.
const (
	maxDN     = 1000
	maxFilter = 2000
	maxHost   = 255
	// maxCA holds a few dozen certificates.
	maxCA = 64 << 10
)

var (
	hostForm      = regexp.MustCompile(`^[A-Za-z0-9]([A-Za-z0-9.:_-]*[A-Za-z0-9])?$`)
	attributeForm = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9-]*$`)
)

// Check tells what is wrong with the settings, with a JSON pointer for each.
// Whether filters can be read is for package directory to say.
func (d Directory) Check() error {
	var c checks
	c.name("/name", d.Name)
	c.oneOf("/kind", string(d.Kind), string(DirectoryAuto), string(ActiveDirectory), string(OpenLDAP), string(OpenDirectory))
	c.oneOf("/security", string(d.Security), string(DirectoryLDAPS), string(DirectoryStartTLS))
	if len(d.Host) > maxHost || !hostForm.MatchString(d.Host) {
		c.add("/host", "Give the name of the server alone, such as ldap.school.example.")
	}
	if d.Port < 1 || d.Port > 65535 {
		c.add("/port", "Give a port between 1 and 65535.")
	}
	if d.SyncEvery < MinSyncEvery || d.SyncEvery > MaxSyncEvery {
		c.add("/sync_every", fmt.Sprintf("Give between %d and %d seconds.", MinSyncEvery, MaxSyncEvery))
	}
	c.required("/bind_dn", "Give the account that Heraut reads the directory with.", d.BindDN)
	c.required("/base_dn", "Give where people and groups are, such as dc=school,dc=example.", d.BaseDN)
	c.text("/bind_dn", d.BindDN, maxDN)
	c.text("/base_dn", d.BaseDN, maxDN)
	c.search("/people", d.People)
	c.search("/groups", d.Groups)
	c.attributes(d.Attributes)
	c.ca(d.CA)
	return c.err()
}

func (c *checks) required(pointer, message, value string) {
	if strings.TrimSpace(value) == "" {
		c.add(pointer, message)
	}
}

func (c *checks) oneOf(pointer, value string, allowed ...string) {
	if !slices.Contains(allowed, value) {
		c.add(pointer, "Use one of "+strings.Join(allowed, ", ")+".")
	}
}

func (c *checks) search(pointer string, s DirectorySearch) {
	c.text(pointer+"/base_dn", s.BaseDN, maxDN)
	c.text(pointer+"/filter", s.Filter, maxFilter)
}

func (c *checks) attributes(a DirectoryAttributes) {
	for pointer, name := range map[string]string{
		"/attributes/stable_id": a.StableID, "/attributes/login": a.Login, "/attributes/full_name": a.FullName,
		"/attributes/email": a.Email, "/attributes/language": a.Language, "/attributes/managed_apple_account": a.ManagedAppleAccount,
	} {
		if name != "" && (len(name) > 100 || !attributeForm.MatchString(name)) {
			c.add(pointer, "Give the name of one attribute.")
		}
	}
}

func (c *checks) ca(text string) {
	if text == "" {
		return
	}
	if len(text) > maxCA {
		c.add("/ca", fmt.Sprintf("Use at most %d bytes of certificates.", maxCA))
		return
	}
	rest, found := []byte(text), false
	for {
		var block *pem.Block
		if block, rest = pem.Decode(rest); block == nil {
			break
		}
		if _, err := x509.ParseCertificate(block.Bytes); err != nil || block.Type != "CERTIFICATE" {
			c.add("/ca", "Give certificates in PEM form, and nothing else.")
			return
		}
		found = true
	}
	if !found || strings.TrimSpace(string(rest)) != "" {
		c.add("/ca", "Give certificates in PEM form, from -----BEGIN CERTIFICATE----- on.")
	}
}
