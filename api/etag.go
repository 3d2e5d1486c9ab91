package api

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"heraut/fault"
)

// etagOf is the ETag of a thing that counts its versions.
func etagOf(version int64) string { return `"` + strconv.FormatInt(version, 10) + `"` }

// etagOfContent is the ETag of a thing that is read only: a digest of what the
// answer shows.
func etagOfContent(shown any) (string, error) {
	data, err := json.Marshal(shown)
	if err != nil {
		return "", fmt.Errorf("making an ETag: %w", err)
	}
	sum := sha256.Sum256(data)
	return `"` + hex.EncodeToString(sum[:16]) + `"`, nil
}

const headerIfMatch = "If-Match"

// ifMatch reads an If-Match header: nil where the caller does not mind which
// version is changed. A list of ETags may name one version of ours at most; a
// weak or foreign ETag matches nothing.
func ifMatch(header *string) (*int64, error) {
	if header == nil || strings.TrimSpace(*header) == "*" {
		return nil, nil
	}
	var found *int64
	for tag := range strings.SplitSeq(*header, ",") {
		text, quoted := strings.CutPrefix(strings.TrimSpace(tag), `"`)
		text, closed := strings.CutSuffix(text, `"`)
		version, err := strconv.ParseInt(text, 10, 64)
		if !quoted || !closed || err != nil {
			continue
		}
		if found != nil {
			return nil, fault.Invalid(fault.Field{Pointer: headerIfMatch, Message: "Give one ETag."})
		}
		found = &version
	}
	if found == nil {
		return nil, changedSince()
	}
	return found, nil
}

func changedSince() error {
	return fault.New(fault.PreconditionFailed, "The ETag is not of this thing as it is now. Read it again.")
}
