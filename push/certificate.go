package push

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/asn1"
	"encoding/pem"
	"fmt"
	"strings"
	"time"

	"heraut/fault"
	"heraut/people"
)

// Certificate is a push certificate with its key.
type Certificate struct {
	// Topic is the UID of the certificate's subject: what it may push to.
	Topic               string
	NotBefore, NotAfter time.Time
	TLS                 tls.Certificate
}

const (
	certificateField = "/certificate_pem"
	keyField         = "/private_key_pem"
	// mdmTopic begins the topic of every MDM push certificate (source:
	// "Setting up push notifications for your MDM customers").
	mdmTopic = "com.apple.mgmt."
	// warnBefore is when an administrator hears of the end of a certificate.
	warnBefore = 30
)

// userID is the attribute of the subject that holds the topic (RFC 4519 uid).
var userID = asn1.ObjectIdentifier{0, 9, 2342, 19200300, 100, 1, 1}

// ParseCertificate reads a push certificate and its unencrypted private key
// for one kind of push. What is wrong with them comes as a *fault.Error with
// the pointers /certificate_pem and /private_key_pem.
func ParseCertificate(certPEM, keyPEM []byte, kind people.PushKind) (Certificate, error) {
	return parseCertificate(certPEM, keyPEM, kind, time.Now())
}

func parseCertificate(certPEM, keyPEM []byte, kind people.PushKind, now time.Time) (Certificate, error) {
	var problems []fault.Field
	leaf, problem := readLeaf(certPEM)
	if problem != "" {
		problems = append(problems, fault.Field{Pointer: certificateField, Message: problem})
	}
	if problem := checkKey(keyPEM); problem != "" {
		problems = append(problems, fault.Field{Pointer: keyField, Message: problem})
	}
	if len(problems) > 0 {
		return Certificate{}, fault.Invalid(problems...)
	}
	pair, err := tls.X509KeyPair(certPEM, keyPEM)
	if err != nil {
		return Certificate{}, fault.Invalid(fault.Field{Pointer: keyField, Message: "The private key does not belong to the certificate."})
	}
	pair.Leaf = leaf
	c := Certificate{Topic: topicOf(leaf), NotBefore: leaf.NotBefore.UTC(), NotAfter: leaf.NotAfter.UTC(), TLS: pair}
	if problem := c.problem(kind, now); problem != "" {
		return Certificate{}, fault.Invalid(fault.Field{Pointer: certificateField, Message: problem})
	}
	return c, nil
}

// readLeaf returns the first certificate of the text.
func readLeaf(text []byte) (leaf *x509.Certificate, problem string) {
	if len(text) == 0 {
		return nil, "Give the push certificate in PEM."
	}
	block := firstBlock(text, func(kind string) bool { return kind == "CERTIFICATE" })
	if block == nil {
		return nil, "This is not a certificate in PEM (-----BEGIN CERTIFICATE-----)."
	}
	leaf, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		return nil, "The certificate can not be read; is the text complete?"
	}
	return leaf, ""
}

// checkKey says what is wrong with a private key on its own.
func checkKey(text []byte) (problem string) {
	if len(text) == 0 {
		return "Give the private key of the certificate in PEM."
	}
	block := firstBlock(text, func(kind string) bool { return strings.HasSuffix(kind, "PRIVATE KEY") })
	switch {
	case block == nil:
		return "This is not a private key in PEM (-----BEGIN PRIVATE KEY-----)."
	case block.Type == "ENCRYPTED PRIVATE KEY", strings.Contains(block.Headers["Proc-Type"], "ENCRYPTED"):
		return "The private key is encrypted; give it without its passphrase."
	case !readableKey(block.Bytes):
		return "The private key can not be read; is the text complete?"
	}
	return ""
}

func readableKey(der []byte) bool {
	_, pkcs8 := x509.ParsePKCS8PrivateKey(der)
	_, pkcs1 := x509.ParsePKCS1PrivateKey(der)
	_, ec := x509.ParseECPrivateKey(der)
	return pkcs8 == nil || pkcs1 == nil || ec == nil
}

func firstBlock(text []byte, wanted func(kind string) bool) *pem.Block {
	for {
		var block *pem.Block
		if block, text = pem.Decode(text); block == nil || wanted(block.Type) {
			return block
		}
	}
}

func topicOf(leaf *x509.Certificate) string {
	for _, attribute := range leaf.Subject.Names {
		if value, ok := attribute.Value.(string); ok && attribute.Type.Equal(userID) {
			return value
		}
	}
	return ""
}

// problem says why the certificate does not serve for the kind of push.
func (c Certificate) problem(kind people.PushKind, now time.Time) string {
	forMDM := strings.HasPrefix(c.Topic, mdmTopic)
	switch {
	case c.Topic == "" || len(c.Topic) > people.MaxTopic || strings.ContainsFunc(c.Topic, notInTopic):
		return "This is not a push certificate: its subject has no user id that names a topic."
	case kind == people.PushMDM && !forMDM:
		return "This is not an MDM push certificate: its topic does not begin with " + mdmTopic
	case kind == people.PushAlert && forMDM:
		return "This is an MDM push certificate; alerts need the certificate of your app."
	case now.After(c.NotAfter):
		return "The certificate expired on " + day(c.NotAfter) + "."
	case now.Before(c.NotBefore):
		return "The certificate is not valid before " + day(c.NotBefore) + "."
	}
	return ""
}

// notInTopic keeps a topic to what fits a header and a bundle id.
func notInTopic(r rune) bool { return r <= ' ' || r > '~' }

// Expiry tells how many whole days the certificate is still valid (negative
// once it has expired) and, in the last 30 days, a sentence that warns.
func (c Certificate) Expiry(now time.Time) (days int, warning string) {
	left := c.NotAfter.Sub(now)
	days = int(left / (24 * time.Hour))
	switch {
	case left < 0:
		return min(days, -1), "The push certificate for " + c.Topic + " expired on " + day(c.NotAfter) + ". Renew it and install it again."
	case days < warnBefore:
		return days, fmt.Sprintf("The push certificate for %s expires on %s, in %d days. Renew it (do not make a new one) to keep its topic.", c.Topic, day(c.NotAfter), days)
	}
	return days, ""
}

func day(t time.Time) string { return t.UTC().Format("2 January 2006") }
