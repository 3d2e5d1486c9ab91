// Package scriptfile reads the scripts of faults that simulators play.
package scriptfile

import (
	"encoding/json"
	"fmt"
	"io"
)

// Decode reads a script from JSON into the value that into points at; a field
// that it does not have is an error, for a fault that is misspelt would never
// be played.
func Decode(r io.Reader, into any) error {
	decoder := json.NewDecoder(r)
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(into); err != nil {
		return fmt.Errorf("reading a script: %w", err)
	}
	return nil
}
