//go:build !lean

package main

import (
	"context"
	"errors"
	"io/fs"
	"os"

	"heraut/internal/config"
	"heraut/people"
)

// firstLink writes the link for the first administrator beside the data, while
// nobody with the role admin can sign in. One that expired is replaced at the
// next start. The address itself is shown nowhere else.
func (s *allInOne) firstLink(ctx context.Context) error {
	has, err := s.store.HasAdministrator(ctx)
	if err != nil {
		return wrap(err, "looking for administrators")
	}
	if has {
		return s.removeFirstLink()
	}
	address, _, err := newSignInLink(ctx, s.store, people.System("first start"), s.consoleURL(), "")
	if err != nil {
		return wrap(err, "making the link for the first administrator")
	}
	if err := s.folder.WriteSecret(config.FirstAdminFile, []byte(address+"\n")); err != nil {
		return wrap(err, "writing the link for the first administrator")
	}
	s.firstLinkPath = s.folder.File(config.FirstAdminFile)
	return nil
}

// removeFirstLink clears a link away that was used.
func (s *allInOne) removeFirstLink() error {
	err := os.Remove(s.folder.File(config.FirstAdminFile))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return wrap(err, "removing the link for the first administrator, which was used")
}
