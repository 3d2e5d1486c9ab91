package api

import (
	"errors"
	"sync"
	"time"

	"github.com/getkin/kin-openapi/openapi3"

	"heraut/people"
)

// The formats of texts that the contract names and kin-openapi knows nothing, or
// too little, of. That keeps them for the whole process.
const (
	formatTime  = "date-time"
	formatWords = "words" // what is searched for
)

// defineFormats has the formats checked. Its own check of a time takes days
// that no month has.
var defineFormats = sync.OnceFunc(func() {
	define := func(name string, check func(string) error) {
		openapi3.DefineStringFormatValidator(name, openapi3.NewCallbackValidator(check))
	}
	define(formatTime, func(value string) error {
		_, err := time.Parse(time.RFC3339, value)
		return err
	})
	define(formatWords, func(value string) error {
		if value != "" && !people.Searchable(value) {
			return errors.New("nothing to look for")
		}
		return nil
	})
})
