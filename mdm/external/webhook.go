package external

import (
	"cmp"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"time"

	"heraut/content"
	"heraut/fault"
	"heraut/mdm"
	"heraut/mdm/plists"
	"heraut/people"
)

const (
	// signatureHeader holds the base64 of the HMAC-SHA256 of a request's body
	// (source: NanoMDM's -webhook-hmac-key).
	signatureHeader = "X-Hmac-Signature"
	// maxEvent bounds a request's body, in bytes. NanoMDM tells everything
	// that devices say, and lists of apps and profiles are long.
	maxEvent = 8 << 20
	// atOnce bounds how many bodies are read at once: they are read before
	// it is known who sent them.
	atOnce = 16
	// patience is how long a request waits for its turn to be read, and then
	// how long it may take to arrive.
	patience = 10 * time.Second
)

// Webhook takes the events of a NanoMDM server: an http.Handler for the
// address of its -webhook-url. It answers 200 when an event was kept, or is
// none of ours, and anything else when not; NanoMDM only logs that.
type Webhook struct {
	secret func(context.Context) (content.Secret, error)
	ledger mdm.Ledger
	log    *slog.Logger
	places chan struct{}

	overtaken *overtaken
}

// NewWebhook makes a receiver. secret gives the key that signs events now;
// without one nothing is taken. The ledger hears of events late and twice: by
// the times that they carry it tells what is old. log may be nil.
func NewWebhook(secret func(context.Context) (content.Secret, error), ledger mdm.Ledger, log *slog.Logger) *Webhook {
	return &Webhook{secret: secret, ledger: ledger, log: cmp.Or(log, slog.Default()), places: make(chan struct{}, atOnce), overtaken: newOvertaken()}
}

// ServeHTTP implements http.Handler.
func (h *Webhook) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodPost {
		w.Header().Set("Allow", http.MethodPost)
		h.refuse(w, r, http.StatusMethodNotAllowed, "Events come by POST.")
		return
	}
	signature, ok := signatureOf(r.Header)
	if !ok {
		h.refuse(w, r, http.StatusUnauthorized, "An event needs its signature; start NanoMDM with -webhook-hmac-key.")
		return
	}
	if !h.enter(r.Context()) {
		h.refuse(w, r, http.StatusServiceUnavailable, "There are too many events at once.")
		return
	}
	defer func() { <-h.places }()
	h.take(w, r, signature)
}

// take reads, checks and keeps one event.
func (h *Webhook) take(w http.ResponseWriter, r *http.Request, signature []byte) {
	_ = http.NewResponseController(w).SetReadDeadline(time.Now().Add(patience)) // a writer without deadlines has no slow sender
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxEvent))
	if err != nil {
		status := http.StatusBadRequest
		if _, ok := errors.AsType[*http.MaxBytesError](err); ok {
			status = http.StatusRequestEntityTooLarge
		}
		h.refuse(w, r, status, "The event can not be read.")
		return
	}
	secret, err := h.secret(r.Context())
	if err != nil {
		h.log.ErrorContext(r.Context(), "reading the webhook's key", "error", err)
		h.refuse(w, r, http.StatusServiceUnavailable, "The webhook's key can not be read now.")
		return
	}
	if !signed(body, signature, secret) {
		h.refuse(w, r, http.StatusUnauthorized, "The event's signature is wrong.")
		return
	}
	e, err := readEvent(body, time.Now())
	if err == nil && !e.idle() {
		err = h.keep(r.Context(), e)
	}
	h.answer(w, r, e.Topic, err)
}

// answer tells what became of an event.
func (h *Webhook) answer(w http.ResponseWriter, r *http.Request, about topic, err error) {
	if err == nil {
		w.WriteHeader(http.StatusOK)
		return
	}
	switch fault.CodeOf(err) {
	case fault.InvalidRequest, fault.Malformed, fault.Conflict:
		h.refuse(w, r, http.StatusBadRequest, err.Error())
	default:
		h.log.ErrorContext(r.Context(), "keeping an event of the MDM server", "topic", string(about), "error", err)
		h.refuse(w, r, http.StatusInternalServerError, "The event can not be kept now.")
	}
}

// keep hands an event to the ledger.
func (h *Webhook) keep(ctx context.Context, e event) error {
	switch e.Topic {
	case enrolled, renewed, left:
		return h.checkin(ctx, e)
	case connected:
		return h.reported(ctx, e)
	}
	return nil
}

func (h *Webhook) checkin(ctx context.Context, e event) error {
	m, err := decode[checkin](e.Checkin.RawPayload)
	if err != nil {
		return err
	}
	who := e.Checkin.channel(m.Enrollment)
	if !who.named() {
		return fault.New(fault.Malformed, "The event names no enrollment.")
	}
	switch e.Topic {
	case enrolled:
		d, invitable := m.enrolled(who, e.CreatedAt)
		if !invitable {
			return nil
		}
		return h.enrolled(ctx, d)
	case renewed:
		return h.renewed(ctx, m.renewed(who, e.CreatedAt))
	default:
		return h.left(ctx, who, e.CreatedAt)
	}
}

// decode reads a device's message. The fault does not repeat it.
func decode[T any](raw []byte) (m T, err error) {
	if err = plists.Decode(raw, &m); err != nil {
		err = fault.New(fault.Malformed, "The device's message can not be read.")
	}
	return m, err
}

// enrolled tells the ledger of a device, and again of the channels that
// overtook it. The ledger has the device before it is asked which did, and a
// channel is noted before the ledger is told of it, so none slips through.
func (h *Webhook) enrolled(ctx context.Context, d people.EnrolledDevice) error {
	if err := h.ledger.DeviceEnrolled(ctx, d); err != nil {
		return err
	}
	for _, c := range h.overtaken.by(d.EnrollmentID, d.At) {
		if err := h.ledger.ChannelRenewed(ctx, c); err != nil {
			return err
		}
	}
	return nil
}

func (h *Webhook) renewed(ctx context.Context, c people.MDMChannel) error {
	h.overtaken.renew(c)
	return h.ledger.ChannelRenewed(ctx, c)
}

func (h *Webhook) left(ctx context.Context, who channel, at time.Time) error {
	h.overtaken.leave(who.device(), at)
	return h.ledger.DeviceLeft(ctx, who.id, at)
}

// reported takes the answer to a command. What the event itself says stands
// in for a message that lacks it.
func (h *Webhook) reported(ctx context.Context, e event) error {
	m, err := decode[report](e.Acknowledge.RawPayload)
	if err != nil {
		return err
	}
	m.CommandUUID = cmp.Or(m.CommandUUID, e.Acknowledge.CommandUUID)
	m.Status = cmp.Or(m.Status, e.Acknowledge.Status)
	return h.ledger.CommandReported(ctx, m.CommandUUID, m.said())
}

func (h *Webhook) enter(ctx context.Context) bool {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	select {
	case h.places <- struct{}{}:
		return true
	case <-ctx.Done():
		return false
	}
}

func (h *Webhook) refuse(w http.ResponseWriter, r *http.Request, status int, words string) {
	h.log.DebugContext(r.Context(), "refused an event of the MDM server", "status", status, "why", words)
	http.Error(w, words, status)
}

// signatureOf reads the signature of a request: one header with 32 bytes.
func signatureOf(h http.Header) ([]byte, bool) {
	values := h.Values(signatureHeader)
	if len(values) != 1 {
		return nil, false
	}
	sum, err := base64.StdEncoding.Strict().DecodeString(values[0])
	return sum, err == nil && len(sum) == sha256.Size
}

// signed tells in constant time whether a body has the signature. An empty
// secret signs nothing.
func signed(body, signature []byte, secret content.Secret) bool {
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write(body)
	return hmac.Equal(mac.Sum(nil), signature) && secret != ""
}
