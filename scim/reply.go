package scim

import (
	"encoding/json"
	"net/http"
	"strconv"
	"time"
)

// contentType is the media type of RFC 7644 section 3.1.
const contentType = "application/scim+json"

// reply is what a client gets.
type reply struct {
	status   int
	body     any // nil: none
	location string
	etag     string
	allow    string        // the methods that the path takes
	after    time.Duration // when to try again
}

func (a reply) write(w http.ResponseWriter, r *http.Request) {
	header := w.Header()
	header.Set("Cache-Control", "no-store")
	header.Set("X-Content-Type-Options", "nosniff")
	header.Set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
	for name, value := range map[string]string{"Location": a.location, "ETag": a.etag, "Allow": a.allow} {
		if value != "" {
			header.Set(name, value)
		}
	}
	if a.status == http.StatusUnauthorized {
		header.Set("WWW-Authenticate", `Bearer realm="heraut"`)
	}
	if a.after > 0 {
		header.Set("Retry-After", strconv.Itoa(int((a.after+time.Second-1)/time.Second)))
	}
	if a.body == nil {
		w.WriteHeader(a.status)
		return
	}
	header.Set("Content-Type", contentType)
	w.WriteHeader(a.status)
	if r.Method != http.MethodHead {
		_ = json.NewEncoder(w).Encode(a.body) // the client is gone: nobody is left to tell
	}
}
