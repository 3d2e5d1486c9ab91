package api

import (
	"bytes"
	"encoding/json"
	"io"
	"mime"
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"heraut/fault"
)

// The content types of bodies.
const (
	mediaJSON  = "application/json"
	mediaPatch = "application/merge-patch+json"
	mediaForm  = "multipart/form-data"
)

// check holds the whole request against the contract before a handler sees it.
func (s *server) check(o *operation) echo.MiddlewareFunc {
	return func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(c echo.Context) error {
			r := c.Request()
			fields, err := o.checkParameters(r.Context(), r, pathOf(c))
			if err != nil {
				return err
			}
			raw := r.Body
			r.Body = http.MaxBytesReader(c.Response(), raw, o.maxBody)
			more, err := o.readRequest(r)
			if fault.Is(err, fault.TooLarge) {
				drain(c.Response(), r, raw)
			}
			if err != nil {
				return err
			}
			if fields = append(fields, more...); len(fields) > 0 {
				return fault.Invalid(fields...)
			}
			return next(c)
		}
	}
}

const (
	// maxDrain is how much of a body that is too large is read and dropped.
	maxDrain = 64 << 20
	// drainWithin bounds the time that takes.
	drainWithin = 15 * time.Second
)

// drain drops the rest of a body that is too large: a client that is still
// writing when the connection closes never sees the answer. One that waits for
// leave to send its body needs no draining.
func drain(w http.ResponseWriter, r *http.Request, body io.Reader) {
	if r.Header.Get("Expect") != "" {
		return
	}
	if err := http.NewResponseController(w).SetReadDeadline(time.Now().Add(drainWithin)); err != nil {
		return
	}
	_, _ = io.CopyN(io.Discard, body, maxDrain) // the answer goes out either way
}

func pathOf(c echo.Context) map[string]string {
	path := map[string]string{}
	for _, name := range c.ParamNames() {
		path[name] = c.Param(name)
	}
	return path
}

// readRequest reads and checks the body, and leaves it to be read again. A
// body that streams is left alone but for its type and its announced length.
func (o *operation) readRequest(r *http.Request) ([]fault.Field, error) {
	if r.ContentLength > o.maxBody {
		return nil, tooLarge(o.maxBody)
	}
	if o.streams() {
		return nil, o.checkMedia(r.Header)
	}
	data, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, readError(err)
	}
	if len(data) == 0 && !o.required {
		r.Body = http.NoBody
		return nil, nil
	}
	if err := o.checkMedia(r.Header); err != nil {
		return nil, err
	}
	value, err := decodeJSON(data)
	if err != nil {
		return nil, err
	}
	r.Body = io.NopCloser(bytes.NewReader(data))
	if o.body == nil {
		return noBody(value), nil
	}
	return o.checkBody(value), nil
}

// noBody takes {} where the contract has no body: some clients always send one.
func noBody(value any) []fault.Field {
	if object, ok := value.(map[string]any); ok && len(object) == 0 {
		return nil
	}
	return []fault.Field{{Pointer: "", Message: "This call takes no body."}}
}

func readError(err error) error {
	if f := asFault(err); f.Code == fault.TooLarge {
		return f
	}
	return fault.New(fault.Malformed, "The body ends too early.")
}

// checkMedia refuses a body of another type. A merge patch may also come as
// plain JSON, for clients that know nothing else.
func (o *operation) checkMedia(h http.Header) error {
	want := o.media
	if want == "" {
		want = mediaJSON
	}
	got, params, err := mime.ParseMediaType(h.Get(echo.HeaderContentType))
	charset := params["charset"]
	switch {
	case err != nil, len(h.Values(echo.HeaderContentType)) != 1:
	case charset != "" && !equalFold(charset, "utf-8", "us-ascii"):
	case h.Get(echo.HeaderContentEncoding) != "" && !equalFold(h.Get(echo.HeaderContentEncoding), "identity"):
		return fault.New(fault.UnsupportedMedia, "Send the body without Content-Encoding.")
	case got == mediaForm && params["boundary"] == "":
	case got == want, want == mediaPatch && got == mediaJSON:
		return nil
	}
	return fault.New(fault.UnsupportedMedia, "Send "+want+".")
}

// binder decodes a body that check has seen, so that handlers get what was
// checked. It replaces echo's, which also binds paths and queries.
type binder struct{}

// Bind implements echo.Binder.
func (binder) Bind(into any, c echo.Context) error {
	data, err := io.ReadAll(c.Request().Body)
	if err != nil {
		return readError(err)
	}
	if len(data) == 0 {
		return io.EOF // the generated code takes it for no body
	}
	if err := json.Unmarshal(data, into); err != nil {
		return fault.New(fault.InvalidRequest, "The body has a field of the wrong type.")
	}
	return nil
}
