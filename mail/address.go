package mail

import (
	"strings"
	"unicode/utf8"

	"golang.org/x/net/idna"
	"golang.org/x/text/unicode/norm"
)

// MaxAddress is the longest mail address in bytes: 64 for the local part, 255
// for the domain, and the @ (RFC 5321, 4.5.3.1).
const MaxAddress = 320

const (
	maxLocalPart = 64
	maxDomain    = 253 // of a name in DNS, written out
)

// normalizeAddress returns a mail address as Heraut uses it: the domain in lower
// case ASCII (IDNA A-labels), the local part as given. A local part outside
// ASCII is allowed and needs SMTPUTF8. Refused, with a sentence about it, are
// quoted local parts (they can carry ESMTP parameters to a careless server),
// address literals, names without a dot, and anything over MaxAddress bytes,
// which is not parsed at all.
func normalizeAddress(address string) (normalized, problem string) {
	if len(address) > MaxAddress {
		return "", "The address is longer than 320 bytes."
	}
	if problem := lineProblem(address); problem != "" {
		return "", problem
	}
	at := strings.LastIndexByte(address, '@')
	if at < 0 {
		return "", "The address has no @."
	}
	if problem := localProblem(address[:at]); problem != "" {
		return "", problem
	}
	domain, problem := normalizeDomain(address[at+1:])
	if problem != "" {
		return "", problem
	}
	return norm.NFC.String(address[:at]) + "@" + domain, ""
}

// localProblem checks a dot-atom (RFC 5322, 3.2.3; RFC 6532 beyond ASCII).
func localProblem(local string) string {
	switch {
	case local == "":
		return "The address has nothing before the @."
	case len(local) > maxLocalPart:
		return "The part before the @ is longer than 64 bytes."
	case local[0] == '"':
		return "An address with a quoted part before the @ is not supported."
	case local[0] == '.' || local[len(local)-1] == '.' || strings.Contains(local, ".."):
		return "The part before the @ has a dot where none may be."
	}
	for _, r := range local {
		if r < utf8.RuneSelf && !isAtomText(byte(r)) && r != '.' {
			return "The part before the @ holds a character that is not allowed there."
		}
	}
	return ""
}

func isAtomText(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' ||
		strings.IndexByte("!#$%&'*+-/=?^_`{|}~", c) >= 0
}

// domainNames is idna.Lookup with the lengths of DNS, so that no label is empty.
var domainNames = idna.New(
	idna.MapForLookup(), idna.BidiRule(), idna.StrictDomainName(true), idna.VerifyDNSLength(true))

func normalizeDomain(domain string) (normalized, problem string) {
	if strings.HasPrefix(domain, "[") {
		return "", "An address at a bare IP number is not supported."
	}
	ascii, err := domainNames.ToASCII(domain)
	if err != nil || len(ascii) > maxDomain {
		return "", "The part after the @ is not a domain name."
	}
	last := ascii[strings.LastIndexByte(ascii, '.')+1:]
	switch {
	case last == "localhost":
		return "", "localhost is not a domain that mail can be sent to."
	case len(last) == len(ascii):
		return "", "The part after the @ is not a full domain name."
	case last == "" || strings.Trim(last, "0123456789") == "":
		return "", "The part after the @ is not a domain name."
	}
	return ascii, ""
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// domainOf returns what follows the @ of a checked address.
func domainOf(address string) string { return address[strings.LastIndexByte(address, '@')+1:] }
