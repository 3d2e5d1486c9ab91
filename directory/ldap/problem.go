package ldap

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"os"
	"strings"

	ldap "github.com/go-ldap/ldap/v3"

	"heraut/fault"
)

// problem is a sentence that a person can act on, with the cause for the log.
type problem struct {
	fault *fault.Error
	cause error
}

// Error implements error.
func (p *problem) Error() string {
	if p.cause == nil {
		return p.fault.Message
	}
	return p.fault.Message + " (" + p.cause.Error() + ")"
}

// Unwrap gives the fault and the cause.
func (p *problem) Unwrap() []error {
	if p.cause == nil {
		return []error{p.fault}
	}
	return []error{p.fault, p.cause}
}

func say(cause error, format string, args ...any) error {
	return &problem{fault.New(fault.Unavailable, fmt.Sprintf(format, args...)), cause}
}

// connecting says why no connection was made.
func connecting(host, address string, err error) error {
	var unknown *net.DNSError
	switch {
	case errors.As(err, &unknown) && unknown.IsNotFound:
		return say(err, "There is no host named %s: look at the name of the server.", host)
	case errors.Is(err, os.ErrDeadlineExceeded), errors.Is(err, context.DeadlineExceeded):
		return say(err, "%s does not answer: look at the name, the port and the firewall.", address)
	}
	return say(err, "%s can not be reached: look at the name, the port and the firewall.", address)
}

// encrypting says why the connection could not be encrypted.
func encrypting(host string, err error) error {
	var (
		unknown x509.UnknownAuthorityError
		name    x509.HostnameError
		invalid x509.CertificateInvalidError
	)
	switch {
	case errors.As(err, &unknown):
		return say(err, "The certificate of %s is not trusted: give the certificate of the authority that signed it.", host)
	case errors.As(err, &name):
		return say(err, "The certificate is not for %s: use the name that it was made for.", host)
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		return say(err, "The certificate of %s has expired, or is not valid yet.", host)
	case ldap.IsErrorAnyOf(err, ldap.LDAPResultProtocolError, ldap.LDAPResultUnwillingToPerform, ldap.LDAPResultUnavailable):
		return say(err, "%s does not offer StartTLS: use ldaps, or have the server set up for it.", host)
	}
	return say(err, "The connection to %s could not be encrypted: look at the port, and whether it wants ldaps or starttls.", host)
}

// binding says why the account was not taken.
func binding(host string, err error) error {
	switch {
	case ldap.IsErrorAnyOf(err, ldap.LDAPResultInvalidCredentials, ldap.LDAPResultNoSuchObject, ldap.LDAPResultInappropriateAuthentication):
		return say(err, "%s refuses the account or its password.", host)
	case ldap.IsErrorWithCode(err, ldap.LDAPResultInvalidDNSyntax):
		return say(err, "%s can not read the name of the account: give its DN, or for Active Directory name@domain.", host)
	}
	return say(err, "%s did not take the account.", host)
}

// searching says why a search did not end with success.
func searching(host, base string, err error) error {
	var answer *ldap.Error
	if !errors.As(err, &answer) {
		return say(err, "The connection to %s broke in the middle of an answer; nothing was taken away.", host)
	}
	switch answer.ResultCode {
	case ldap.LDAPResultSizeLimitExceeded:
		return say(err, "%s ended the search at its size limit, so that a part is missing; nothing was taken away. "+
			"Raise the limit for this account, or let it read page by page.", host)
	case ldap.LDAPResultTimeLimitExceeded, ldap.LDAPResultAdminLimitExceeded:
		return say(err, "%s ended the search at one of its limits, so that a part is missing; nothing was taken away. Raise the limit for this account.", host)
	case ldap.LDAPResultReferral:
		return say(err, "%s refers to another server for %s: %s. Use that one.", host, base, referral(answer))
	case ldap.LDAPResultNoSuchObject:
		return say(err, "There is nothing at %s: look at the base.", base)
	case ldap.LDAPResultInvalidDNSyntax:
		return say(err, "%s can not read %s: look at the base.", host, base)
	case ldap.LDAPResultInsufficientAccessRights:
		return say(err, "The account may not read %s: give it the right.", base)
	case ldap.ErrorNetwork:
		return say(err, "The connection to %s broke in the middle of an answer; nothing was taken away.", host)
	}
	return say(err, "%s did not answer the search of %s; nothing was taken away.", host, base)
}

// referral finds where a server refers to.
func referral(e *ldap.Error) string {
	if e.Packet == nil {
		return "it does not say which"
	}
	var found []string
	for _, op := range e.Packet.Children {
		for _, child := range op.Children {
			for _, value := range child.Children {
				if text, ok := value.Value.(string); ok && strings.HasPrefix(strings.ToLower(text), "ldap") {
					found = append(found, text)
				} else if text := value.Data.String(); strings.HasPrefix(strings.ToLower(text), "ldap") {
					found = append(found, text)
				}
			}
		}
	}
	if len(found) == 0 {
		return "it does not say which"
	}
	return strings.Join(found, ", ")
}
