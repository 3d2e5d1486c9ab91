package api

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"heraut/people"
)

const headerIdempotencyKey = "Idempotency-Key"

// idempotent lets a repeated POST with the same key have the first answer. The
// store writes what the request made in the same transaction as the thing
// itself, so that a lost answer is made again by reading, not by doing.
func (s *server) idempotent(o *operation) echo.MiddlewareFunc {
	return func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(c echo.Context) error {
			r := c.Request()
			key := r.Header.Get(headerIdempotencyKey)
			if key == "" {
				return next(c)
			}
			hash, err := o.fingerprint(r)
			if err != nil {
				return err
			}
			claim, err := s.d.Idempotency.ClaimRequest(r.Context(), caller(r.Context()).ID, key, hash)
			if err != nil {
				return err
			}
			if claim.Answer != nil {
				return replay(c, claim.Answer)
			}
			return s.once(c, claim, next)
		}
	}
}

// fingerprint tells one request from another: method, path, query, body.
func (o *operation) fingerprint(r *http.Request) (string, error) {
	if u := uploadOf(r.Context()); u != nil {
		return fingerprint(r.Method, r.URL.RequestURI(), u.digest), nil
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return "", readError(err)
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	return fingerprint(r.Method, r.URL.RequestURI(), body), nil
}

func fingerprint(method, uri string, body []byte) string {
	h := sha256.New()
	_, _ = fmt.Fprintf(h, "%s\n%s\n", method, uri) // a hash never fails
	_, _ = h.Write(body)                           // a hash never fails
	return hex.EncodeToString(h.Sum(nil))
}

// once runs the request under its claim. The answer is kept before it leaves:
// who has it and asks again must get it again.
func (s *server) once(c echo.Context, claim people.Claim, next echo.HandlerFunc) error {
	r := c.Request()
	ctx := withClaim(s.d.Idempotency.WithClaim(r.Context(), claim), claim)
	c.SetRequest(r.WithContext(ctx))
	held := &heldAnswer{ResponseWriter: c.Response().Writer}
	c.Response().Writer = held
	finished := false
	defer func() {
		if !finished { // a panic on its way to the frame
			c.Response().Writer = held.ResponseWriter
			s.settle(ctx, claim, nil)
		}
	}()
	if err := next(c); err != nil {
		s.writeProblem(err, c)
	}
	finished = true
	s.settle(ctx, claim, held.answer())
	return held.release()
}

// settle keeps the answer, or frees the claim where there is none to keep.
// That the client has gone must not keep it from being done.
func (s *server) settle(ctx context.Context, claim people.Claim, answer *people.Answer) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	var err error
	if answer == nil {
		err = s.d.Idempotency.ReleaseRequest(ctx, claim)
	} else {
		err = s.d.Idempotency.FinishRequest(ctx, claim, *answer)
	}
	if err != nil {
		s.log.WarnContext(ctx, "keeping the answer of an idempotent request", "request_id", requestID(ctx), "error", err)
	}
}

// replay gives the answer that the request had before.
func replay(c echo.Context, answer *people.Answer) error {
	header := c.Response().Header()
	for name, value := range answer.Header {
		header.Set(name, value)
	}
	c.Response().WriteHeader(answer.Status)
	if len(answer.Body) == 0 {
		return nil
	}
	if _, err := c.Response().Write(answer.Body); err != nil {
		return fmt.Errorf("writing a kept answer: %w", err)
	}
	return nil
}

// kept are the headers that are part of an answer.
var kept = []string{echo.HeaderContentType, echo.HeaderLocation, "ETag"}

// heldAnswer holds back what a handler writes.
type heldAnswer struct {
	http.ResponseWriter

	status int
	body   bytes.Buffer
}

// WriteHeader implements http.ResponseWriter.
func (h *heldAnswer) WriteHeader(status int) { h.status = status }

// Write implements http.ResponseWriter.
func (h *heldAnswer) Write(data []byte) (int, error) { return h.body.Write(data) }

// answer is what to keep; nil for faults of ours and for what will pass.
func (h *heldAnswer) answer() *people.Answer {
	if h.status == 0 || h.status >= http.StatusInternalServerError || h.status == http.StatusTooManyRequests {
		return nil
	}
	answer := &people.Answer{Status: h.status, Header: map[string]string{}, Body: h.body.Bytes()}
	for _, name := range kept {
		if value := h.Header().Get(name); value != "" {
			answer.Header[name] = value
		}
	}
	return answer
}

// release lets the answer go.
func (h *heldAnswer) release() error {
	if h.status != 0 {
		h.ResponseWriter.WriteHeader(h.status)
	}
	if _, err := h.body.WriteTo(h.ResponseWriter); err != nil {
		return fmt.Errorf("writing an answer: %w", err)
	}
	return nil
}

// madeBefore is the id of what this request made when it ran before and its
// answer was lost. The handler then reads it instead of making it.
func madeBefore(ctx context.Context, kind string) (id string, made bool) {
	claim := claimOf(ctx)
	return claim.MadeID, claim.MadeID != "" && claim.MadeKind == kind
}
