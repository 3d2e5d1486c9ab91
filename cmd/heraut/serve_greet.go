//go:build !lean

package main

import (
	"context"
	"fmt"
	"path/filepath"

	"heraut/internal/config"
)

// greet tells a person where things are.
func (s *allInOne) greet() error {
	out := s.cmd.OutOrStdout()
	if s.demo != nil {
		return s.demo.greet(out, demoPlaces{api: s.localURL(), adminKey: s.config.AdminKeyPath(), temporalUI: "http://" + s.engine.UIAddress() + "/"})
	}
	_, err := fmt.Fprintf(out, "Heraut %s\n  API          %s\n  Temporal     %s\n  Temporal UI  http://%s\n  admin key    %s\n%s",
		versionName(), s.localURL(), s.engine.Address(), s.engine.UIAddress(), filepath.Join(s.config.Data, config.KeyFile), s.missing())
	return wrap(err, "writing to standard output")
}

// missing tells what nothing can be sent without.
func (s *allInOne) missing() string {
	if s.config.PublicURL == "" {
		return "Nothing can be sent before --public-url names the address at which people reach this; `heraut preflight` says what else is missing.\n"
	}
	return ""
}

// playDemo starts the world of --demo.
func (s *allInOne) playDemo(ctx context.Context) (err error) {
	if s.config.Demo {
		s.demo, err = startDemo(ctx, s.parts, 1)
	}
	return err
}
