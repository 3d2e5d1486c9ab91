package scim

import (
	"net/http"
	"strconv"
	"strings"

	"heraut/fault"
)

// etagOf is the version of a resource, weak as in RFC 7644 section 3.14.
func etagOf(version int64) string { return `W/"` + strconv.FormatInt(version, 10) + `"` }

// ifMatch is the version that a client wants to change; nil: whatever it is.
func ifMatch(r *http.Request) (*int64, error) {
	header := strings.TrimSpace(r.Header.Get("If-Match"))
	if header == "" || header == "*" {
		return nil, nil
	}
	text := strings.TrimPrefix(header, "W/")
	version, err := strconv.ParseInt(strings.Trim(text, `"`), 10, 64)
	if err != nil {
		return nil, fault.New(fault.PreconditionFailed, "The version is not of this resource as it is now. Read it again.")
	}
	return &version, nil
}

// unchanged tells whether the client has this version already.
func unchanged(r *http.Request, etag string) bool {
	for given := range strings.SplitSeq(r.Header.Get("If-None-Match"), ",") {
		given = strings.TrimSpace(given)
		if given == "*" || given != "" && strings.TrimPrefix(given, "W/") == strings.TrimPrefix(etag, "W/") {
			return true
		}
	}
	return false
}
