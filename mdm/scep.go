package mdm

import (
	"context"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"io"
	"net/http"
	"strings"

	"github.com/smallstep/scep"

	"heraut/fault"
)

// Challenges are the one-time words by which devices get certificates.
type Challenges interface {
	// UseChallenge uses up a challenge for a certificate that was made for a
	// public key (both in DER), notes whose device it is, and tells it. Of
	// several who present it at once, one gets it. issued is the certificate
	// to give: for a key that was given one by the challenge before, that one.
	// fault.Forbidden: the challenge does not work (any more).
	UseChallenge(ctx context.Context, challenge string, publicKey, certificate []byte) (userID string, issued []byte, err error)
}

// Certificates remember whose device a certificate was issued to.
type Certificates interface {
	// CertificateUser tells it; fingerprint is the SHA-256 of the certificate,
	// in lowercase hex. fault.NotFound for one that is nobody's.
	CertificateUser(ctx context.Context, fingerprint string) (userID string, err error)
}

const (
	// maxSCEP bounds a request, in bytes; one has about 4 KB.
	maxSCEP = 64 << 10
	// maxChallenge bounds a challenge, in bytes.
	maxChallenge = 256
	// capabilities are what the server can (RFC 8894, 3.5.2). Renewal is left
	// out: a new certificate needs a new challenge.
	capabilities = "AES\nDES3\nPOSTPKIOperation\nSCEPStandard\nSHA-256\n"
)

// errSCEP is every fault of a request that can not be opened. All are answered
// alike: the authority decrypts with the key that signs certificates, so
// whoever could tell a wrong padding from wrong content could have it sign
// anything (Bleichenbacher).
var errSCEP = errors.New("the request can not be read")

// serveSCEP answers a SCEP request (RFC 8894, 4). It speaks the protocol by
// smallstep/scep, as micromdm/scep's service does: that one answers a database
// that is away as it answers a wrong challenge, and panics where an answer can
// not be sealed.
func (s *Server) serveSCEP(w http.ResponseWriter, r *http.Request) {
	operation := r.URL.Query().Get("operation")
	switch {
	case r.Method == http.MethodGet && operation == "GetCACaps":
		answer(w, "text/plain", []byte(capabilities))
	case r.Method == http.MethodGet && operation == "GetCACert":
		answer(w, "application/x-x509-ca-cert", s.authority.certificate.Raw)
	case (r.Method == http.MethodGet || r.Method == http.MethodPost) && operation == "PKIOperation":
		s.servePKI(w, r)
	case r.Method != http.MethodGet && r.Method != http.MethodPost:
		w.Header().Set("Allow", "GET, POST")
		s.refuse(w, r, http.StatusMethodNotAllowed, errors.New("SCEP goes by GET and POST"))
	default:
		s.refuse(w, r, http.StatusBadRequest, errors.New("the server does not know this SCEP operation"))
	}
}

func (s *Server) servePKI(w http.ResponseWriter, r *http.Request) {
	raw, status := readSCEP(w, r)
	if status != 0 {
		s.refuse(w, r, status, errSCEP)
		return
	}
	request, err := s.authority.open(raw)
	if err != nil {
		s.refuse(w, r, http.StatusBadRequest, err)
		return
	}
	certificate, err := s.enroll(r.Context(), request)
	if err != nil && fault.CodeOf(err) != fault.Forbidden {
		s.refuse(w, r, statusOf(err), err)
		return
	}
	reply, err := s.reply(r.Context(), request, certificate, err)
	if err != nil {
		s.refuse(w, r, http.StatusBadRequest, err)
		return
	}
	answer(w, "application/x-pki-message", reply)
}

// readSCEP reads the message of a request; a status that is not 0 tells why
// there is none.
func readSCEP(w http.ResponseWriter, r *http.Request) (raw []byte, status int) {
	if r.Method == http.MethodGet {
		text := strings.ReplaceAll(r.URL.Query().Get("message"), " ", "+") // base64 that was not escaped
		raw, err := base64.StdEncoding.DecodeString(text)
		if err != nil || len(raw) > maxSCEP {
			return nil, http.StatusBadRequest
		}
		return raw, 0
	}
	raw, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxSCEP))
	if _, large := errors.AsType[*http.MaxBytesError](err); large {
		return nil, http.StatusRequestEntityTooLarge
	}
	if err != nil {
		return nil, http.StatusBadRequest
	}
	return raw, 0
}

// open decrypts a request and checks what it asks for. The error is errSCEP.
func (a *Authority) open(raw []byte) (*scep.PKIMessage, error) {
	var request *scep.PKIMessage
	err := tamely(func() (err error) {
		request, err = scep.ParsePKIMessage(raw)
		if err != nil {
			return err
		}
		return request.DecryptPKIEnvelope(a.certificate, a.key)
	})
	if err != nil || request.CSRReqMessage == nil || request.CSR == nil {
		return nil, errSCEP
	}
	public, ok := request.CSR.PublicKey.(*rsa.PublicKey)
	if !ok || public.N.BitLen() < minBits || request.CSR.CheckSignature() != nil {
		return nil, errSCEP
	}
	return request, nil
}

// enroll issues a certificate for a challenge, or that of before to a device
// that asks once more with the same key. Forbidden: the challenge does not work.
func (s *Server) enroll(ctx context.Context, request *scep.PKIMessage) (*x509.Certificate, error) {
	challenge := request.ChallengePassword
	if challenge == "" || len(challenge) > maxChallenge {
		return nil, fault.New(fault.Forbidden, "The request has no challenge.")
	}
	// First the certificate: a fault here must not cost the challenge.
	certificate, err := s.authority.issue(request.CSR.PublicKey)
	if err != nil {
		return nil, err
	}
	userID, issued, err := s.challenges.UseChallenge(ctx, challenge, certificate.RawSubjectPublicKeyInfo, certificate.Raw)
	if err != nil {
		return nil, err
	}
	s.log.InfoContext(ctx, "issued a certificate to a device", "user_id", userID)
	return x509.ParseCertificate(issued)
}

// reply seals the answer: the certificate, or that there is none.
func (s *Server) reply(ctx context.Context, request *scep.PKIMessage, certificate *x509.Certificate, refusal error) ([]byte, error) {
	var message *scep.PKIMessage
	err := tamely(func() (err error) {
		if refusal != nil {
			s.log.InfoContext(ctx, "refused a certificate to a device", "error", refusal)
			message, err = request.Fail(s.authority.certificate, s.authority.key, scep.BadRequest)
			return err
		}
		message, err = request.Success(s.authority.certificate, s.authority.key, certificate)
		return err
	})
	if err != nil {
		return nil, errSCEP // its sender's certificate can not be encrypted for
	}
	return message.Raw, nil
}

// tamely runs a parser of foreign content that may panic, which then is an
// error as any other: the parser of CMS does for odd paddings and lengths, and
// a connection that breaks would tell what errSCEP must not.
func tamely(parse func() error) (err error) {
	defer func() {
		if recover() != nil {
			err = errSCEP
		}
	}()
	return parse()
}
