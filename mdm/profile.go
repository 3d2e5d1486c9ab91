package mdm

import (
	"bytes"
	"crypto/sha1" //nolint:gosec // CAFingerprint is one
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"net/url"
	"strings"

	"github.com/micromdm/plist"
	"github.com/smallstep/pkcs7"

	"heraut/content"
	"heraut/fault"
)

const (
	// identifier begins the identifiers of all payloads: a newer profile takes
	// the place of an older one.
	identifier = "heraut.enrollment"
	// accessRights are what the server may do, 4096 (manage apps), which
	// InviteToProgram needs, and 16 (ask what device it is): it can not lock,
	// erase or locate a device (source: Apple, "MDM" payload, AccessRights).
	accessRights = 4096 | 16
	// perUser gives the users of a Mac channels of their own. It can not be
	// added to a device that is enrolled.
	perUser = "com.apple.mdm.per-user-connections"
)

// ProfileOptions are what profiles have in common.
type ProfileOptions struct {
	Authority *Authority
	// URL is the address of Heraut as devices reach it, without a path. They
	// want https.
	URL string
	// Key is a secret of 32 bytes, from which payloads get their UUIDs.
	Key []byte
	// Signer is the certificate, with its chain and key, that signs profiles;
	// devices show who it is. Default: the authority, which they do not know.
	Signer *tls.Certificate
	// TrustPEM are authorities that devices shall trust, for a server whose
	// certificate is of the organization's own making; may be empty.
	TrustPEM []byte
}

// Profiles makes enrollment profiles. It is safe for concurrent use.
type Profiles struct {
	options ProfileOptions
	trusted []*x509.Certificate
}

// Enrollment is whose device a profile enrolls, once.
type Enrollment struct {
	UserID string
	// Topic is that of the push certificate for MDM.
	Topic     string
	Challenge content.Secret
	// Organization and Language (nl or en) are for the person who reads it.
	Organization string
	Language     string
}

// NewProfiles makes a maker of profiles. The error names what is wrong with an
// option.
func NewProfiles(o ProfileOptions) (*Profiles, error) {
	address, err := url.Parse(o.URL)
	if err != nil || address.Host == "" || strings.Trim(address.Path, "/") != "" {
		return nil, errors.New("making enrollment profiles: the address is not of the form https://host")
	}
	if o.Authority == nil || len(o.Key) == 0 {
		return nil, errors.New("making enrollment profiles: an option is missing")
	}
	o.URL = strings.TrimRight(o.URL, "/")
	trusted, err := certificates(o.TrustPEM)
	if err != nil {
		return nil, fmt.Errorf("making enrollment profiles: reading the certificates to trust: %w", err)
	}
	return &Profiles{options: o, trusted: trusted}, nil
}

// certificates reads all of a text; there is nothing else in it.
func certificates(text []byte) ([]*x509.Certificate, error) {
	var found []*x509.Certificate
	for rest := bytes.TrimSpace(text); len(rest) > 0; rest = bytes.TrimSpace(rest) {
		var block *pem.Block
		if block, rest = pem.Decode(rest); block == nil || block.Type != "CERTIFICATE" {
			return nil, errors.New("they are not certificates in PEM")
		}
		c, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			return nil, err
		}
		found = append(found, c)
	}
	return found, nil
}

// Make makes a profile (.mobileconfig), signed. It holds the challenge: show
// it to its user alone. fault.Unavailable: there is no topic yet.
func (p *Profiles) Make(e Enrollment) ([]byte, error) {
	if e.Topic == "" {
		return nil, fault.New(fault.Unavailable, "No device can be enrolled before a push certificate for MDM is installed.")
	}
	raw, err := plist.MarshalIndent(p.profile(e), "\t")
	if err != nil {
		return nil, fmt.Errorf("encoding the enrollment profile of user %s: %w", e.UserID, err)
	}
	signed, err := p.sign(raw)
	if err != nil {
		return nil, fmt.Errorf("signing the enrollment profile of user %s: %w", e.UserID, err)
	}
	return signed, nil
}

// profile is the whole of it. Sources: Apple, "TopLevel", "SCEP", "MDM" and
// "CertificateRoot" payloads.
func (p *Profiles) profile(e Enrollment) configuration {
	words := wordsIn(e.Language, e.Organization)
	identity := p.payload(e, "com.apple.security.scep", "identity", words.identity)
	parts := []any{
		scepPayload{payload: identity, PayloadContent: p.scep(e)},
		mdmPayload{
			payload:                 p.payload(e, "com.apple.mdm", "mdm", words.management),
			IdentityCertificateUUID: identity.PayloadUUID, Topic: e.Topic,
			ServerURL: p.options.URL + PathConnect, CheckInURL: p.options.URL + PathCheckIn,
			AccessRights: accessRights, SignMessage: true, CheckOutWhenRemoved: true, ServerCapabilities: []string{perUser},
		},
	}
	for i, c := range p.trusted {
		root := p.payload(e, "com.apple.security.root", fmt.Sprintf("trust%d", i+1), c.Subject.CommonName)
		parts = append(parts, rootPayload{payload: root, PayloadContent: c.Raw})
	}
	whole := p.payload(e, "Configuration", "", words.title)
	return configuration{
		payload: whole, PayloadOrganization: e.Organization, PayloadDescription: words.description,
		PayloadScope: "System", PayloadContent: parts,
	}
}

func (p *Profiles) payload(e Enrollment, kind, part, name string) payload {
	id := identifier
	if part != "" {
		id += "." + part
	}
	return payload{
		PayloadType: kind, PayloadVersion: 1, PayloadIdentifier: id, PayloadDisplayName: name,
		PayloadUUID: strings.ToUpper(derived(p.options.Key, "payload-uuid", e.UserID+"/"+id).String()),
	}
}

func (p *Profiles) scep(e Enrollment) scepContent {
	sum := sha1.Sum(p.options.Authority.certificate.Raw) //nolint:gosec // see its import
	return scepContent{
		URL: p.options.URL + PathSCEP, Name: "Heraut", Challenge: string(e.Challenge), CAFingerprint: sum[:],
		Subject: [][][]string{{{"CN", "Heraut"}}}, Keysize: minBits, KeyType: "RSA", KeyUsage: 1 | 4, Retries: 3, RetryDelay: 10,
	}
}

func (p *Profiles) sign(raw []byte) ([]byte, error) {
	data, err := pkcs7.NewSignedData(raw)
	if err != nil {
		return nil, err
	}
	data.SetDigestAlgorithm(pkcs7.OIDDigestAlgorithmSHA256)
	if p.options.Signer == nil {
		err = data.AddSigner(p.options.Authority.certificate, p.options.Authority.key, pkcs7.SignerInfoConfig{})
	} else {
		err = addSigner(data, p.options.Signer)
	}
	if err != nil {
		return nil, err
	}
	return data.Finish()
}

func addSigner(data *pkcs7.SignedData, signer *tls.Certificate) error {
	var chain []*x509.Certificate
	for _, der := range signer.Certificate {
		c, err := x509.ParseCertificate(der)
		if err != nil {
			return err
		}
		chain = append(chain, c)
	}
	if len(chain) == 0 {
		return errors.New("the signer has no certificate")
	}
	return data.AddSignerChain(chain[0], signer.PrivateKey, chain[1:], pkcs7.SignerInfoConfig{})
}
