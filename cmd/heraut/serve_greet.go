//go:build !lean

package main

import (
	"fmt"
	"path/filepath"

	"heraut/internal/config"
)

// greet tells a person where things are.
func (s *allInOne) greet() error {
	out := s.cmd.OutOrStdout()
	_, err := fmt.Fprintf(out, "Heraut %s\n  API          %s\n  Temporal     %s\n  Temporal UI  http://%s\n  admin key    %s\n",
		versionName(), s.localURL(), s.engine.Address(), s.engine.UIAddress(), filepath.Join(s.config.Data, config.KeyFile))
	return wrap(err, "writing to standard output")
}
