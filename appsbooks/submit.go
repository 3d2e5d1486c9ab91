package appsbooks

import (
	"context"
	"errors"
	"slices"
	"time"
)

// Submission is a request that the service has taken and works on.
type Submission struct {
	// EventID is for EventStatus, and in the notification that tells the end.
	EventID string
	// At is when it was taken, for Polling.
	At time.Time
	// What it was about.
	ClientUserIDs, SerialNumbers []string
	Assets                       []AssetRef
}

// post sends one request and completes its submission.
func (c *Client) post(ctx context.Context, call string, body any, s Submission) (Submission, error) {
	type taken struct {
		EventID string `json:"eventId"`
	}
	answer, err := ask[taken](ctx, c, request{call: call, body: body})
	if err == nil && answer.EventID == "" {
		err = unreadable(pathOf(call)[1:], errors.New("it names no event"))
	}
	s.EventID, s.At = answer.EventID, time.Now()
	return s, err
}

// submit sends work in pieces that the limits allow. When Apple refuses a
// piece for its size, the limits have changed: they are read again, and what
// is left is cut anew.
func submit[T any](ctx context.Context, c *Client, work T, split func(T, Limits) []T, post func(context.Context, T) (Submission, error)) ([]Submission, error) {
	s, err := c.Service(ctx)
	if err != nil {
		return nil, err
	}
	var done []Submission
	for pending := split(work, s.Limits); len(pending) > 0; {
		taken, err := post(ctx, pending[0])
		if taken.EventID != "" {
			done = append(done, taken)
		}
		if err == nil {
			pending = pending[1:]
			continue
		}
		e, ok := errors.AsType[*Error](err)
		if !ok || !limitChanged(e.Number) {
			return done, err
		}
		fresh, refreshErr := c.refresh(ctx)
		if refreshErr != nil {
			return done, refreshErr
		}
		var anew []T
		for _, piece := range pending {
			anew = append(anew, split(piece, fresh.Limits)...)
		}
		if len(anew) == len(pending) { // no smaller than before: it was not the limits
			return done, err
		}
		pending = anew
	}
	return done, nil
}

func splitUsers(users []NewUser, l Limits) [][]NewUser {
	return slices.Collect(slices.Chunk(users, l.Users))
}
