package console

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"heraut/console/signin"
)

// writeWithin ends the stream of a browser that is gone.
const writeWithin = 10 * time.Second

// stream writes events to one browser.
type stream struct {
	*visit
	watch watch
	// control sets deadlines: the server itself has none.
	control *http.ResponseController
	active  int // the sidebar's number as told last
	quiet   *time.Timer
}

// events is the stream of one page. It ends with the page, with the session and
// with the server; the browser then asks again, and is told all as it is.
func (v *visit) events() error {
	w, err := v.watched()
	if err != nil {
		return err
	}
	left, err := v.hub.admit(v.me.ID)
	if err != nil {
		return err
	}
	defer left()
	heard, leave := v.hub.listen(v.ctx(), w.key, w.read)
	defer leave()
	s := &stream{visit: v, watch: w, control: http.NewResponseController(v.c.Response()), active: -1, quiet: time.NewTimer(v.hub.heartbeat)}
	defer s.quiet.Stop()
	defer func() { _ = s.control.SetWriteDeadline(time.Time{}) }() // of the connection's next answer
	if err := s.begin(); err != nil || v.c.Request().Method == http.MethodHead {
		return nil // a browser that is gone needs no page of an error
	}
	return s.run(heard)
}

func (s *stream) begin() error {
	h := s.c.Response().Header()
	h.Set(echo.HeaderContentType, "text/event-stream")
	h.Set("X-Accel-Buffering", "no") // nginx would gather events
	s.c.Response().WriteHeader(http.StatusOK)
	return s.send(": here\n\n")
}

// errOver ends a stream in good order.
var errOver = errors.New("the stream is over")

func (s *stream) run(heard <-chan any) error {
	counted, asked := time.NewTicker(s.hub.recount), time.NewTicker(s.hub.gateAgain)
	defer counted.Stop()
	defer asked.Stop()
	err := s.count()
	for err == nil {
		select {
		case <-s.ctx().Done():
			err = errOver
		case <-s.Stopped:
			err = errOver
		case news := <-heard:
			err = s.tell(news)
		case <-counted.C:
			err = s.count()
		case <-asked.C:
			err = s.ask()
		case <-s.quiet.C:
			err = s.send(": still here\n\n")
		}
	}
	if errors.Is(err, errOver) || s.c.Response().Committed {
		return nil // nothing can be added to a stream that has begun
	}
	return err
}

// tell sends what a reading changes.
func (s *stream) tell(news any) error {
	s.clock.Now = s.Now() // a stream lives long
	t, err := s.watch.tell(news)
	if err != nil {
		s.Log.ErrorContext(s.ctx(), "a live page can not be told", "error", err)
		return err
	}
	return s.send(event("rows", t.Rows) + event("parts", t.Parts) + event("spoken", t.Spoken))
}

// count sends the sidebar's number when it changes.
func (s *stream) count() error {
	counts, err := s.counts.get(s.ctx())
	if err != nil || counts.Active == s.active {
		return nil //nolint:nilerr // a number that can not be read now is sent later
	}
	s.active = counts.Active
	body, err := s.templates.Render(s.words.Lang, "tasks/list", "active count", counts.Active)
	if err != nil {
		return err
	}
	return s.send(event("parts", string(body)))
}

// ask asks the gate whether the session goes on, with the same role.
func (s *stream) ask() error {
	goes := false
	// Nothing of the session as it was loaded at the beginning goes along.
	ctx, cancel := context.WithTimeout(context.Background(), writeWithin)
	defer cancel()
	again := s.echo.NewContext(s.c.Request().Clone(ctx), nowhere{})
	err := s.gate.Required(func(c echo.Context) error {
		me, known := signin.Administrator(c.Request().Context())
		goes = known && me.ID == s.me.ID && me.Role == s.me.Role
		return nil
	})(again)
	if err != nil || !goes {
		return errOver
	}
	return nil
}

// nowhere takes an answer that nobody reads.
type nowhere struct{}

// Header implements http.ResponseWriter.
func (nowhere) Header() http.Header { return http.Header{} }

// Write implements http.ResponseWriter.
func (nowhere) Write(p []byte) (int, error) { return len(p), nil }

// WriteHeader implements http.ResponseWriter.
func (nowhere) WriteHeader(int) {}

// event writes one event; without content it is none.
func event(name, content string) string {
	if content == "" {
		return ""
	}
	content = strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(content)
	return "event: " + name + "\ndata: " + strings.ReplaceAll(content, "\n", "\ndata: ") + "\n\n"
}

// send writes to the browser, which has a moment to take it.
func (s *stream) send(text string) error {
	if text == "" {
		return nil
	}
	s.quiet.Reset(s.hub.heartbeat)
	if err := s.control.SetWriteDeadline(time.Now().Add(writeWithin)); err != nil {
		return fmt.Errorf("setting a deadline: %w", err)
	}
	if _, err := s.c.Response().Write([]byte(text)); err != nil {
		return fmt.Errorf("writing to a browser: %w", err)
	}
	if err := s.control.Flush(); err != nil {
		return fmt.Errorf("sending to a browser: %w", err)
	}
	return nil
}
