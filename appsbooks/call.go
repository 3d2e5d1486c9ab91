package appsbooks

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"time"
)

const (
	// maxAnswer bounds what is read of an answer; a page of several hundred
	// users has about 100 KB.
	maxAnswer = 16 << 20
	// tries bounds how often one request is sent.
	tries = 3
)

// request is one call.
type request struct {
	call string
	// address replaces the call's own, for the service config.
	address string
	query   url.Values
	// body is sent as JSON by POST; nil means GET.
	body any
	// open requests go without the token; those that are shown it have it in a
	// cookie.
	open, shown bool
	// anyOwner lets a request pass while another service owns the location.
	anyOwner bool
}

func (r request) name() string {
	if r.open || r.shown {
		return r.call
	}
	return pathOf(r.call)[1:]
}

// ask sends a request, repeats it where that is harmless and near, and reads
// the answer into one of the caller's. With a *ClaimedError the answer is
// read all the same.
func ask[T any](ctx context.Context, c *Client, r request) (T, error) {
	var answer T
	body, err := c.call(ctx, r)
	if body == nil {
		return answer, err
	}
	if broken := json.Unmarshal(body, &answer); broken != nil {
		return answer, unreadable(r.name(), broken)
	}
	return answer, err
}

func (c *Client) call(ctx context.Context, r request) ([]byte, error) {
	for try := 1; ; try++ {
		body, err := c.once(ctx, r)
		e, ok := errors.AsType[*Error](err)
		if !ok || try == tries || !c.mayRepeat(r, e) || ctx.Err() != nil {
			return body, err
		}
		if err := sleep(ctx, e.RetryAfter); err != nil {
			return nil, err
		}
	}
}

// mayRepeat tells whether the client sends a request again by itself. What
// the service refused by number was not processed; a POST that broke without
// an answer is left to the caller, who can look first.
func (c *Client) mayRepeat(r request, e *Error) bool {
	return e.Class == Retry && e.RetryAfter <= c.patience && (r.body == nil || e.Number != 0)
}

// once sends a request when its turn has come.
func (c *Client) once(ctx context.Context, r request) ([]byte, error) {
	if err := c.owner.check(r); err != nil {
		return nil, err
	}
	if left, reason := c.pause.left(time.Now()); reason != nil {
		if left > c.patience {
			return nil, reason
		}
		if err := sleep(ctx, left); err != nil {
			return nil, err
		}
	}
	s, err := c.Service(ctx)
	if err != nil {
		return nil, err
	}
	r.address = s.address(r.call, c.base)
	if err := c.wait(ctx, s.Limits.RequestsPerSecond); err != nil {
		return nil, err
	}
	return c.send(ctx, r)
}

// send sends a request now and tells errors from answers.
func (c *Client) send(ctx context.Context, r request) ([]byte, error) {
	got, err := c.exchange(ctx, r)
	if err != nil {
		return nil, err
	}
	said, problem := examine(r.name(), got, time.Now())
	if problem != nil {
		c.pause.note(problem, time.Now())
		c.log.WarnContext(ctx, "apps and books refused a request", "call", r.name(), "number", problem.Number, "status", problem.Status, "class", string(problem.Class))
		return nil, problem
	}
	c.pause.worked()
	return got.body, c.owner.see(said.MDMInfo, c.mdm.ID, r.anyOwner)
}

// answer is what came back.
type answer struct {
	status     int
	retryAfter string
	body       []byte
}

func (c *Client) exchange(ctx context.Context, r request) (answer, error) {
	h, err := c.newRequest(ctx, r)
	if err != nil {
		return answer{}, err
	}
	response, err := c.http.Do(h)
	if err != nil {
		return answer{}, broken(ctx, r.name(), err)
	}
	body, err := io.ReadAll(io.LimitReader(response.Body, maxAnswer+1))
	_ = response.Body.Close() // what was read is all there is
	if err != nil {
		return answer{}, broken(ctx, r.name(), err)
	}
	if len(body) > maxAnswer {
		return answer{}, unreadable(r.name(), errors.New("the answer is too long"))
	}
	return answer{response.StatusCode, response.Header.Get("Retry-After"), body}, nil
}

func (c *Client) newRequest(ctx context.Context, r request) (*http.Request, error) {
	method, content := http.MethodGet, io.Reader(http.NoBody)
	if r.body != nil {
		text, err := json.Marshal(r.body)
		if err != nil {
			return nil, &Error{Call: r.name(), Class: Input, Message: "the request can not be written", cause: err}
		}
		method, content = http.MethodPost, bytes.NewReader(text)
	}
	address := r.address
	if len(r.query) > 0 {
		address += "?" + r.query.Encode()
	}
	h, err := http.NewRequestWithContext(ctx, method, address, content)
	if err != nil {
		return nil, &Error{Call: r.name(), Class: Input, Message: "the address can not be read", cause: err}
	}
	if r.body != nil {
		h.Header.Set("Content-Type", "application/json")
		h.GetBody = nil // net/http would repeat by itself what may have been processed
	}
	switch {
	case r.shown:
		h.Header.Set("Cookie", tokenCookie+"="+string(c.token)) // a token is base64, which a cookie may hold as it is
	case !r.open:
		h.Header.Set("Authorization", "Bearer "+string(c.token))
	}
	h.Header.Set("Accept", "application/json")
	return h, nil
}
