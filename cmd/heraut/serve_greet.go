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
		return s.demo.greet(out, demoPlaces{api: s.localURL(), adminKey: s.config.AdminKeyPath(), firstLink: s.firstLinkPath, temporalUI: "http://" + s.engine.UIAddress() + "/"})
	}
	_, err := fmt.Fprintf(out, "Heraut %s\n  API          %s\n  Temporal     %s\n  Temporal UI  http://%s\n  admin key    %s\n%s%s",
		versionName(), s.localURL(), s.engine.Address(), s.engine.UIAddress(), filepath.Join(s.config.Data, config.KeyFile), s.firstVisit(), s.missing())
	return wrap(err, "writing to standard output")
}

// firstVisit tells where the link for the first administrator lies.
func (s *allInOne) firstVisit() string {
	if s.firstLinkPath == "" {
		return ""
	}
	return "  first visit  open the address in " + s.firstLinkPath + " within an hour\n"
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
