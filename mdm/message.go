package mdm

import (
	"crypto/x509"
	"errors"
	"io"
	"net/http"
	"time"

	"github.com/micromdm/nanomdm/cryptoutil"
	"github.com/micromdm/nanomdm/mdm"
	"github.com/micromdm/nanomdm/service"
	"github.com/micromdm/nanomdm/service/certauth"

	"heraut/fault"
	"heraut/mdm/plists"
)

const (
	signatureHeader = "Mdm-Signature"
	// maxSignature bounds that header, in bytes; one has about 3 KB.
	maxSignature = 32 << 10
	// maxMessage bounds a message, in bytes. A list of all apps of a device has
	// some 100 KB.
	maxMessage = 1 << 20
	// patience is how long a message may take to arrive.
	patience = 30 * time.Second
)

// What is wrong with a message, before it is read.
var (
	errUnsigned  = errors.New("the message is not signed as SignMessage asks for")
	errSignature = errors.New("the signature does not fit the message")
	errForeign   = errors.New("the certificate is none of a device that is enrolled here")
)

// handling is a part of NanoMDM's service that reads a message and acts.
type handling func(svc service.Checkin, r *mdm.Request, body []byte) ([]byte, error)

// device takes the messages of devices: it finds out whose a message is and
// looks at its structure, and only then lets it be read.
func (s *Server) device(handle handling) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodPut {
			w.Header().Set("Allow", http.MethodPut)
			s.refuse(w, r, http.StatusMethodNotAllowed, errors.New("devices use PUT"))
			return
		}
		body, err := receive(w, r)
		if err != nil {
			s.refuse(w, r, statusOfBody(err), errors.New("the message can not be received"))
			return
		}
		certificate, err := s.identify(r.Header, body)
		if err != nil {
			s.refuse(w, r, http.StatusForbidden, err)
			return
		}
		if err := plists.Check(body); err != nil {
			s.refuse(w, r, http.StatusBadRequest, err)
			return
		}
		reply, err := handle(s.service, mdm.NewRequestWithContext(r.Context(), certificate), body)
		if err != nil {
			s.refuse(w, r, statusOf(err), err)
			return
		}
		answer(w, "application/xml; charset=UTF-8", reply)
	}
}

// receive reads a message within patience; acting on it may take longer.
func receive(w http.ResponseWriter, r *http.Request) ([]byte, error) {
	deadline := http.NewResponseController(w)
	_ = deadline.SetReadDeadline(time.Now().Add(patience)) // a writer without deadlines has no slow sender
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxMessage))
	_ = deadline.SetReadDeadline(time.Time{}) // as above
	return body, err
}

func statusOfBody(err error) int {
	if _, large := errors.AsType[*http.MaxBytesError](err); large {
		return http.StatusRequestEntityTooLarge
	}
	return http.StatusBadRequest
}

// identify gives the certificate of the device that signed a message. Source:
// Apple, "Pass an Identity Certificate Through a Proxy".
func (s *Server) identify(h http.Header, body []byte) (certificate *x509.Certificate, err error) {
	values := h.Values(signatureHeader)
	if len(values) != 1 || values[0] == "" || len(values[0]) > maxSignature {
		return nil, errUnsigned
	}
	err = tamely(func() (err error) {
		certificate, err = cryptoutil.VerifyMdmSignature(values[0], body)
		return err
	})
	if err != nil {
		return nil, errSignature
	}
	if s.authority.verify(certificate) != nil {
		return nil, errForeign
	}
	return certificate, nil
}

// answer ends a request well. Without content the device goes back to sleep.
func answer(w http.ResponseWriter, kind string, body []byte) {
	w.Header().Set("Cache-Control", "no-store")
	if len(body) > 0 {
		w.Header().Set("Content-Type", kind)
	}
	_, _ = w.Write(body) // a device that has gone comes again
}

// refuse ends a request with a fault. The device hears the status alone; the
// log gets the reason, which holds no content.
func (s *Server) refuse(w http.ResponseWriter, r *http.Request, status int, reason error) {
	if _, unread := errors.AsType[*mdm.ParseError](reason); unread {
		reason = plists.ErrRefused // NanoMDM's error repeats the message
	}
	log := s.log.InfoContext
	if status >= http.StatusInternalServerError {
		log = s.log.ErrorContext
	}
	log(r.Context(), "refused a device's request", "path", r.URL.Path, "status", status, "error", reason)
	http.Error(w, http.StatusText(status), status)
}

// statusOf tells the status that a fault has for a device: one of its own
// making it shall not repeat, and one of ours it shall.
func statusOf(err error) int {
	if said, ok := errors.AsType[*service.HTTPStatusError](err); ok && said.Status != http.StatusUnauthorized {
		return said.Status
	}
	for _, foreign := range []error{certauth.ErrNoCertReuse, certauth.ErrNoCertAssoc, certauth.ErrMissingCert} {
		if errors.Is(err, foreign) {
			return http.StatusForbidden
		}
	}
	switch fault.CodeOf(err) {
	case fault.InvalidRequest, fault.Malformed, fault.Conflict:
		return http.StatusBadRequest
	case fault.Forbidden, fault.NotFound:
		return http.StatusForbidden
	case fault.Unavailable:
		return http.StatusServiceUnavailable
	default:
		return http.StatusInternalServerError
	}
}
