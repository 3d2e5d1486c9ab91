package acceptance_test

import (
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/google/uuid"
	"github.com/oapi-codegen/nullable"
	"github.com/stretchr/testify/require"

	"heraut/api/client"
	smtpsim "heraut/simulator/smtp"
)

// A full disk refuses changes with a sentence, and leaves nothing half done;
// when there is room again all goes on.
func TestDiskFull(t *testing.T) {
	t.Parallel()
	s := surround(t, smtpsim.Options{})
	disk := mountSmall(t)
	s.data = filepath.Join(disk, "data")
	s.serve()
	p := s.one(byMail)
	send := s.invite(toUser(p.id))
	mail := s.mailTo(p.email, 1)
	s.reaches(p.id, client.InvitationStateSent)

	filler := fill(t, disk)
	made, refused := s.fillStore()
	require.Contains(t, refused, `"unavailable"`)
	require.Contains(t, refused, "The disk is full; nothing was saved.")
	require.Len(t, s.usersNamed("Filler"), made, "who was refused is not there")
	require.Equal(t, http.StatusOK, s.raw(http.MethodGet, s.url+"/livez", "").status)
	status, page := s.visit(pageIn(&mail))
	require.Equal(t, http.StatusOK, status, page)

	require.NoError(t, os.Remove(filler))
	if !s.alive() {
		s.startServe() // the engine could not go on, and the process ended in good order
	}
	eventually(t, func() bool { return s.accept(p, "") == nil || s.user(p.id).State == client.UserStateEnrolled }, "answers are taken again")
	s.becomes(p.id, client.UserStateEnrolled)
	s.settled(send.ID)
	s.check([]string{send.ID})
}

// mountSmall mounts an empty disk of 64 MiB, which takes root.
func mountSmall(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	require.NoError(t, syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=64m"), "mounting a small disk")
	t.Cleanup(func() { require.NoError(t, syscall.Unmount(dir, 0)) })
	return dir
}

// fill leaves no room on a disk.
func fill(t *testing.T, disk string) (filler string) {
	t.Helper()
	filler = filepath.Join(disk, "filler")
	file, err := os.Create(filler)
	require.NoError(t, err)
	for size := 1 << 20; size > 0; {
		n, err := file.Write(make([]byte, size))
		if errors.Is(err, syscall.ENOSPC) || n < size {
			size /= 2
		}
	}
	require.NoError(t, file.Close())
	return filler
}

// fillStore adds users until one is refused: SQLite may have room of its own
// left in its files.
func (s *site) fillStore() (made int, refused string) {
	s.Helper()
	for {
		got, err := s.api.CreateUserWithResponse(s.Context(), nil, client.UserCreate{
			FullName: "Filler " + uuid.NewString(), ManagedDistribution: new(true), Email: nullable.NewNullNullable[string](),
		})
		require.NoError(s, err)
		if got.StatusCode() != http.StatusCreated {
			require.Equal(s, http.StatusServiceUnavailable, got.StatusCode(), string(got.Body))
			return made, string(got.Body)
		}
		made++
	}
}

// usersNamed finds users by a part of their name.
func (s *site) usersNamed(part string) []client.User {
	s.Helper()
	return walk(func(cursor *client.Cursor) ([]client.User, nullable.Nullable[client.NextCursor]) {
		page := ask(s, http.StatusOK, func() (*client.ListUsersResponse, error) {
			return s.api.ListUsersWithResponse(s.Context(), &client.ListUsersParams{Q: &part, Limit: new(most), Cursor: cursor})
		}).JSON200
		return page.Items, page.NextCursor
	})
}

// alive tells whether the process still runs.
func (s *site) alive() bool {
	select {
	case <-s.serving.program.Exited():
		s.serving.ended = true
		return false
	default:
		return true
	}
}
